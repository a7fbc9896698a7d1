// The keys of a piece of work, as its query blocks list them: tile by tile, for the warp that lists them.
#pragma once

#include "attention_blocks_variant.cuh"

/** All lanes of a warp hold the same, except for what is said to be a lane's own. */
template <class T>
struct KeyList {
    static constexpr int EIGHTS = T::KEYS / EIGHT;

    const BlockAttention& a;
    const BlockItem& w;
    int word = -1;        // of the bits; from the number of words on, the next tile is one of means
    u32 left = 0;         // blocks of the word that are to come
    int from = 0;         // the lane's own: the first key of the word's block that has its number
    u32 listing = 0;      // the lane's own: that block's keys, and a bit for each group that lists it
    int at = 0, end = 0;  // what is left of a block
    u32 members = 0;      // its `listing`

    DEVICE KeyList(const BlockAttention& a, const BlockItem& w) : a(a), w(w) {}

    /** Of a tile of means: the first block; negative while keys are listed. */
    DEVICE int first() const { return (word - a.words) * T::KEYS; }

    /** Of a group's query block: word `i` of its bits. What is no query lists nothing. */
    DEVICE u32 listed(int group, int i) const {
        const QueryGroup& g = w.groups[group];
        if (g.rows == 0 || g.block < 0) return 0;
        return a.bits[(u32)(w.map * a.query_blocks + g.block) * a.words + i];
    }

    /** Goes to the next word of bits. */
    DEVICE void next_word(int lane) {
        word++;
        u32 mine = lane < T::GROUPS ? listed(lane, word) : 0;
        const int* bounds = a.bounds + (u32)(w.map * (a.blocks + 1) + smaller(word * 32 + lane, a.blocks - 1));
        from = bounds[0];
        listing = (bounds[1] - from) << T::GROUPS;
        left = 0;
#pragma unroll
        for (int g = 0; g < T::GROUPS; g++) {
            u32 bits = __shfl_sync(~0u, mine, g);
            left |= bits;
            listing |= (bits >> lane & 1) << g;
        }
    }

    /** Goes to the next block that any group lists, if this one is over. False after the last. */
    DEVICE bool more(int lane) {
        while (at >= end) {
            while (left == 0) {
                if (word >= a.words - 1) return false;
                next_word(lane);
            }
            int block = __ffs(left) - 1;
            left &= left - 1;
            at = __shfl_sync(~0u, from, block);
            members = __shfl_sync(~0u, listing, block);
            end = at + (members >> T::GROUPS);
        }
        return true;
    }

    /** Of a tile of means, the lane's own word of blocks that a group does not list. */
    DEVICE u32 others(int group, int lane) const {
        int from = first() + 32 * lane;
        const QueryGroup& g = w.groups[group];
        if (lane >= T::KEYS / 32 || from >= a.blocks || g.rows == 0 || g.block < 0) return 0;
        u32 exist = a.blocks - from >= 32 ? ~0u : (1u << (a.blocks - from)) - 1;
        return ~listed(group, from / 32) & exist;
    }

    /** Goes to the next tile of means that any group needs. False after the last. */
    DEVICE bool more_means(int lane) {
        while (true) {
            word++;
            if (first() >= a.blocks) return false;
            u32 any = 0;
#pragma unroll
            for (int g = 0; g < T::GROUPS; g++) any |= others(g, lane);
            if (__any_sync(~0u, any != 0)) return true;
        }
    }

    /** Writes the next tile. Gives its flags, with LAST for the last one. */
    DEVICE int next(int lane, KeyTile& tile) {
        int flags = first() < 0 ? 0 : MEANS;
        int key = a.keys + EIGHT * lane;  // outside: zeros
        u32 kept = 0;                     // the lane's eight, and above them the groups that list it
        int filled = 0;
        while (more(lane) && filled < EIGHTS) {
            int eights = smaller(EIGHTS - filled, (end - at + EIGHT - 1) / EIGHT);
            int own = lane - filled;
            if (own >= 0 && own < eights) {
                key = at + EIGHT * own;
                kept = ((1u << smaller(end - key, EIGHT)) - 1) | members << EIGHT;
            }
            at += EIGHT * eights;
            filled += eights;
        }
        if (flags & MEANS) {
            if (lane == 0) tile.first = w.map * a.bias_pitch + first();
            flags |= keep_means(lane, tile);
        } else {
            if (lane < EIGHTS) tile.key[lane] = key;
#pragma unroll
            for (int g = 0; g < T::GROUPS; g++) {
                u32 bits = kept >> (EIGHT + g) & 1 ? kept & 0xFF : 0;
                if (lane < EIGHTS) ((unsigned char*)tile.kept[g])[lane] = bits;
                flags |= (__ballot_sync(~0u, bits == 0xFF) & 0xFFFF) != 0xFFFF ? MASKED << g : 0;
                flags |= __any_sync(~0u, bits != 0) ? 0 : SKIPPED << g;
            }
        }
        if (at >= end && (a.bias == nullptr || !more_means(lane))) flags |= LAST;
        if (lane == 0) tile.flags = flags;
        return flags;
    }

    /** Of a tile of means: the bits, and the flags of groups. */
    DEVICE int keep_means(int lane, KeyTile& tile) const {
        int flags = 0;
#pragma unroll 1
        for (int g = 0; g < T::GROUPS; g++) {
            u32 bits = others(g, lane);
            if (lane < 4) tile.kept[g][lane] = bits;
            flags |= __any_sync(~0u, lane < 4 && bits != ~0u) ? MASKED << g : 0;
            flags |= __any_sync(~0u, lane < 4 && bits != 0) ? 0 : SKIPPED << g;
        }
        return flags;
    }
};
