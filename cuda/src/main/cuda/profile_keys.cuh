// Which of 32 keys as stored each sampled row keeps, as bits: a lane of a warp for a row and a kind.
#pragma once
#include "key_pattern.cuh"

#ifdef SVGEN_EMULATED

template <class T>
DEVICE T lane_value(T x, int lane) {
    return emulator::exchange(x, lane);
}

DEVICE u32 warp_or(u32 x) {
    for (int i = 16; i > 0; i /= 2) x |= __shfl_xor_sync(0xffffffffu, x, i);
    return x;
}

template <int byte>
DEVICE u32 pair_mask(u32 first, u32 second) {
    u32 low = first >> (8 * byte + 7) & 1, high = second >> (8 * byte + 7) & 1;
    return low * 0xffff | high * 0xffff0000;
}

#else

template <class T>
DEVICE T lane_value(T x, int lane) {
    return __shfl_sync(0xffffffffu, x, lane);
}

DEVICE u32 warp_or(u32 x) { return __reduce_or_sync(0xffffffffu, x); }

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

static const int RANGES = 3;  // of keys that a row keeps, at most

// Numbers of a row by a kind: how many ranges, then for both ends of each a position and the column
// and row of the transposed tokens at which that lies.
static const int RANGE_NUMBERS = 6, ROW_NUMBERS = 1 + RANGES * RANGE_NUMBERS;

// The tokens that a kind's order transposes.
struct Transposed {
    int start, columns, area;

    DEVICE Transposed(const Kind& kind) : start(NO_KEY), columns(1), area(0) {
        if (kind.rows > 1 && kind.columns > 1) {
            i64 tokens = (i64)kind.rows * kind.columns;
            start = kind.start;
            columns = kind.columns;
            area = tokens < NO_KEY ? (int)tokens : NO_KEY;
        }
    }
};

// Bits 0 to n - 1.
DEVICE u32 bits_below(int n) { return n >= 32 ? 0xffffffff : (1u << n) - 1; }

// The keys of one row by one kind. What is known of them lies in shared memory, to spare registers:
// a column of `pitch` numbers for each thread.
template <int pitch>
struct RowKeys {
    int* table;

    DEVICE void find(const int* plan, const Kind& kind, int row) {
        KeyRanges kept(plan, kind, position(kind, row));
        int count = 0;
        for (int i = 0; i <= kept.count; i++) {
            int from = i < kept.count ? kept.spans[i].from : kept.band_from;
            int to = i < kept.count ? kept.spans[i].to : kept.band_to;
            if (from >= to) continue;
            put(1 + count * RANGE_NUMBERS, from, kind);
            put(4 + count * RANGE_NUMBERS, to, kind);
            count++;
        }
        set(0, count);
    }

    DEVICE void put(int number, int at, const Kind& kind) {
        int column = (int)floor_divide((i64)at - kind.start, kind.rows);
        set(number, at);
        set(number + 1, column);
        set(number + 2, (int)((i64)at - kind.start - (i64)column * kind.rows));
    }

    DEVICE void set(int number, int value) { table[number * pitch] = value; }

    DEVICE int get(int number) const { return table[number * pitch]; }

    // How many of `run` keys lie before an end of a range. They stand one column of the transposed
    // tokens apart, the first at `column` and `row`, or are not `moved` and begin at `at`.
    DEVICE int before(int number, bool moved, int at, int column, int row, int run) const {
        int n = moved ? get(number + 1) + (get(number + 2) > row) - column : get(number) - at;
        return n < 0 ? 0 : n > run ? run : n;
    }

    // Bit i: this row keeps the key that is stored at first + i.
    DEVICE u32 bits(const Transposed& moves, int first) const {
        u32 kept = 0;
#pragma unroll 1
        for (int done = 0; done < 32;) {
            int at = first + done, run = 32 - done, row = 0, column = 0;
            int j = at - moves.start;
            bool moved = j >= 0 && j < moves.area;
            if (moved) {
                int columns = moves.columns;
                row = j / columns;
                column = j - row * columns;
                if (columns - column < run) run = columns - column;
            } else if (j < 0 && -j < run) {
                run = -j;
            }
#pragma unroll 1
            for (int i = 0; i < get(0); i++) {
                int from = before(1 + i * RANGE_NUMBERS, moved, at, column, row, run);
                int to = before(4 + i * RANGE_NUMBERS, moved, at, column, row, run);
                kept |= (bits_below(to) & ~bits_below(from)) << done;
            }
            done += run;
        }
        return kept;
    }
};
