// Where weights of attention must lie, so that e4m3 tells them well: on the whole between 2^-3 and 2^3.8. Less
// than 2^-6 is less precise, less than 2^-10 becomes zero, more than 448 becomes 448.
#pragma once

#include "svgen.cuh"

/** A row's first reference makes its greatest weight 2^FIRST_EXPONENT: greater ones will follow. */
constexpr float FIRST_EXPONENT = 4;

/** Scores that are greater by this than the reference make weights too large for e4m3. */
constexpr float LARGEST_EXPONENT = 8.5f;

/** What gain_of says of an infinite sum. */
constexpr int INFINITE_GAIN = 120;

/**
 * True if weights may be out of place: the sum of 32 of a row that a thread has. Not if all are zero: masked, or
 * nothing beside what was there.
 */
DEVICE bool beyond_gain(float sum) { return sum > 448 || (sum < 4 && sum > 0); }

/** The power of two by which the weights of a row and tile, 128 of this sum, must become smaller. */
DEVICE int gain_of(float sum) {
    int exponent = (int)(__float_as_uint(sum) >> 23) - 127;
    if (sum != sum || sum == 0 || (exponent >= 4 && exponent < 8)) {
        return 0;
    }
    if (exponent == 128) {
        return INFINITE_GAIN;
    }
    exponent -= 7;
    return exponent < -INFINITE_GAIN ? -INFINITE_GAIN : exponent;
}

/** A bit for each of a thread's 32 scores of 128 keys of a row: those of the first `keys` keys. */
DEVICE u32 first_scores(int keys, int lane) {
    int mine = keys - lane % 4 * 2;
    int n = (mine >> 3) * 2 + ((mine & 7) < 2 ? mine & 7 : 2);
    return n <= 0 ? 0 : n >= 32 ? ~0u : (1u << n) - 1;
}
