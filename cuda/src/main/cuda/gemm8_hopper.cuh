// Matrix product of 8-bit operands for Hopper: gemm_hopper.cuh with e4m3 operands, 128 columns at a
// time, and a scale of each row of either. A tile takes half the time of one of bf16, so what
// follows its product counts twice as much: bf16 results stay in registers and are stored while the
// next tile is multiplied. Sums of wgmma keep about 14 bits, which many of the same sign wear off;
// where rows are long, they are added to sums in f32 from time to time.
#pragma once

#include "gemm8_argument.cuh"
#include "gemm8_instructions.cuh"
#include "gemm_hopper.cuh"

/**
 * A variant: tiles of 128 rows and N columns. PROMOTED: after how many stages the tensor cores' sums
 * are added to those in f32; 0: never. DEFERRED: a tile is stored while the next one is multiplied.
 */
template <int N_, int STAGES_, int PANELS_, int CLUSTER_, int PROMOTED_, int DEFERRED_,
          int FUNCTION_, int STORE_>
struct Gemm8Variant {
    static constexpr int M = 128;
    static constexpr int N = N_;
    static constexpr int K = 128;
    static constexpr int STAGES = STAGES_;
    static constexpr int CLUSTER = CLUSTER_;
    static constexpr int PROMOTED = PROMOTED_;
    static constexpr int DEFERRED = DEFERRED_;
    static constexpr int FUNCTION = FUNCTION_;  // Activation
    static constexpr int STORE = STORE_;
    static constexpr int THREADS = 384;
    static constexpr int A_BYTES = M * K;
    static constexpr int B_BYTES = N * K;
    static constexpr int STAGE_BYTES = A_BYTES + B_BYTES;
    // What a warp stores at a time: some rows of 128 bytes.
    static constexpr int PANEL_ROWS = STORE == PLAIN ? 16 : 8;
    static constexpr int PANEL_COLUMNS = STORE == PLAIN ? 64 : 32;
    static constexpr int PANEL = PANEL_ROWS * 128;
    static constexpr int WARP_PANELS = PANELS_;
    static constexpr int PANELS = STAGES * STAGE_BYTES;
    static constexpr int BIAS = PANELS + 8 * WARP_PANELS * PANEL;
    static constexpr int BARRIERS = BIAS + 2 * N * 8;
    static constexpr int SHARED = BARRIERS + 2 * STAGES * 8;
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
    static_assert(PROMOTED < STAGES, "stages are held until then");
    static_assert(!DEFERRED || STORE == PLAIN && !PROMOTED, "registers suffice for bf16 alone");
};

/** Where column k of the left operand lies. */
struct LeftOfOne {
    const Gemm8& g;
    int k;
    DEVICE const TensorMap* map() const { return &g.a; }
    DEVICE int column() const { return k; }
};

DEVICE LeftOfOne left_of(const Gemm8& g, int k) { return {g, k}; }

/** What multiplies. */
template <class T>
struct Multiplier8 {
    const Gemm8& g;
    GemmMemory<T> shared;
    int group, warp, lane;  // of threads; warp among all multipliers
    Slot<T::STAGES> slot;
    float sums[T::N / 2];
    float scales[2];                       // of this thread's rows
    u32 kept[T::DEFERRED ? T::N / 4 : 1];  // the tile before, as pairs
    int row = -1, column = 0;              // where that tile begins

    DEVICE Multiplier8(const Gemm8& g, GemmMemory<T> shared)
            : g(g),
              shared(shared),
              group(threadIdx.x / 128 - 1),
              warp(threadIdx.x / 32 - 4),
              lane(threadIdx.x % 32) {}

    /** Scales and biases of columns n and n + 1, n being even. */
    DEVICE float4* columns(int n) const {
        return (float4*)(shared.bytes + T::BIAS) + group * (T::N / 2) + n / 2;
    }

    DEVICE void run() {
        for (Tiles<T> tile(g); tile.advance();) {
            ColumnValues<T> bias(g.bias, tile.n, g.n);
            ColumnValues<T> scale(g.column_scales, tile.n, g.n);
            int from = tile.m + group * 64 + warp % 4 * 16;
            for (int i = 0; i < 2; i++) {
                int at = from + lane / 4 + 8 * i;
                scales[i] = at < g.m ? ((const float*)g.row_scales.at)[at] : 0;
            }
            if constexpr (T::PROMOTED > 0) {
                multiply_promoted();
            } else {
                multiply();
            }
            named_sync(1 + group, 128);  // all have read those of the tile before
            for (int i = 0; i < ColumnValues<T>::EACH; i++) {
                int n = threadIdx.x % 128 + 128 * i;
                float* to = (float*)columns(n) + n % 2;
                to[0] = scale.v[i];
                to[2] = bias.v[i];
            }
            named_sync(1 + group, 128);
            if constexpr (T::DEFERRED) {
                keep();
                row = from, column = tile.n;
            } else {
                store_rows<T>(*this, from, tile.n);
            }
        }
        if constexpr (T::DEFERRED) {
#pragma unroll
            for (int p = 0; p < T::N / 64; p++) store_kept(p);
        }
        stores_wait<0>();
    }

