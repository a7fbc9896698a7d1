// The nearest centroid of each token on Hopper: one warp copies tiles of tokens and of centroids, three warpgroups
// multiply (wgmma), 64 tokens each, and keep the least distance of each token. As attention without values.
#pragma once

#include "attention_variant.cuh"
#include "cluster_arguments.cuh"

template <int D_, int STAGES_>
struct AssignVariant {
    static constexpr int D = D_;
    static constexpr int GROUPS = 3;
    static constexpr int ROWS = 64 * GROUPS;
    static constexpr int COLUMNS = 128;
    static constexpr int STAGES = STAGES_;
    static constexpr int BUFFERS = 2;  // of tokens
    static constexpr int THREADS = 128 * (GROUPS + 1);
    static constexpr int ROW_BYTES = ROWS * D * 2;
    static constexpr int COLUMN_BYTES = COLUMNS * D * 2;
    static constexpr int X = 0;
    static constexpr int C = X + BUFFERS * ROW_BYTES;
    static constexpr int BARRIERS = C + STAGES * COLUMN_BYTES;
    static constexpr int SHARED = BARRIERS + 8 * 2 * (BUFFERS + STAGES) + 1024;  // the last to align the first
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
};

/** Addresses in shared memory. */
template <class T>
struct AssignMemory {
    u32 base;
    DEVICE u32 tokens(u32 slot) const { return base + T::X + slot * T::ROW_BYTES; }
    DEVICE u32 centroids(u32 slot) const { return base + T::C + slot * T::COLUMN_BYTES; }
    DEVICE u32 barrier(u32 i) const { return base + T::BARRIERS + 8 * i; }
    DEVICE u32 tokens_full(u32 slot) const { return barrier(slot); }
    DEVICE u32 tokens_empty(u32 slot) const { return barrier(T::BUFFERS + slot); }
    DEVICE u32 centroids_full(u32 slot) const { return barrier(2 * T::BUFFERS + slot); }
    DEVICE u32 centroids_empty(u32 slot) const { return barrier(2 * T::BUFFERS + T::STAGES + slot); }
};

/** Tiles of tokens of a block: every so many-th, map after map. */
template <class T>
struct AssignTiles {
    const ClusterAssign& a;
    int per_map, n;
    int map, row;  // of labels
    DEVICE AssignTiles(const ClusterAssign& a)
        : a(a), per_map((a.count + T::ROWS - 1) / T::ROWS), n((int)blockIdx.x - (int)gridDim.x) {}
    DEVICE bool next() {
        n += gridDim.x;
        map = n / per_map;
        row = (n - map * per_map) * T::ROWS;
        return map < a.maps;
    }
};

/** One thread. */
template <class T>
DEVICE void copy_clusters(const ClusterAssign& a, AssignMemory<T> m) {
    Slot<T::BUFFERS> x;
    Slot<T::STAGES> c;
    for (AssignTiles<T> tile(a); tile.next();) {
        barrier_wait(m.tokens_empty(x.index), x.phase ^ 1);
        barrier_expect(m.tokens_full(x.index), T::ROW_BYTES);
        load_rows(m.tokens(x.index), &a.x, a.from + tile.row, tile.map % a.heads, tile.map / a.heads,
                  m.tokens_full(x.index), EVICT_FIRST);
        x.next();
#pragma unroll 1
        for (int from = 0; from < a.columns; from += T::COLUMNS) {
            barrier_wait(m.centroids_empty(c.index), c.phase ^ 1);
            barrier_expect(m.centroids_full(c.index), T::COLUMN_BYTES);
            load_rows(m.centroids(c.index), &a.centroids, from, tile.map, 0, m.centroids_full(c.index), EVICT_LAST);
            c.next();
        }
    }
}

