// The nearest centroid of each token on Hopper: one warp copies tiles of tokens and of centroids, warpgroups multiply
// (wgmma) and keep the least distance of each token. Tokens stay in registers, 64 BLOCKS of a warpgroup, while centroids
// pass by: while a block's distances are looked through, the next block's are computed.
#pragma once

#include "attention_variant.cuh"
#include "cluster_arguments.cuh"
#include "cluster_instructions.cuh"

template <int D_, int GROUPS_, int BLOCKS_, int COLUMNS_, int STAGES_>
struct AssignVariant {
    static constexpr int D = D_;
    static constexpr int GROUPS = GROUPS_;
    static constexpr int BLOCKS = BLOCKS_;  // of 64 tokens, of a warpgroup
    static constexpr int ROWS = 64 * BLOCKS * GROUPS;
    static constexpr int COLUMNS = COLUMNS_;
    static constexpr int STAGES = STAGES_;
    static constexpr int THREADS = 128 * (GROUPS + 1);
    static constexpr int ROW_BYTES = ROWS * D * 2;
    static constexpr int COLUMN_BYTES = COLUMNS * D * 2;
    static constexpr int X = 0;
    static constexpr int C = X + ROW_BYTES;
    static constexpr int SQUARES = C + STAGES * COLUMN_BYTES;
    static constexpr int BARRIERS = SQUARES + STAGES * COLUMNS * 4;
    static constexpr int SHARED = BARRIERS + 8 * 2 * (1 + STAGES) + 1024;  // the last to align the first
    static constexpr int REGISTERS = GROUPS == 2 ? 240 : 160;
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
    static_assert(ROWS <= 256 && COLUMN_BYTES % 1024 == 0, "boxes of rows, and what is swizzled together");
};

/** Addresses in shared memory. */
template <class T>
struct AssignMemory {
    u32 base;
    DEVICE u32 tokens() const { return base + T::X; }
    DEVICE u32 centroids(u32 slot) const { return base + T::C + slot * T::COLUMN_BYTES; }
    DEVICE u32 squares(u32 slot) const { return base + T::SQUARES + slot * T::COLUMNS * 4; }
    DEVICE u32 barrier(u32 i) const { return base + T::BARRIERS + 8 * i; }
    DEVICE u32 tokens_full() const { return barrier(0); }
    DEVICE u32 tokens_empty() const { return barrier(1); }
    DEVICE u32 centroids_full(u32 slot) const { return barrier(2 + slot); }
    DEVICE u32 centroids_empty(u32 slot) const { return barrier(2 + T::STAGES + slot); }
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
    Slot<1> x;
    Slot<T::STAGES> c;
    for (AssignTiles<T> tile(a); tile.next();) {
        barrier_wait(m.tokens_empty(), x.phase ^ 1);
        barrier_expect(m.tokens_full(), T::ROW_BYTES);
        load_rows(m.tokens(), &a.x, a.from + tile.row, tile.map % a.heads, tile.map / a.heads, m.tokens_full(), EVICT_FIRST);
        x.next();
        const float* squares = a.squares + (i64)tile.map * a.columns;
#pragma unroll 1
        for (int from = 0; from < a.columns; from += T::COLUMNS) {
            barrier_wait(m.centroids_empty(c.index), c.phase ^ 1);
            barrier_expect(m.centroids_full(c.index), T::COLUMN_BYTES + T::COLUMNS * 4);
            load_rows(m.centroids(c.index), &a.centroids, from, tile.map, 0, m.centroids_full(c.index), EVICT_LAST);
            load_bytes(m.squares(c.index), squares + from, T::COLUMNS * 4, m.centroids_full(c.index));
            c.next();
        }
    }
}

/** Starts the products of 64 tokens with a tile of centroids. */
template <class T>
DEVICE void start_distances(float (&s)[T::COLUMNS / 2], const u32 (&x)[T::D / 16][4], u32 tile) {
    pin(s);
    products_begin();
    u64 centroids = descriptor(tile, 0);
#pragma unroll
    for (int i = 0; i < T::D / 16; i++) {  // 16 channels are 32 bytes of a panel's rows
        RowScores<T::COLUMNS>::add(s, x[i], centroids + (i / 4 * T::COLUMNS * 128 + i % 4 * 32) / 16, i > 0);
    }
    products_commit();
}

/** The least distances of two tokens, 8 rows apart, to the columns of a thread: of each other eight columns apart. */
struct Nearest {
    float least[2][2];
    int column[2][2];  // and the lane's first of each eight

    DEVICE void clear() {
#pragma unroll
        for (int i = 0; i < 4; i++) least[i / 2][i % 2] = as_float(0x7F800000u), column[i / 2][i % 2] = 0;
    }

