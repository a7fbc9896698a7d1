// Sizes of a variant of the Hopper attention kernel, and how its shared memory is laid out.
#pragma once

#include "attention_plan.cuh"
#include "hopper.cuh"

/** The kernel's one parameter. Tensor maps have dimensions (64, tokens, panels, heads, batch). */
struct Attention {
    TensorMap maps[2][3];  // q, k, v as stored; the same placed in the order of heads that change it
    u16* out;              // bf16 [batch, queries, heads, D]
    const int* plan;
    const int* kinds;  // [batch, heads], or null: all heads are of kind 0
    int* counter;      // two zeros; the kernel leaves zeros
    int batch, heads, queries;
    float scale;
};

/** Pieces of work known ahead. */
constexpr int QUEUE = 2;

/**
 * A variant: D channels a head, GROUPS x 64 queries and KEYS keys a tile. Weights go to the product of values
 * from registers, or from shared memory (SHARED_WEIGHTS), where three groups have too few registers.
 */
template <int D_, int GROUPS_, int KEYS_, int STAGES_, int QUERY_BUFFERS_, bool SHARED_WEIGHTS_ = false>
struct Variant {
    using Item = Work;
    static constexpr int COPIERS = 1;  // of keys and values
    static constexpr int D = D_;
    static constexpr int GROUPS = GROUPS_;
    static constexpr int ROWS = 64 * GROUPS_;
    static constexpr int KEYS = KEYS_;
    static constexpr int STEP = 1;  // tiles of keys begin anywhere
    static constexpr int STAGES = STAGES_;
    static constexpr int QUERY_BUFFERS = QUERY_BUFFERS_;
    static constexpr bool SHARED_WEIGHTS = SHARED_WEIGHTS_;
    static constexpr int THREADS = 128 * (GROUPS + 1);
    static constexpr int QUERY_BYTES = ROWS * D * 2;
    static constexpr int KEY_BYTES = KEYS * D * 2;
    static constexpr int Q = 0;
    static constexpr int K = Q + QUERY_BUFFERS * QUERY_BYTES;
    static constexpr int V = K + STAGES * KEY_BYTES;
    static constexpr int WEIGHT_BYTES = SHARED_WEIGHTS ? 64 * KEYS * 2 : 0;  // of a group
    static constexpr int WEIGHTS = V + STAGES * KEY_BYTES;
    static constexpr int BARRIERS = WEIGHTS + GROUPS * WEIGHT_BYTES;
    static constexpr int BARRIER_COUNT = 2 * QUERY_BUFFERS + 4 * STAGES + 2 * QUEUE;
    static constexpr int WORK = (BARRIERS + 8 * BARRIER_COUNT + 15) / 16 * 16;
    static constexpr int TILES = WORK + QUEUE * sizeof(Work);
    static constexpr int SHARED = TILES + STAGES * 8 + 1024;  // the last to align the first
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
    static_assert(KEYS % 16 == 0 && KEYS <= 256 && ROWS <= 256, "tile size");
    static_assert(!SHARED_WEIGHTS || KEYS % 64 == 0, "rows of weights are cut into panels of 64");
};

/** A slot of a ring of buffers, and the parity of its barriers' phase. */
template <int SIZE>
struct Slot {
    u32 index = 0;
    u32 phase = 0;
    DEVICE void next() {
        if (++index == SIZE) {
            index = 0;
            phase ^= 1;
        }
    }
};

/** Addresses in shared memory. */
template <class T>
struct Memory {
    u32 base;
    unsigned char* bytes;
    DEVICE u32 query(u32 slot) const { return base + T::Q + slot * T::QUERY_BYTES; }
    DEVICE u32 key(u32 slot) const { return base + T::K + slot * T::KEY_BYTES; }
    DEVICE u32 value(u32 slot) const { return base + T::V + slot * T::KEY_BYTES; }
    DEVICE u32 weights(u32 group) const { return base + T::WEIGHTS + group * T::WEIGHT_BYTES; }
    DEVICE u32 barrier(u32 i) const { return base + T::BARRIERS + 8 * i; }
    DEVICE u32 query_full(u32 slot) const { return barrier(slot); }
    DEVICE u32 query_empty(u32 slot) const { return barrier(T::QUERY_BUFFERS + slot); }
    DEVICE u32 key_full(u32 slot) const { return barrier(2 * T::QUERY_BUFFERS + slot); }
    DEVICE u32 key_empty(u32 slot) const { return key_full(T::STAGES + slot); }
    DEVICE u32 value_full(u32 slot) const { return key_full(2 * T::STAGES + slot); }
    DEVICE u32 value_empty(u32 slot) const { return key_full(3 * T::STAGES + slot); }
    DEVICE u32 work_full(u32 slot) const { return key_full(4 * T::STAGES + slot); }
    DEVICE u32 work_empty(u32 slot) const { return work_full(QUEUE + slot); }
    DEVICE typename T::Item* work(u32 slot) const { return (typename T::Item*)(bytes + T::WORK) + slot; }
    DEVICE int2* tile(u32 slot) const { return (int2*)(bytes + T::TILES) + slot; }
};
static_assert(sizeof(Work) % 8 == 0, "what follows is aligned");

/** In a tile's second number: no score is masked, each row has its band; else: the end of keys. */
constexpr int UNMASKED = -1;
constexpr int BAND = -2;
