// Matrix product for Hopper: one warp copies tiles of both operands into a ring of stages (TMA),
// two warpgroups multiply 64 rows each (wgmma). Blocks stay on their multiprocessor and take every
// so many-th tile. Clusters of two blocks, one above the other, share what they read of b: each
// copies one half into both. docs/kernels.md tells how it came to be.
#pragma once

#include "gemm_argument.cuh"
#include "gemm_instructions.cuh"

/** How tiles leave: bf16 by tensor copies; f32 from registers; added to f32, times a gate. */
enum Store { COPY, DIRECT, GATED };

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
    static constexpr int PANEL = 16 * 128;  // what a warp stores at a time: 16 rows of 64 columns
    static constexpr int PANELS = STAGES * STAGE_BYTES;
    static constexpr int BIAS = PANELS + (STORE == COPY ? 8 * 2 * PANEL : 0);
    static constexpr int GATE = BIAS + 2 * N * 4;
    static constexpr int BARRIERS = GATE + (STORE == GATED ? 2 * N * 4 : 0);
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
    DEVICE u32 panel(int warp, int i) const { return base + T::PANELS + (warp * 2 + i) * T::PANEL; }
    DEVICE float* bias(int group) const { return (float*)(bytes + T::BIAS) + group * T::N; }
    DEVICE float* gate(int group) const { return (float*)(bytes + T::GATE) + group * T::N; }
    DEVICE u32 full(u32 slot) const { return base + T::BARRIERS + 8 * slot; }
    DEVICE u32 empty(u32 slot) const { return full(T::STAGES + slot); }
};

/** The tiles of this block, the same number for all blocks of a cluster. */
template <class T>
struct Tiles {
    int rows, columns, group, next, step;
    int m = 0, n = 0;  // where the tile begins