    /** Goes through a tile, from column `from` on. */
    template <int COLUMNS>
    DEVICE void see(float (&s)[COLUMNS / 2], u32 squares, int from) {
        pin(s);
        int here[2][2] = {{-1, -1}, {-1, -1}};
#pragma unroll
        for (int i = 0; i < COLUMNS / 8; i++) {
            float2 square = read_pair(squares + 32 * i);
#pragma unroll
            for (int j = 0; j < 4; j++) {
                float& best = least[j / 2][i % 2];
                float distance = __fmaf_rn(s[4 * i + j], -2.f, j % 2 ? square.y : square.x);
                bool nearer = distance < best;
                best = nearer ? distance : best;
                here[j / 2][i % 2] = nearer ? 8 * i + j % 2 : here[j / 2][i % 2];
            }
        }
#pragma unroll
        for (int i = 0; i < 4; i++)
            if (here[i / 2][i % 2] >= 0) column[i / 2][i % 2] = from + here[i / 2][i % 2];
    }

    /** Writes the labels of a warp's 16 tokens from `row` on. */
    DEVICE void write(const ClusterAssign& a, int map, int row) {
        int lane = threadIdx.x % 32;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float best = least[half][0];
            int at = column[half][0];
            take(best, at, least[half][1], column[half][1]);
            at += lane % 4 * 2;
#pragma unroll
            for (int i = 1; i < 4; i *= 2) {
                float other = __shfl_xor_sync(~0u, best, i);
                int there = __shfl_xor_sync(~0u, at, i);
                take(best, at, other, there);
            }
            int token = row + half * 8 + lane / 4;
            // Distances that are no numbers are less than none: then the first centroid.
            if (lane % 4 == 0 && token < a.count) {
                a.labels[(i64)map * a.count + token] = best < as_float(0x7F800000u) ? at : 0;
            }
        }
    }

    /** The lower of equals. */
    static DEVICE void take(float& best, int& at, float other, int there) {
        bool nearer = other < best || other == best && there < at;
        best = nearer ? other : best;
        at = nearer ? there : at;
    }
};

/** One warpgroup: 64 BLOCKS tokens of each tile. */
template <class T>
DEVICE void find_nearest(const ClusterAssign& a, AssignMemory<T> m) {
    constexpr int N = T::COLUMNS, LAST = T::BLOCKS - 1;
    int group = __shfl_sync(~0u, (int)threadIdx.x / 128 - 1, 0);
    int warp = __shfl_sync(~0u, (int)threadIdx.x / 32 % 4, 0), lane = threadIdx.x % 32;
    Turns<T::GROUPS> turns(group);
    Slot<1> tokens;
    Slot<T::STAGES> c;
    float s[T::BLOCKS][N / 2];
    u32 x[T::BLOCKS][T::D / 16][4];
    Nearest nearest[T::BLOCKS];
    for (AssignTiles<T> tile(a); tile.next();) {
        barrier_wait(m.tokens_full(), tokens.phase);
        tokens.next();
#pragma unroll
        for (int b = 0; b < T::BLOCKS; b++) {
            read_rows<T::D, T::ROWS>(x[b], m.tokens(), (group * T::BLOCKS + b) * 64);
            nearest[b].clear();
        }
        __syncwarp();
        if (lane == 0) barrier_arrive(m.tokens_empty());
        u32 mine = lane % 4 * 8;
#pragma unroll 1
        for (int from = 0; from < a.columns; from += N) {
            barrier_wait(m.centroids_full(c.index), c.phase);
            turns.take();
#pragma unroll
            for (int b = 0; b < T::BLOCKS; b++) start_distances<T>(s[b], x[b], m.centroids(c.index));
            turns.pass();
            if (LAST > 0) {
                products_wait<1>();
                nearest[0].template see<N>(s[0], m.squares(c.index) + mine, from);
            }
            products_wait<0>();
            nearest[LAST].template see<N>(s[LAST], m.squares(c.index) + mine, from);
            __syncwarp();
            if (lane == 0) barrier_arrive(m.centroids_empty(c.index));
            c.next();
        }
#pragma unroll
        for (int b = 0; b < T::BLOCKS; b++) {
            nearest[b].write(a, tile.map, tile.row + (group * T::BLOCKS + b) * 64 + warp * 16);
        }
    }
}

/** The kernel. `shared`: SHARED bytes. */
template <class T>
DEVICE void assign(const ClusterAssign& a, unsigned char* shared) {
    u32 base = shared_address(shared);
    AssignMemory<T> m{base + (1024 - base % 1024) % 1024};
    if (threadIdx.x == 0) {
        barrier_init(m.tokens_full(), 1);
        barrier_init(m.tokens_empty(), 4 * T::GROUPS);
        for (int i = 0; i < T::STAGES; i++) {
            barrier_init(m.centroids_full(i), 1);
            barrier_init(m.centroids_empty(i), 4 * T::GROUPS);
        }
        barrier_init_fence();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        registers_down<T::GROUPS == 2 ? 24 : 32>();
        if (threadIdx.x == 0) copy_clusters<T>(a, m);
    } else {
        registers_up<T::REGISTERS>();
        find_nearest<T>(a, m);
    }
}
