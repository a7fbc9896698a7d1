// Sizes of a variant of the Hopper attention kernel in 8 bits, and how its shared memory is laid out.
#pragma once

#include "attention_variant.cuh"
#include "attention8_operands.cuh"

/** The kernel's one parameter. Tensor maps: attention8_sm90.cu. */
struct Attention8 {
    TensorMap maps[3];  // q, k and v transposed, as attention8_place writes them
    Operands8 operands;
    u16* out;  // bf16 [batch, queries, heads, D]
    const int* plan;
    const int* kinds;  // [batch, heads], or null: all heads are of kind 0
    int* counter;      // two zeros; the kernel leaves zeros
    int batch, heads, queries;
};

/**
 * A variant: D channels a head, GROUPS x 64 queries and KEYS keys a tile. Weights go to the product of values
 * from registers, or from shared memory (SHARED_WEIGHTS), where three groups have too few registers.
 */
template <int D_, int GROUPS_, int KEYS_, int STAGES_, int QUERY_BUFFERS_, bool SHARED_WEIGHTS_ = false>
struct Variant8 {
    using Item = Work;
    static constexpr int COPIERS = 1;  // of keys and values
    static constexpr int D = D_;
    static constexpr int GROUPS = GROUPS_;
    static constexpr int ROWS = 64 * GROUPS_;
    static constexpr int KEYS = KEYS_;
    static constexpr int STEP = KEY_BLOCK;  // tiles begin where keys get another scale
    static constexpr int BLOCKS = KEYS / KEY_BLOCK;
    static constexpr int SPAN = 2048 / KEYS;  // tiles whose products are added up in the tensor cores' short sums
    static constexpr int STAGES = STAGES_;
    static constexpr int QUERY_BUFFERS = QUERY_BUFFERS_;
    static constexpr bool SHARED_WEIGHTS = SHARED_WEIGHTS_;
    static constexpr int THREADS = 128 * (GROUPS + 1);
    static constexpr int QUERY_BYTES = ROWS * D;
    static constexpr int KEY_BYTES = KEYS * D;
    static constexpr int Q = 0;
    static constexpr int K = Q + QUERY_BUFFERS * QUERY_BYTES;
    static constexpr int V = K + STAGES * KEY_BYTES;
    static constexpr int WEIGHT_BYTES = SHARED_WEIGHTS ? 64 * KEYS : 0;  // of a group
    static constexpr int WEIGHTS = V + STAGES * KEY_BYTES;
    static constexpr int TOTAL_BYTES = 128 * 16 * (D / 8 + 1);  // of a group: 16 bytes at a time, of each thread
    static constexpr int TOTALS = WEIGHTS + GROUPS * WEIGHT_BYTES;
    static constexpr int BARRIERS = TOTALS + GROUPS * TOTAL_BYTES;
    static constexpr int BARRIER_COUNT = 2 * QUERY_BUFFERS + 4 * STAGES + 2 * QUEUE;
    static constexpr int WORK = (BARRIERS + 8 * BARRIER_COUNT + 15) / 16 * 16;
    static constexpr int TILES = (WORK + QUEUE * (int)sizeof(Work) + 15) / 16 * 16;
    static constexpr int TILE_BYTES = 16 + (4 * BLOCKS + 15) / 16 * 16;
    static constexpr int SHARED = TILES + STAGES * TILE_BYTES + 1024;  // the last to align the first
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
    static_assert(D == 64 || D == 128, "rows of 64 or 128 bytes");
    static_assert(KEYS % 128 == 0 && KEYS <= 256, "rows of values are panels of 128 keys");
    static_assert(!SHARED_WEIGHTS || KEYS == 128, "rows of weights are one panel");
};

/** A tile of keys: the first, those that are kept (or UNMASKED, BAND), and the scales of its blocks. */
template <class T>
struct Tile8 {
    int start, from, to, unused;
    float scale[(T::BLOCKS + 3) / 4 * 4];
};

template <class T>
struct Memory8 : Memory<T> {
    DEVICE Tile8<T>* tile(u32 slot) const { return (Tile8<T>*)(this->bytes + T::TILES) + slot; }
    /** Of a thread of a group: its sums, in steps of 128 pieces of 16 bytes. */
    DEVICE float4* totals(u32 group) const {
        return (float4*)(this->bytes + T::TOTALS + group * T::TOTAL_BYTES) + threadIdx.x % 128;
    }
};