    /** One stage, with some work of the other units beside it. */
    template <class F>
    DEVICE void step(int k, u32& before, F beside) {
        barrier_wait(shared.full(slot.index), slot.phase);
        u64 a = descriptor(shared.a(slot.index) + group * 64 * 128, 0);
        u64 b = descriptor(shared.b(slot.index), 0);
        products_begin();
#pragma unroll
        for (int i = 0; i < T::K / 32; i++) {
            Scores8<T::N>::add(sums, a + 2 * i, b + 2 * i, k + i > 0);
        }
        products_commit();
        beside();
        products_wait<1>();
        if (k > 0) release(before);
        before = slot.index;
        slot.next();
    }

    DEVICE void multiply() {
        u32 before = 0;
        int k = 0;
        if constexpr (T::DEFERRED) {
#pragma unroll
            for (int p = 0; p < T::N / 64; p++) {
                if (p == 0 || k < g.k) {
                    step(k, before, [&] { store_kept(p); });
                    k += T::K;
                } else {
                    store_kept(p);
                }
            }
        }
#pragma unroll 1
        for (; k < g.k; k += T::K) step(k, before, [] {});
        products_wait<0>();
        release(before);
        pin(sums);
    }

    /** In two halves of the columns, so that registers suffice for sums of both kinds. */
    DEVICE void multiply_promoted() {
#pragma unroll
        for (int i = 0; i < T::N / 2; i++) sums[i] = 0;
        int k = 0;
#pragma unroll 1
        for (; k + (T::PROMOTED - 1) * T::K < g.k; k += T::PROMOTED * T::K) {
            add_stages<T::PROMOTED>();
        }
        if (T::PROMOTED > 1) {
#pragma unroll 1
            for (; k < g.k; k += T::K) add_stages<1>();
        }
    }

    template <int COUNT>
    DEVICE void add_stages() {
        constexpr int HALF = T::N / 4;  // of this thread's sums
        u32 held[COUNT];
#pragma unroll
        for (int p = 0; p < COUNT; p++) {
            barrier_wait(shared.full(slot.index), slot.phase);
            held[p] = slot.index;
            slot.next();
        }
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float part[HALF];
            products_begin();
#pragma unroll
            for (int p = 0; p < COUNT; p++) {
                u64 a = descriptor(shared.a(held[p]) + group * 64 * 128, 0);
                u64 b = descriptor(shared.b(held[p]) + half * (T::N / 2) * 128, 0);
#pragma unroll
                for (int i = 0; i < T::K / 32; i++) {
                    Scores8<T::N / 2>::add(part, a + 2 * i, b + 2 * i, p + i > 0);
                }
            }
            products_commit();
            products_wait<0>();
            pin(part);
            if (half == 1) {
#pragma unroll
                for (int p = 0; p < COUNT; p++) release(held[p]);
            }
#pragma unroll
            for (int i = 0; i < HALF; i++) sums[half * HALF + i] += part[i];
        }
    }

    DEVICE void release(u32 at) {
        if (lane < T::CLUSTER) barrier_arrive_at<T::CLUSTER>(shared.empty(at), lane);
    }

    /** Elements i and i + 1 of this thread's, which belong to columns n and n + 1 of the tile. */
    DEVICE float2 finish(int i, int n) const {
        float4 c = *columns(n);
        float scale = scales[i / 2 % 2];
        return make_float2(apply<T::FUNCTION>(sums[i] * scale * c.x + c.z),
                           apply<T::FUNCTION>(sums[i + 1] * scale * c.y + c.w));
    }

    DEVICE u32 packed(int i, int n) const {
        float2 y = finish(i, n);
        return pack_bf16(y.x, y.y);
    }

    DEVICE void put(u32 to, int i, int n) const {
        float2 y = finish(i, n);
        store_pair(to, y.x, y.y);
    }

    DEVICE void keep() {
#pragma unroll
        for (int i = 0; i < T::N / 4; i++) kept[i] = packed(2 * i, i / 2 * 8 + lane % 4 * 2);
    }

    /** 64 columns of the warp's 16 rows, if there are any. */
    DEVICE void store_kept(int p) {
        if (row < 0) return;
        u32 panel = shared.panel(warp, p % T::WARP_PANELS);
        int line = lane % 16;
        if (lane == 0) stores_wait<T::WARP_PANELS - 1>();
        __syncwarp();
#pragma unroll
        for (int j = 0; j < 4; j++) {
            const u32* w = kept + p * 16 + j * 4;
            u32 words[4] = {w[0], w[1], w[2], w[3]};
            store_matrices(panel + line * 128 + ((j * 2 + lane / 16) ^ (line % 8)) * 16, words);
        }
        stores_fence();
        __syncwarp();
        if (lane == 0) {
            if (row < g.m && column + p * 64 < g.n) store_tile(&g.out, panel, column + p * 64, row);
            stores_commit();
        }
    }
};
