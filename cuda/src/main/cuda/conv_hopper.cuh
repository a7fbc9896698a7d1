// Convolution of channels-last frames for Hopper, as a matrix product whose left operand nobody lays
// out: a tile of output pixels is a rectangle of a frame, and what a tap sees of the input is the
// same rectangle moved, which is a box of a tensor copy; beyond the frame it gives zeros. Else as
// gemm_hopper.cuh, from which the parts come.
#pragma once

#include "conv_argument.cuh"
#include "conv_instructions.cuh"
#include "gemm_hopper.cuh"

/**
 * A variant: tiles of 128 * HALVES pixels and N channels; ADD adds to out. With a TAIL the last step
 * of a tap may have 32 channels instead of 64. N is a multiple of 64, or out has N channels at most.
 * DEFERRED: a tile is stored while the next one is multiplied.
 */
template <int HALVES_, int N_, int STAGES_, int CLUSTER_, bool ADD_, bool TAIL_ = false, bool DEFERRED_ = !TAIL_>
struct ConvVariant {
    static constexpr int HALVES = HALVES_;  // products of 64 rows of a warpgroup
    static constexpr int M = 128 * HALVES;
    static constexpr int N = N_;
    static constexpr int K = 64;
    static constexpr int STAGES = STAGES_;
    static constexpr int CLUSTER = CLUSTER_;
    static constexpr bool ADD = ADD_;
    static constexpr bool TAIL = TAIL_;
    static constexpr bool DEFERRED = DEFERRED_;
    static constexpr int PARTS = (N + 63) / 64;  // of a half, that are stored at a time
    static constexpr int THREADS = 384;
    static constexpr int A_BYTES = M * K * 2;
    static constexpr int B_BYTES = N * K * 2;
    static constexpr int STAGE_BYTES = A_BYTES + B_BYTES;
    static constexpr int PANEL = 16 * 128;  // what a warp stores at a time
    static constexpr int WARP_PANELS = 2;
    static constexpr int PANELS = STAGES * STAGE_BYTES;
    static constexpr int BIAS = PANELS + 8 * WARP_PANELS * PANEL;
    static constexpr int BARRIERS = BIAS + 2 * N * 4;
    static constexpr int SHARED = BARRIERS + 2 * STAGES * 8;
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
};

/**
 * The tiles of this block, the same number for all blocks of a cluster. Neighbours in this order see
 * the same input: channels first, then frames, then places in the frame.
 */
template <class T>
struct ConvTiles {
    int columns, frames, tiles_w, box_w, next, step, end;
    int x = 0, y = 0, t = 0, n = 0;  // where the tile begins

    DEVICE ConvTiles(const Conv& c)
            : columns((c.n + T::N - 1) / T::N),
              frames(c.frames),
              tiles_w(c.tiles_w),
              box_w(c.box_w),
              next(blockIdx.x / T::CLUSTER),
              step(gridDim.x / T::CLUSTER),
              end((c.tiles * c.frames + T::CLUSTER - 1) / T::CLUSTER * columns) {}

    DEVICE bool advance() {
        if (next >= end) return false;
        int pixels = next / columns;
        n = (next - pixels * columns) * T::N;
        int at = pixels * T::CLUSTER + blockIdx.x % T::CLUSTER;
        int place = at / frames;
        t = at - place * frames;
        int line = place / tiles_w;
        x = (place - line * tiles_w) * box_w;
        y = line * (T::M / box_w);  // outside of the frame if there are no more tiles
        next += step;
        return true;
    }
};

