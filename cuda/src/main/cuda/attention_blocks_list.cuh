// The keys of a piece of work, as its query block lists them: tile by tile, for the warp that copies them.
#pragma once

#include "attention_blocks_variant.cuh"

/** All lanes of a warp hold the same, except for what is said to be a lane's own. */
template <class T>
struct KeyList {
    static constexpr int EIGHTS = T::KEYS / EIGHT;

    const BlockAttention& a;
    u32 bits;       // of the query block: where its words begin
    u32 bounds;     // of the key blocks, likewise
    u32 left = 0;   // blocks of `word` that are still to come
    int word;
    int at = 0, end = 0;  // what is left of a run of neighbouring blocks
    int first;            // of a tile of means, its first block
    u32 others = 0;       // of a tile of means, the lane's own word of blocks that are not listed

    /** Queries of no block attend to nothing. */
    DEVICE KeyList(const BlockAttention& a, const BlockItem& w)
        : a(a), bits((u32)(w.map * a.query_blocks + w.block) * a.words), bounds(w.map * (a.blocks + 1)),
          word(w.block < 0 ? a.words : -1), first(w.block < 0 ? a.blocks : -T::KEYS) {}

    /** Flags of the first tile, as `next` takes and gives them: MEANS for means, MASKED for none. */
    DEVICE int begin(int lane) { return more() ? 0 : a.bias != nullptr && more_means(lane) ? MEANS : MASKED; }

    /**
     * The next tile, after the one that `begin` or this told: of means its first block, else the lane's own: where its
     * eight keys begin. `kept`: of the first four lanes, a word of bits. Gives the tile's flags, LAST after the last.
     */
    DEVICE int next(int lane, int& coming, int& key, u32& kept, int& first_block) {
        key = a.keys + lane % (RUN / EIGHT) * EIGHT;  // outside: zeros
        kept = 0;
        first_block = first;
        int flags = coming & MEANS;
        if (flags) {
            kept = others;
            coming = more_means(lane) ? MEANS : MASKED;
        } else if (coming == 0) {
            fill(lane, key, kept);
            kept <<= lane % 4 * 8;
            kept |= __shfl_xor_sync(~0u, kept, 1);
            kept |= __shfl_xor_sync(~0u, kept, 2);
            kept = __shfl_sync(~0u, kept, lane * 4 % 32);
            coming = begin(lane);
        }
        flags |= __any_sync(~0u, lane < 4 && kept != ~0u) ? MASKED : 0;
        return coming == MASKED ? flags | LAST : flags;
    }

private:
    /** Goes to the next run of listed keys, if this one is over. False after the last. */
    DEVICE bool more() {
        while (at >= end) {
            while (left == 0) {
                if (++word >= a.words) return false;
                left = a.bits[bits + word];
            }
            int block = __ffs(left) - 1;
            u32 gaps = ~(left >> block);
            int run = gaps == 0 ? 32 : __ffs(gaps) - 1;
            left = block + run < 32 ? left & ~0u << (block + run) : 0;
            const int* from = a.bounds + bounds + word * 32 + block;
            at = from[0];
            end = from[run];
        }
        return true;
    }

    /** A tile of listed keys. The lane's own: where its eight keys begin, and a bit for each that is kept. */
    DEVICE void fill(int lane, int& key, u32& kept) {
        int filled = 0;
        while (filled < EIGHTS && more()) {
            int eights = smaller(EIGHTS - filled, (end - at + EIGHT - 1) / EIGHT);
            int mine = lane - filled;
            if (mine >= 0 && mine < eights) {
                key = at + EIGHT * mine;
                kept = end - key >= EIGHT ? 0xFF : (1u << (end - key)) - 1;
            }
            at += EIGHT * eights;
            filled += eights;
        }
    }

    /** Goes to the next tile of means that has a block that is not listed. False after the last. */
    DEVICE bool more_means(int lane) {
        while (true) {
            first += T::KEYS;
            if (first >= a.blocks) return false;
            int from = first + 32 * lane;
            others = 0;
            if (lane < T::KEYS / 32 && from < a.blocks) {
                u32 exist = a.blocks - from >= 32 ? ~0u : (1u << (a.blocks - from)) - 1;
                others = ~a.bits[bits + from / 32] & exist;
            }
            if (__any_sync(~0u, others != 0)) return true;
        }
    }
};
