// Attention to lists of key blocks on Hopper: the kernel's parameter, its work, its tiles of keys, and where these
// lie in shared memory.
#pragma once

#include "attention_variant.cuh"

/** Keys are listed in eights, the rows that swizzle together, and copied by boxes of 8, 16, 32 or 64. */
constexpr int EIGHT = 8;
constexpr int BOXES = 4;

/**
 * The kernel's one parameter. Tensor maps as those of Attention, with keys and values in the order of their blocks;
 * boxes of q and means: all channels; of k and v: 64 channels.
 */
struct BlockAttention {
    TensorMap q, boxes[BOXES][2], whole[2], means[2];  // of two: keys, values
    u16* out;              // bf16 [batch, queries, heads, D]
    const int* bounds;     // [maps, blocks + 1]: where key blocks begin
    const u32* bits;       // [maps, query blocks, words]: blocks whose keys are attended to one by one
    const int* groups;     // [maps, most groups]: first query, queries, query block (-1: none), one unused
    const int* counts;     // [maps]: tiles, of three groups each
    const float* bias;     // [maps, means' pitch]: what a mean adds to its scores; null: no means
    const int* which;      // [batch, heads]: the map of each head; null: a map each
    const int* order;      // [maps, queries]: where the query at a position is stored; null: there
    int* counter;          // two zeros; the kernel leaves zeros
    int batch, heads, queries, keys;
    int query_blocks, blocks, words, most_groups, bias_pitch;
    float scale;  // of scores, to the base of 2
};

/** Up to 64 queries of one block, for a warpgroup. */
struct QueryGroup {
    int from, rows, block, unused;
};

/** A tile of queries: its groups may be of several blocks. */
struct BlockItem {
    int batch, head, map;
    int rows;      // 0: there is no more work
    int careful;   // as in Work
    int overflow;
    QueryGroup groups[3];
};

/**
 * In a tile's flags: it is the last of its work; its keys are means of blocks. And for each group, shifted by its
 * number: it keeps no key; it does not keep all.
 */
constexpr int LAST = 1;
constexpr int MEANS = 2;
constexpr int SKIPPED = 4;
constexpr int MASKED = 32;

/** A tile of 128 keys, as it is listed. */
struct KeyTile {
    u32 kept[3][4];  // of each group: a bit a key
    int flags;
    int first;       // of means: the first block
    int unused[2];
    int key[16];     // of eight keys each: the first
};

/** As Variant, for attention to lists. */
template <int D_, int GROUPS_, int KEYS_, int STAGES_, int QUERY_BUFFERS_, bool SHARED_WEIGHTS_ = false>
struct BlockVariant : Variant<D_, GROUPS_, KEYS_, STAGES_, QUERY_BUFFERS_, SHARED_WEIGHTS_> {
    using Base = Variant<D_, GROUPS_, KEYS_, STAGES_, QUERY_BUFFERS_, SHARED_WEIGHTS_>;
    using Item = BlockItem;
    static constexpr int COPIERS = 3;  // with who lists them
    static constexpr int LISTED = 2 * STAGES_;  // tiles: those in stages, and as many that are listed ahead
    static constexpr int TILES = (Base::WORK + QUEUE * (int)sizeof(Item) + 15) / 16 * 16;
    static constexpr int LIST_BARRIERS = TILES + LISTED * (int)sizeof(KeyTile);
    static constexpr int SHARED = LIST_BARRIERS + 2 * LISTED * 8 + 1024;
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
    static_assert(KEYS_ == 128 && GROUPS_ == 3, "a tile's keys are four words of bits for each group");
};

template <class T>
struct BlockMemory : Memory<T> {
    /** Where the tile is that a stage has: for an even and an odd round of stages. */
    static DEVICE u32 listed(const Slot<T::STAGES>& stage) { return stage.index + (stage.phase ? T::STAGES : 0); }
    DEVICE KeyTile* tile(u32 slot) const { return (KeyTile*)(this->bytes + T::TILES) + slot; }
    DEVICE u32 listing_full(u32 slot) const { return this->base + T::LIST_BARRIERS + 8 * slot; }
    DEVICE u32 listing_empty(u32 slot) const { return listing_full(T::LISTED + slot); }
};
