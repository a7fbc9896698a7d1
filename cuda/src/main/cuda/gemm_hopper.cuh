// Matrix product for Hopper: one warp copies tiles of both operands into a ring of stages (TMA),
// two warpgroups multiply 64 rows each (wgmma). Blocks stay on their multiprocessor and take every
// so many-th tile. Clusters of two blocks, one above the other, share what they read of b: each
// copies one half into both. docs/kernels/products.md says more.
#pragma once

#include "gemm_argument.cuh"
#include "gemm_instructions.cuh"

/** What becomes of a tile: bf16 or f32 elements. */
enum Store { PLAIN, WIDE };

/** A variant: tiles of 128 rows and N columns. */
template <int N_, int STAGES_, int CLUSTER_, int FUNCTION_, int STORE_>
struct GemmVariant {
    static constexpr int M = 128;
    static constexpr int N = N_;
    static constexpr int K = 64;
    static constexpr int STAGES = STAGES_;
    static constexpr int CLUSTER = CLUSTER_;
    static constexpr int FUNCTION = FUNCTION_;  // Activation
    static constexpr int STORE = STORE_;
    static constexpr int THREADS = 384;
    static constexpr int A_BYTES = M * K * 2;
    static constexpr int B_BYTES = N * K * 2;
    static constexpr int STAGE_BYTES = A_BYTES + B_BYTES;
    // What a warp stores at a time: some rows of 128 bytes.
    static constexpr int PANEL_ROWS = STORE == PLAIN ? 16 : 8;
    static constexpr int PANEL_COLUMNS = STORE == PLAIN ? 64 : 32;
    static constexpr int PANEL = PANEL_ROWS * 128;
    static constexpr int WARP_PANELS = STORE == PLAIN ? 2 : 3;
    static constexpr int PANELS = STAGES * STAGE_BYTES;
    static constexpr int BIAS = PANELS + 8 * WARP_PANELS * PANEL;
    static constexpr int BARRIERS = BIAS + 2 * N * 4;
    static constexpr int SHARED = BARRIERS + 2 * STAGES * 8;
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
};

/** Addresses in shared memory, which begins at a multiple of 1024. */
template <class T>
struct GemmMemory {
    u32 base;
    unsigned char* bytes;
    DEVICE u32 a(u32 slot) const { return base + slot * T::STAGE_BYTES; }
    DEVICE u32 b(u32 slot) const { return a(slot) + T::A_BYTES; }
    DEVICE u32 panel(int warp, int i) const { 
        return base + T::PANELS + (warp * T::WARP_PANELS + i) * T::PANEL;
    }
    DEVICE float* bias(int group) const { return (float*)(bytes + T::BIAS) + group * T::N; }
    DEVICE u32 full(u32 slot) const { return base + T::BARRIERS + 8 * slot; }
    DEVICE u32 empty(u32 slot) const { return full(T::STAGES + slot); }
};

/** The tiles of this block, the same number for all blocks of a cluster. */
template <class T>
struct Tiles {
    int rows, columns, group, next, step;
    int m = 0, n = 0;  // where the tile begins

    template <class G>
    DEVICE Tiles(const G& g)
            : rows((g.m + T::M * T::CLUSTER - 1) / (T::M * T::CLUSTER)),
              columns((g.n + T::N - 1) / T::N),
              group(g.group),
              next(blockIdx.x / T::CLUSTER),
              step(gridDim.x / T::CLUSTER) {}

    DEVICE bool advance() {
        if (next >= rows * columns) return false;
        int first = next / (group * columns) * group;
        int at = next - first * columns;
        int height = rows - first < group ? rows - first : group;
        int column = at / height;
        int row = first + at - column * height;
        m = (row * T::CLUSTER + blockIdx.x % T::CLUSTER) * T::M;
        n = column * T::N;
        next += step;
        return true;
    }
};

