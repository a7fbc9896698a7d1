// The keys of a piece of work, as its query blocks list them: tile by tile, for the warp that lists them.
#pragma once

#include "attention_blocks_variant.cuh"

/** All lanes of a warp hold the same, except for what is said to be a lane's own. */
template <class T>
struct KeyList {
    static constexpr int EIGHTS = T::KEYS / EIGHT;

    const BlockAttention& a;
    const BlockItem& w;
    u32 mine = 0;         // the lane's own: what is to come of `word` of the bits of the group that has its number
    int word = -1;        // from the number of words on, the next tile is one of means
    int at = 0, end = 0;  // what is left of a block
    int members = 0;      // a bit for each group that lists it

    DEVICE KeyList(const BlockAttention& a, const BlockItem& w) : a(a), w(w) {}

    static DEVICE u32 any_group(u32 x) {
        return __shfl_sync(~0u, x, 0) | __shfl_sync(~0u, x, 1) | __shfl_sync(~0u, x, 2);
    }

    /** Of a tile of means: the first block; negative while keys are listed. */
    DEVICE int first() const { return (word - a.words) * T::KEYS; }

    /** Of a group's query block: word `i` of its bits. What is no query lists nothing. */
    DEVICE u32 listed(int group, int i) const {
        const QueryGroup& g = w.groups[group];
        if (g.rows == 0 || g.block < 0) return 0;
        return a.bits[(u32)(w.map * a.query_blocks + g.block) * a.words + i];
    }

    /** Goes to the next block that any group lists, if this one is over. False after the last. */
    DEVICE bool more(int lane) {
        while (at >= end) {
            u32 left;  // blocks that any group lists
            while ((left = any_group(mine)) == 0) {
                if (word >= a.words - 1) return false;
                word++;
                mine = lane < T::GROUPS ? listed(lane, word) : 0;
            }
            int block = __ffs(left) - 1;
            members = __ballot_sync(~0u, mine >> block & 1);
            mine &= ~(1u << block);
            const int* from = a.bounds + (u32)(w.map * (a.blocks + 1) + word * 32 + block);
            at = from[0];
            end = from[1];
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
    DEVICE int next(int lane, Listing& to) {
        if (lane < EIGHTS) to.key[lane] = a.keys + lane % (RUN / EIGHT) * EIGHT;  // outside: zeros
        int flags = first() < 0 ? 0 : MEANS;
        if (lane == 0) to.tile.first = w.map * a.bias_pitch + first();
        u32 kept = 0;  // the lane's eight, and above them the groups that list it
        int filled = 0;
        while (more(lane) && filled < EIGHTS) {
            int eights = smaller(EIGHTS - filled, (end - at + EIGHT - 1) / EIGHT);
            int own = lane - filled;
            if (own >= 0 && own < eights) {
                int key = at + EIGHT * own;
                to.key[lane] = key;
                kept = (end - key >= EIGHT ? 0xFF : (1u << (end - key)) - 1) | members << EIGHT;
            }
            at += EIGHT * eights;
            filled += eights;
        }
#pragma unroll 1
        for (int g = 0; g < T::GROUPS; g++) {
            u32 bits;
            if (flags & MEANS) {
                bits = others(g, lane);
            } else {
                bits = kept >> (EIGHT + g) & 1 ? (kept & 0xFF) << lane % 4 * EIGHT : 0;
                bits |= __shfl_xor_sync(~0u, bits, 1);
                bits |= __shfl_xor_sync(~0u, bits, 2);
                bits = __shfl_sync(~0u, bits, lane * 4 % 32);
            }
            if (lane < 4) to.tile.kept[g][lane] = bits;
            flags |= __any_sync(~0u, lane < 4 && bits != ~0u) ? MASKED << g : 0;
            flags |= __any_sync(~0u, lane < 4 && bits != 0) ? 0 : SKIPPED << g;
        }
        if (at >= end && (a.bias == nullptr || !more_means(lane))) flags |= LAST;
        if (lane == 0) to.tile.flags = flags;
        return flags;
    }
};