template <class T>
DEVICE void copy_taps(const Conv& c, GemmMemory<T> shared) {
    constexpr int ROWS = T::N / T::CLUSTER;
    int part = blockIdx.x % T::CLUSTER * ROWS;
    Slot<T::STAGES> slot;
    for (ConvTiles<T> tile(c); tile.advance();) {
        int k = 0;
        for (int kt = 0; kt < c.kt; kt++) {
            int frame = tile.t + kt - c.back;
            const TensorMap* from = frame < 0 ? &c.past : &c.x;
            if (frame < 0) frame = frame + c.past_frames > 0 ? frame + c.past_frames : 0;
            for (int ky = 0; ky < c.kh; ky++) {
                for (int kx = 0; kx < c.kw; kx++) {
#pragma unroll 1
                    for (int channel = 0; channel < c.channels; channel += T::K) {
                        u32 full = shared.full(slot.index);
                        barrier_wait(shared.empty(slot.index), slot.phase ^ 1);
                        barrier_expect(full, T::STAGE_BYTES);
                        load_pixels(shared.a(slot.index), from, channel, tile.x + kx - c.left,
                                    tile.y + ky - c.top, frame, full);
                        load_tile<T::CLUSTER>(shared.b(slot.index) + part * 128, &c.w, k,
                                              tile.n + part, full, EVICT_LAST);
                        int left = c.channels - channel;
                        k += T::TAIL && left < T::K ? left : T::K;
                        slot.next();
                    }
                }
            }
        }
    }
}

/** As ColumnValues, of any number of channels. */
template <class T>
struct ChannelValues {
    static constexpr int EACH = (T::N + 127) / 128;
    float v[EACH];