/** Where column k of two operands side by side lies. */
struct LeftOfPair {
    const Gemm& g;
    int k;
    bool second;
    DEVICE const TensorMap* map() const { return second ? &g.a2 : &g.a; }
    DEVICE int column() const { return second ? k - g.split : k; }
};

DEVICE LeftOfPair left_of(const Gemm& g, int k) { return {g, k, k >= g.split}; }

/** The producer's work. G: `Gemm`, or another parameter with operands and sizes of these names. */
template <class T, class G>
DEVICE void copy_tiles(const G& g, GemmMemory<T> shared) {
    constexpr int ROWS = T::N / T::CLUSTER;
    int part = blockIdx.x % T::CLUSTER * ROWS;
    Slot<T::STAGES> slot;
    for (Tiles<T> tile(g); tile.advance();) {
#pragma unroll 1
        for (int k = 0; k < g.k; k += T::K) {
            auto left = left_of(g, k);
            u32 full = shared.full(slot.index);
            barrier_wait(shared.empty(slot.index), slot.phase ^ 1);
            barrier_expect(full, T::STAGE_BYTES);
            load_tile<1>(shared.a(slot.index), left.map(), left.column(), tile.m, full,
                         EVICT_NORMAL);
            load_tile<T::CLUSTER>(shared.b(slot.index) + part * 128, &g.b, k, tile.n + part, full,
                                  EVICT_LAST);
            slot.next();
        }
    }
}

/** The loads of these become stores only after the product, so that nothing waits for them. */
template <class T>
struct ColumnValues {
    static constexpr int EACH = (T::N + 127) / 128;
    float v[EACH];

    DEVICE ColumnValues(const Elements& from, int n, int end) {
#pragma unroll
        for (int i = 0; i < EACH; i++) {
            int at = n + threadIdx.x % 128 + 128 * i;
            v[i] = from.at && at < end ? load(from, at) : 0;
        }
    }

    DEVICE void put(float* to) const {
#pragma unroll
        for (int i = 0; i < EACH; i++) {
            int at = threadIdx.x % 128 + 128 * i;
            if (T::N % 128 == 0 || at < T::N) to[at] = v[i];
        }
    }
};

/** 16 rows of 64 bf16 elements, swizzled. */
template <class X>
DEVICE void fill_plain(const X& x, u32 panel, int from) {
    int line = x.lane % 16;
#pragma unroll
    for (int j = 0; j < 4; j++) {
        u32 words[4];
#pragma unroll
        for (int i = 0; i < 4; i++) {
            int at = from / 2 + j * 8 + i * 2;
            int n = from + j * 16 + i / 2 * 8 + x.lane % 4 * 2;
            words[i] = x.packed(at, n);
        }
        store_matrices(panel + line * 128 + ((j * 2 + x.lane / 16) ^ (line % 8)) * 16, words);
    }
}

/** 8 rows of 32 f32 elements, swizzled. */
template <class X>
DEVICE void fill_wide(const X& x, u32 panel, int from, int half) {
    int line = x.lane / 4;
#pragma unroll
    for (int j = 0; j < 4; j++) {
        int at = from / 2 + j * 4 + half * 2;
        int n = from + j * 8 + x.lane % 4 * 2;
        u32 to = panel + line * 128 + ((j * 2 + x.lane % 4 / 2) ^ line) * 16 + x.lane % 2 * 8;
        x.put(to, at, n);
    }
}