    DEVICE Tiles(const Gemm& g)
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

template <class T>
DEVICE void copy_tiles(const Gemm& g, GemmMemory<T> shared) {
    constexpr int ROWS = T::N / T::CLUSTER;
    int part = blockIdx.x % T::CLUSTER * ROWS;
    Slot<T::STAGES> slot;
    for (Tiles<T> tile(g); tile.advance();) {
#pragma unroll 1
        for (int k = 0; k < g.k; k += T::K) {
            bool second = k >= g.split;
            u32 full = shared.full(slot.index);
            barrier_wait(shared.empty(slot.index), slot.phase ^ 1);
            barrier_expect(full, T::STAGE_BYTES);
            load_tile<1>(shared.a(slot.index), second ? &g.a2 : &g.a, second ? k - g.split : k,
                         tile.m, full, EVICT_NORMAL);
            load_tile<T::CLUSTER>(shared.b(slot.index) + part * 128, &g.b, k, tile.n + part, full,
                                  EVICT_LAST);
            slot.next();
        }
    }
}

/** The loads of these become stores only after the product, so that nothing waits for them. */
template <class T>
struct ColumnValues {
    static constexpr int EACH = T::N / 128;
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
        for (int i = 0; i < EACH; i++) to[threadIdx.x % 128 + 128 * i] = v[i];
    }
};

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
            ColumnValues<T> bias(g.bias, tile.n, g.n), gate(g.gate, tile.n, g.n);
            multiply(tile);
            named_sync(1 + group, 128);  // all have read those of the tile before
            bias.put(shared.bias(group));
            if (T::STORE == GATED) gate.put(shared.gate(group));
            named_sync(1 + group, 128);
            int row = tile.m + group * 64 + warp % 4 * 16;
            if (T::STORE == COPY) {
                copy_out(row, tile.n);
            } else {
                write_out(row, tile.n);
            }
        }
        if (T::STORE == COPY) stores_wait<0>();
    }

    DEVICE void multiply(const Tiles<T>& tile) {
        u32 before = 0;
        int prefetch_at = (g.k - 1) / T::K * T::K / 8 * 7 / T::K * T::K;
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
            if (T::STORE == GATED && k == prefetch_at) prefetch(tile);
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

    DEVICE void copy_out(int row, int column) {
        int line = lane % 16;
#pragma unroll
        for (int p = 0; p < T::N / 64; p++) {
            u32 panel = shared.panel(warp, p % 2);
            if (lane == 0) stores_wait<1>();
            __syncwarp();
#pragma unroll
            for (int j = 0; j < 4; j++) {
                u32 words[4];
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    int at = p * 32 + j * 8 + i * 2;
                    int n = p * 64 + j * 16 + i / 2 * 8 + lane % 4 * 2;
                    words[i] = pack_bf16(finish(at, n), finish(at + 1, n + 1));
                }
                store_matrices(panel + line * 128 + ((j * 2 + lane / 16) ^ (line % 8)) * 16, words);
            }
            stores_fence();
            __syncwarp();
            if (lane == 0) {
                if (row < g.m && column + p * 64 < g.n) {
                    store_tile(&g.copy, panel, column + p * 64, row);
                }
                stores_commit();
            }
        }
    }

    /** What is added to comes into the L2 cache, near the end of the product. */
    DEVICE void prefetch(const Tiles<T>& tile) const {
        int thread = threadIdx.x % 128;
#pragma unroll
        for (int i = 0; i < T::N / 64; i++) {
            int m = tile.m + group * 64 + thread % 64;
            int n = tile.n + (thread / 64 + 2 * i) * 32;
            if (m < g.m && n < g.n) prefetch_line((const float*)g.out.at + (i64)m * g.n + n);
        }
    }

    /** Neighbours exchange halves of two groups of 8 columns, so that each has 4 side by side. */
    DEVICE void write_out(int row, int column) {
        constexpr int BATCH = 4;  // pairs of groups whose old values are on their way together
        int odd = lane % 2;
        int left = odd * 8 + lane % 4 / 2 * 4;
        i64 m = row + lane / 4;
        float* out = (float*)g.out.at + m * g.n + column + left;
        int rows = (m < g.m) + (m + 8 < g.m);
        int columns = g.n - column - left;
#pragma unroll
        for (int from = 0; from < T::N / 16; from += BATCH) {
            float4 old[BATCH][2];
            if (T::STORE == GATED) {
#pragma unroll
                for (int p = 0; p < BATCH; p++) {
#pragma unroll
                    for (int half = 0; half < 2; half++) {
                        bool valid = half < rows && (from + p) * 16 < columns;
                        if (valid) old[p][half] = at(out, from + p, half);
                    }
                }
            }
#pragma unroll
            for (int p = 0; p < BATCH; p++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    float4 y = four(from + p, half, odd);
                    if (T::STORE == GATED) {
                        float4 gate = *(float4*)(shared.gate(group) + (from + p) * 16 + left);
                        const float4& x = old[p][half];
                        y = make_float4(x.x + gate.x * y.x, x.y + gate.y * y.y,
                                        x.z + gate.z * y.z, x.w + gate.w * y.w);
                    }
                    if (half < rows && (from + p) * 16 < columns) at(out, from + p, half) = y;
                }
            }
        }
    }

    DEVICE float4& at(float* out, int pair, int half) const {
        return *(float4*)(out + (i64)half * 8 * g.n + pair * 16);
    }

    DEVICE float4 four(int pair, int half, int odd) const {
        float y[2][2];
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
            for (int c = 0; c < 2; c++) {
                y[i][c] = finish(pair * 8 + i * 4 + half * 2 + c, pair * 16 + i * 8 + lane % 4 * 2 + c);
            }
        }
        float other0 = __shfl_xor_sync(0xffffffffu, odd ? y[0][0] : y[1][0], 1);
        float other1 = __shfl_xor_sync(0xffffffffu, odd ? y[0][1] : y[1][1], 1);
        return odd ? make_float4(other0, other1, y[1][0], y[1][1])
                   : make_float4(y[0][0], y[0][1], other0, other1);
    }
};

/** The kernel. `bytes`: SHARED bytes. */
template <class T>
DEVICE void multiply(const Gemm& g, unsigned char* bytes) {
    GemmMemory<T> shared{shared_address(bytes), bytes};
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
        Multiplier<T>(g, shared).run();
    }
    cluster_sync<T::CLUSTER>();  // until then the other block may write here
}