    DEVICE ChannelValues(const Elements& from, int n, int end) {
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

template <class T>
struct ConvMultiplier {
    const Conv& c;
    GemmMemory<T> shared;
    int group, warp, lane;  // of threads; warp among all multipliers
    int steps;
    int of_tap;  // steps of a tap
    bool tail;   // the last one has half as many channels
    Slot<T::STAGES> slot;
    float sums[T::HALVES][T::N / 2];
    u32 kept[T::DEFERRED ? T::HALVES : 1][T::DEFERRED ? T::N / 4 : 1];  // the tile before, as pairs
    struct {
        int x, y, t, n;
    } place = {0, 0, -1, 0};  // where its tile begins
    u32 turn = 0;             // of panels

    DEVICE ConvMultiplier(const Conv& c, GemmMemory<T> shared)
            : c(c),
              shared(shared),
              group(threadIdx.x / 128 - 1),
              warp(threadIdx.x / 32 - 4),
              lane(threadIdx.x % 32),
              steps(c.kt * c.kh * c.kw * ((c.channels + T::K - 1) / T::K)),
              of_tap((c.channels + T::K - 1) / T::K),
              tail(c.channels % T::K > 0) {}

    DEVICE void run() {
        for (ConvTiles<T> tile(c); tile.advance();) {
            ChannelValues<T> bias(c.bias, tile.n, c.n);
            multiply();
            named_sync(1 + group, 128);  // all have read those of the tile before
            bias.put(shared.bias(group));
            named_sync(1 + group, 128);
            if constexpr (T::DEFERRED) keep();
            place = {tile.x, tile.y, tile.t, tile.n};
            if (!T::DEFERRED) store_all();
        }
        if (T::DEFERRED) store_all();
        stores_wait<0>();
    }

    DEVICE void multiply() {
        u32 before = 0;
        int s = 0, in_tap = 0;
        if constexpr (T::DEFERRED) {
#pragma unroll
            for (int part = 0; part < T::HALVES * T::PARTS; part++) {
                if (part == 0 || s < steps) {
                    step(s++, in_tap, before, [&] { store(part); });
                } else {
                    store(part);
                }
            }
        }
#pragma unroll 1
        for (; s < steps; s++) step(s, in_tap, before, [] {});
        products_wait<0>();
        release(before);
#pragma unroll
        for (int h = 0; h < T::HALVES; h++) pin(sums[h]);
    }

    /** One stage, with some work of the other units beside it. */
    template <class F>
    DEVICE void step(int s, int& in_tap, u32& before, F beside) {
        bool half = false;
        if (T::TAIL && ++in_tap == of_tap) {
            in_tap = 0;
            half = tail;
        }
        barrier_wait(shared.full(slot.index), slot.phase);
        u64 a = descriptor(shared.a(slot.index) + group * T::HALVES * 64 * 128, 0);
        u64 b = descriptor(shared.b(slot.index), 0);
        if (half) {
            multiply<T::K / 32>(a, b, s > 0);
        } else {
            multiply<T::K / 16>(a, b, s > 0);
        }
        beside();
        products_wait<1>();
        if (s > 0) release(before);
        before = slot.index;
        slot.next();
    }

    /** The first COUNT products of a step, 16 channels each. */
    template <int COUNT>
    DEVICE void multiply(u64 a, u64 b, bool add) {
        products_begin();
#pragma unroll
        for (int i = 0; i < COUNT; i++) {
#pragma unroll
            for (int h = 0; h < T::HALVES; h++) {
                Scores<T::N>::add(sums[h], a + 2 * i + h * (64 * 128 / 16), b + 2 * i, add || i > 0);
            }
        }
        products_commit();
    }

    DEVICE void release(u32 at) {
        if (lane < T::CLUSTER) barrier_arrive_at<T::CLUSTER>(shared.empty(at), lane);
    }

    /** Two channels of a pixel of the tile that was just multiplied, with their bias. */
    DEVICE u32 pair(int half, int i) const {
        const float* bias = shared.bias(group) + i / 2 * 8 + lane % 4 * 2;
        return pack_bf16(sums[half][2 * i] + bias[0], sums[half][2 * i + 1] + bias[1]);
    }

    DEVICE void keep() {
#pragma unroll
        for (int h = 0; h < T::HALVES; h++) {
#pragma unroll
            for (int i = 0; i < T::N / 4; i++) kept[h][i] = pair(h, i);
        }
    }

    DEVICE void store_all() {
        if (lane == 0 && !T::DEFERRED) stores_wait<0>();
#pragma unroll
        for (int part = 0; part < T::HALVES * T::PARTS; part++) store(part);
    }

    /** A warp's 16 pixels of a half and 64 channels, through shared memory; nothing before the first tile. */
    DEVICE void store(int part) {
        if (place.t < 0) return;
        int half = part / T::PARTS, from = part % T::PARTS * 64;
        int row = (group * T::HALVES + half) * 64 + warp % 4 * 16;
        int line = row / c.box_w;
        // Panels take turns, over tiles too, so that the other one is always the one before.
        u32 panel = shared.panel(warp, turn);
        turn = (turn + 1) % T::WARP_PANELS;
        if (lane == 0) stores_wait<T::WARP_PANELS - 1>();
        __syncwarp();
        fill(half, panel, from);
        stores_fence();
        __syncwarp();
        if (lane == 0) {
            if (place.n + from < c.n) {
                store_pixels<T::ADD>(&c.out, panel, place.n + from, place.x + row - line * c.box_w,
                                     place.y + line, place.t);
            }
            stores_commit();
        }
    }

    /** 16 rows of 64 bf16 elements, or what is left of a tile, swizzled. */
    DEVICE void fill(int half, u32 panel, int from) const {
        int line = lane % 16;
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (from + j * 16 >= T::N) break;
            u32 words[4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int at = from / 4 + j * 4 + i;
                if constexpr (T::DEFERRED) {
                    words[i] = kept[half][at];
                } else {
                    words[i] = pair(half, at);
                }
            }
            store_matrices(panel + line * 128 + ((j * 2 + lane / 16) ^ (line % 8)) * 16, words);
        }
    }
};

/** The kernel. `bytes`: SHARED bytes. */
template <class T>
DEVICE void convolve(const Conv& c, unsigned char* bytes) {
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
        if (threadIdx.x == 0) copy_taps<T>(c, shared);
    } else {
        registers_up<232>();
        ConvMultiplier<T>(c, shared).run();
    }
    cluster_sync<T::CLUSTER>();  // until then the other block may write here
}