/** One warpgroup: 64 tokens of each tile. */
template <class T>
DEVICE void find_nearest(const ClusterAssign& a, AssignMemory<T> m) {
    int group = __shfl_sync(~0u, (int)threadIdx.x / 128 - 1, 0);
    int warp = __shfl_sync(~0u, (int)threadIdx.x / 32 % 4, 0), lane = threadIdx.x % 32;
    Slot<T::BUFFERS> x;
    Slot<T::STAGES> c;
    float s[T::COLUMNS / 2];
    for (AssignTiles<T> tile(a); tile.next();) {
        barrier_wait(m.tokens_full(x.index), x.phase);
        u64 tokens = descriptor(m.tokens(x.index) + group * 64 * 128, 0);
        const float* squares = a.squares + (i64)tile.map * a.columns + lane % 4 * 2;
        float least[2] = {as_float(0x7F800000u), as_float(0x7F800000u)};
        int nearest[2] = {0, 0};
#pragma unroll 1
        for (int from = 0; from < a.columns; from += T::COLUMNS) {
            barrier_wait(m.centroids_full(c.index), c.phase);
            pin(s);
            products_begin();
            u64 centroids = descriptor(m.centroids(c.index), 0);
#pragma unroll
            for (int i = 0; i < T::D / 16; i++) {  // 16 channels are 32 bytes of a panel's rows
                Scores<T::COLUMNS>::add(s, tokens + (i / 4 * T::ROWS * 128 + i % 4 * 32) / 16,
                                        centroids + (i / 4 * T::COLUMNS * 128 + i % 4 * 32) / 16, i > 0);
            }
            products_commit();
            float2 square[T::COLUMNS / 8];
#pragma unroll
            for (int i = 0; i < T::COLUMNS / 8; i++) {
                square[i] = *(const float2*)(squares + from + 8 * i);
            }
            products_wait<0>();
            pin(s);
            if (lane == 0) barrier_arrive(m.centroids_empty(c.index));
            c.next();
#pragma unroll
            for (int i = 0; i < T::COLUMNS / 2; i++) {
                int half = i / 2 % 2;
                float distance = __fmaf_rn(s[i], -2.f, i % 2 ? square[i / 4].y : square[i / 4].x);
                bool nearer = distance < least[half];
                least[half] = nearer ? distance : least[half];
                nearest[half] = nearer ? from + i / 4 * 8 + i % 2 : nearest[half];  // and the lane's two of each eight
            }
        }
        if (lane == 0) barrier_arrive(m.tokens_empty(x.index));
        x.next();
#pragma unroll
        for (int half = 0; half < 2; half++) {
            nearest[half] += lane % 4 * 2;
#pragma unroll
            for (int i = 1; i < 4; i *= 2) {
                float other = __shfl_xor_sync(~0u, least[half], i);
                int column = __shfl_xor_sync(~0u, nearest[half], i);
                bool nearer = other < least[half] || other == least[half] && column < nearest[half];
                least[half] = nearer ? other : least[half];
                nearest[half] = nearer ? column : nearest[half];
            }
            int row = tile.row + group * 64 + warp * 16 + half * 8 + lane / 4;
            // Distances that are no numbers are less than none: then the first centroid.
            if (lane % 4 == 0 && row < a.count) {
                a.labels[(i64)tile.map * a.count + row] = least[half] < as_float(0x7F800000u) ? nearest[half] : 0;
            }
        }
    }
}

/** The kernel. `shared`: SHARED bytes. */
template <class T>
DEVICE void assign(const ClusterAssign& a, unsigned char* shared) {
    u32 base = shared_address(shared);
    AssignMemory<T> m{base + (1024 - base % 1024) % 1024};
    if (threadIdx.x == 0) {
        for (int i = 0; i < T::BUFFERS; i++) {
            barrier_init(m.tokens_full(i), 1);
            barrier_init(m.tokens_empty(i), 4 * T::GROUPS);
        }
        for (int i = 0; i < T::STAGES; i++) {
            barrier_init(m.centroids_full(i), 1);
            barrier_init(m.centroids_empty(i), 4 * T::GROUPS);
        }
        barrier_init_fence();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        registers_down<32>();
        if (threadIdx.x == 0) copy_clusters<T>(a, m);
    } else {
        registers_up<160>();
        find_nearest<T>(a, m);
    }
}