/** A warp's 16 rows, a panel at a time, through shared memory. x: the multiplier that has them. */
template <class T, class X>
DEVICE void store_rows(const X& x, int row, int column) {
    constexpr int ROWS = T::PANEL_ROWS, HALVES = 16 / ROWS;
    if (x.lane == 0) stores_wait<0>();  // those of the tile before
#pragma unroll
    for (int p = 0; p < T::N / T::PANEL_COLUMNS * HALVES; p++) {
        u32 panel = x.shared.panel(x.warp, p % T::WARP_PANELS);
        int from = p / HALVES * T::PANEL_COLUMNS;
        if (x.lane == 0) stores_wait<T::WARP_PANELS - 1>();
        __syncwarp();
        if (T::STORE == PLAIN) {
            fill_plain(x, panel, from);
        } else {
            fill_wide(x, panel, from, p % HALVES);
        }
        stores_fence();
        __syncwarp();
        if (x.lane == 0) {
            int y = row + p % HALVES * ROWS;
            if (y < x.g.m && column + from < x.g.n) {
                store_tile(&x.g.out, panel, column + from, y);
            }
            stores_commit();
        }
    }
}

template <class T>
struct Multiplier {
    const Gemm& g;
    GemmMemory<T> shared;
    int group, warp, lane;  // of threads; warp among all multipliers
    Slot<T::STAGES> slot;
    float sums[T::N / 2];

    DEVICE Multiplier(const Gemm& g, GemmMemory<T> shared)
            : g(g),
              shared(shared),
              group(threadIdx.x / 128 - 1),
              warp(threadIdx.x / 32 - 4),
              lane(threadIdx.x % 32) {}

    DEVICE void run() {
        for (Tiles<T> tile(g); tile.advance();) {
            ColumnValues<T> bias(g.bias, tile.n, g.n);
            multiply();
            named_sync(1 + group, 128);  // all have read those of the tile before
            bias.put(shared.bias(group));
            named_sync(1 + group, 128);
            int row = tile.m + group * 64 + warp % 4 * 16;
            store_rows<T>(*this, row, tile.n);
        }
        stores_wait<0>();
    }

    DEVICE void multiply() {
        u32 before = 0;
#pragma unroll 1
        for (int k = 0; k < g.k; k += T::K) {
            barrier_wait(shared.full(slot.index), slot.phase);
            u64 a = descriptor(shared.a(slot.index) + group * 64 * 128, 0);
            u64 b = descriptor(shared.b(slot.index), 0);
            products_begin();
#pragma unroll
            for (int i = 0; i < T::K / 16; i++) {
                Scores<T::N>::add(sums, a + 2 * i, b + 2 * i, k + i > 0);
            }
            products_commit();
            products_wait<1>();
            if (k > 0) release(before);
            before = slot.index;
            slot.next();
        }
        products_wait<0>();
        release(before);
        pin(sums);
    }

    DEVICE void release(u32 at) {
        if (lane < T::CLUSTER) barrier_arrive_at<T::CLUSTER>(shared.empty(at), lane);
    }

    /** Element i of this thread's, which belongs to column n of the tile. */
    DEVICE float finish(int i, int n) const {
        return apply<T::FUNCTION>(sums[i] + shared.bias(group)[n]);
    }

    /** That and the next. */
    DEVICE u32 packed(int i, int n) const { return pack_bf16(finish(i, n), finish(i + 1, n + 1)); }

    DEVICE void put(u32 to, int i, int n) const {
        store_pair(to, finish(i, n), finish(i + 1, n + 1));
    }
};

/** The kernel. `bytes`: SHARED bytes; M: what multiplies. */
template <class T, template <class> class M = Multiplier, class G>
DEVICE void multiply(const G& g, unsigned char* bytes) {
    GemmMemory<T> shared{kept(shared_address(bytes)), bytes};
    if (threadIdx.x == 0) {
        for (int i = 0; i < T::STAGES; i++) {
            barrier_init(shared.full(i), 1);
            barrier_init(shared.empty(i), 8 * T::CLUSTER);
        }
        barrier_init_fence();
    }
    cluster_sync<T::CLUSTER>();
    if (threadIdx.x < 128) {
        registers_down<40>();
        if (threadIdx.x == 0) copy_tiles<T>(g, shared);
    } else {
        registers_up<232>();
        M<T>(g, shared).run();
    }
    cluster_sync<T::CLUSTER>();  // until then the other block may write here
}
