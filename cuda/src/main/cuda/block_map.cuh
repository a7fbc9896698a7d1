// Which blocks of keys each block of queries attends to, as BlockMap of the tensor module says.
#pragma once
#include "svgen.cuh"

static const int NO_BLOCK = 0x7fffffff;

struct TokenBlocks {
    const int* bounds;  // [maps, count + 1]
    const int* order;   // [maps, tokens], or null: tokens stand as they are stored
    int count, tokens;

    DEVICE const int* of(int map) const { return bounds + (i64)map * (count + 1); }

    DEVICE int stored(int map, int position) const {
        return order ? order[(i64)map * tokens + position] : position;
    }

    // The block of a position, or NO_BLOCK.
    DEVICE int block_of(int map, int position) const {
        const int* from = of(map);
        int low = 0, high = count + 1;  // the first bound behind the position is one of these
        while (low < high) {
            int middle = (low + high) / 2;
            if (from[middle] > position) high = middle;
            else low = middle + 1;
        }
        return low == 0 || low > count ? NO_BLOCK : low - 1;
    }
};

struct BlockMap {
    TokenBlocks queries, keys;
    const u32* bits;   // [maps, query blocks, words]
    const int* which;  // [heads], or null: each head has its own map
    int maps, unused;

    DEVICE int map_of(int head) const {
        int map = which ? which[head] : head;
        return map < 0 ? 0 : map >= maps ? maps - 1 : map;
    }

    DEVICE int words() const { return (keys.count + 31) / 32; }

    DEVICE const u32* row(int map, int block) const {
        return bits + ((i64)map * queries.count + block) * words();
    }
};

// The keys that one query attends to, asked for in ascending order.
struct BlockRanges {
    const int* bounds;
    const u32* words;
    int count;
    int block;  // no block before it has keys that are still to come

    DEVICE BlockRanges() : bounds(0), words(0), count(0), block(0) {}

    DEVICE BlockRanges(const BlockMap& m, int map, int query_block)
        : bounds(m.keys.of(map)), words(m.row(map, query_block)), count(m.keys.count), block(0) {}

    DEVICE bool kept(int j) const { return words[j / 32] >> j % 32 & 1; }

    // The first key from `at` on, or NO_BLOCK.
    DEVICE int next(int at) {
        while (block < count) {
            if (block % 32 == 0 && words[block / 32] == 0) {
                block += 32;
                continue;
            }
            int from = bounds[block], to = bounds[block + 1];
            if (kept(block) && from < to && at < to) return from > at ? from : at;
            block++;
        }
        return NO_BLOCK;
    }

    // Which of the 32 keys from `start` on, which is not before what `next` gave.
    DEVICE u32 bits(int start) const {
        u32 all = 0;
        for (int j = block; j < count && bounds[j] - start < 32; j++) {
            if (!kept(j)) continue;
            int from = bounds[j] - start, to = bounds[j + 1] - start;
            if (from < 0) from = 0;
            if (to > 32) to = 32;
            if (from < to) all |= (0xffffffffu >> (32 - (to - from))) << from;
        }
        return all;
    }
};
