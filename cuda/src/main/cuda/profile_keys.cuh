// Which of 32 keys as stored a row keeps, as bits.
#pragma once
#include "key_pattern.cuh"
#include "lanes.cuh"

#ifdef SVGEN_EMULATED

template <int byte>
DEVICE u32 pair_mask(u32 first, u32 second) {
    u32 low = first >> (8 * byte + 7) & 1, high = second >> (8 * byte + 7) & 1;
    return low * 0xffff | high * 0xffff0000;
}

#else

// Two 16-bit masks: ones where the top bit of that byte of `first`, and of `second`, is set.
template <int byte>
DEVICE u32 pair_mask(u32 first, u32 second) {
    u32 mask;
    asm("prmt.b32 %0, %1, %2, %3;"
        : "=r"(mask)
        : "r"(first), "r"(second), "n"((8 | byte) * 0x11 | (12 | byte) * 0x1100));
    return mask;
}

#endif

// Bits 0 to n - 1.
DEVICE u32 bits_below(int n) { return n >= 32 ? 0xffffffff : (1u << n) - 1; }

// How many of `run` keys stand before position `end`, where the first stands at `at` and the others
// `step` apart each.
DEVICE int keys_before(i64 end, int at, int step, int run) {
    i64 n = end - at;
    if (n <= 0) return 0;
    if (step > 1) n = ((u32)n + step - 1) / step;
    return n > run ? run : (int)n;
}

// Bit i: the row that stands at `query` keeps the key that is stored at first + i.
DEVICE u32 kept_keys(const int* plan, const Kind& kind, int query, int first) {
    KeyRanges ranges(plan, kind, query);
    bool transposes = kind.rows > 1 && kind.columns > 1;
    i64 area = transposes ? (i64)kind.rows * kind.columns : 0;
    u32 kept = 0;
    // Keys that stand one behind the other, or in one row of the transposed tokens.
    for (int done = 0; done < 32;) {
        int at = first + done, run = 32 - done, step = 1;
        int j = at - kind.start;
        if (j >= 0 && j < area) {
            int row = j / kind.columns, column = j - row * kind.columns;
            if (kind.columns - column < run) run = kind.columns - column;
            at = kind.start + column * kind.rows + row;
            step = kind.rows;
        } else if (transposes && j < 0 && -j < run) {
            run = -j;
        }
        for (int i = 0; i <= ranges.count; i++) {
            int from = i < ranges.count ? ranges.spans[i].from : ranges.band_from;
            int to = i < ranges.count ? ranges.spans[i].to : ranges.band_to;
            if (from >= to) continue;
            u32 bits = bits_below(keys_before(to, at, step, run)) & ~bits_below(keys_before(from, at, step, run));
            kept |= bits << done;
        }
        done += run;
    }
    return kept;
}
