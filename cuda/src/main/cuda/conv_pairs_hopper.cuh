// Convolution of pairs of frames for Hopper, by F(2, 3) of Winograd in time: two frames of out take
// four products in place of six (Winograd, "Arithmetic Complexity of Computations"; Lavin and Gray,
// "Fast Algorithms for Convolutional Neural Networks"). With d0..d3 the frames that both see and g0..g2
// the weights in time:
//   p = (d1 + d2) / 2 (g0 + g1 + g2),  q = (d2 - d1) / 2 (g0 - g1 + g2)
//   y0 = p + q + (d0 - d2) g0,         y1 = p - q + (d3 - d1) g2
// So two sums of a tile are enough. The lines above and below a tile are copied with it, and the three
// taps of a column read one copy. Else as conv_hopper.cuh, from which the parts come.
#pragma once

#include "conv_hopper.cuh"
#include "conv_pairs_argument.cuh"

/** Tiles of 128 pixels of two frames and 128 channels; ADD adds to out. */
template <bool ADD_, bool APART_ = true>
struct PairsVariant {
    static constexpr bool ADD = ADD_;
    static constexpr bool APART = APART_;  // one warpgroup is ahead, so that not both end a tile at once
    static constexpr int M = 128, N = 128, K = 64;
    static constexpr int CLUSTER = 2;
    static constexpr int THREADS = 384;
    static constexpr int SIDE = 3;               // taps each way
    static constexpr int PRODUCTS = 4;           // of a pair
    static constexpr int A_STAGES = 3, B_STAGES = 8;
    static constexpr int A_BYTES = (M + 2 * 16) * K * 2;  // of lines of 16 pixels, which are the most
    static constexpr int B_BYTES = N * K * 2;
    static constexpr int B = A_STAGES * A_BYTES;
    static constexpr int PARTS = N / 64;    // of a frame, that are stored at a time
    static constexpr int PANEL = 16 * 128;  // what a warp stores at a time
    static constexpr int WARP_PANELS = 2;
    static constexpr int PANELS = B + B_STAGES * B_BYTES;
    static constexpr int BIAS = PANELS + 8 * WARP_PANELS * PANEL;
    static constexpr int BARRIERS = BIAS + 2 * N * 4;
    static constexpr int SHARED = BARRIERS + 2 * (A_STAGES + B_STAGES) * 8;
};

template <class T>
struct PairsMemory {
    u32 base;
    unsigned char* bytes;
    DEVICE u32 a(u32 slot) const { return base + slot * T::A_BYTES; }
    DEVICE u32 b(u32 slot) const { return base + T::B + slot * T::B_BYTES; }
    DEVICE u32 panel(int warp, int i) const { return base + T::PANELS + (warp * T::WARP_PANELS + i) * T::PANEL; }
    DEVICE float* bias(int group) const { return (float*)(bytes + T::BIAS) + group * T::N; }
    DEVICE u32 full_a(u32 slot) const { return base + T::BARRIERS + 8 * slot; }
    DEVICE u32 empty_a(u32 slot) const { return full_a(T::A_STAGES + slot); }
    DEVICE u32 full_b(u32 slot) const { return full_a(2 * T::A_STAGES + slot); }
    DEVICE u32 empty_b(u32 slot) const { return full_b(T::B_STAGES + slot); }
};

/** As ConvTiles, of pairs of frames; those of the single frame come last, for they are short. */
template <class T>
struct PairTiles {
    int columns, pairs, tiles_w, box_w, next, step, paired, end;
    int x = 0, y = 0, t = 0, n = 0;  // where the tile begins; t: its pair
    bool single = false;

    DEVICE PairTiles(const ConvPairs& c)
            : columns((c.n + T::N - 1) / T::N),
              pairs(c.pairs),
              tiles_w(c.tiles_w),
              box_w(c.box_w),
              next(blockIdx.x / T::CLUSTER),
              step(gridDim.x / T::CLUSTER),
              paired((c.tiles * c.pairs + T::CLUSTER - 1) / T::CLUSTER * columns),
              end(paired + c.singles * ((c.tiles + T::CLUSTER - 1) / T::CLUSTER) * columns) {}

    DEVICE bool advance() {
        if (next >= end) return false;
        single = next >= paired;
        int from = single ? next - paired : next, frames = single ? 1 : pairs;
        int pixels = from / columns;
        n = (from - pixels * columns) * T::N;
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
DEVICE void copy_pairs(const ConvPairs& c, PairsMemory<T> shared) {
    int part = blockIdx.x % T::CLUSTER * (T::N / T::CLUSTER);
    u32 bytes = (T::M + 2 * c.box_w) * T::K * 2;
    Slot<T::A_STAGES> a;
    Slot<T::B_STAGES> b;
    for (PairTiles<T> tile(c); tile.advance();) {
        const TensorMap* from = tile.single ? &c.first : &c.sums;
        int at_once = tile.single ? 1 : 2;
        for (int first = 0; first < 2 * at_once; first += 2) {
            for (int kx = 0; kx < T::SIDE; kx++) {
#pragma unroll 1
                for (int channel = 0; channel < c.channels; channel += T::K) {
#pragma unroll 1
                    for (int product = first; product < first + at_once; product++) {
                        barrier_wait(shared.empty_a(a.index), a.phase ^ 1);
                        barrier_expect(shared.full_a(a.index), bytes);
                        load_pixels(shared.a(a.index), from, channel, tile.x + kx - c.left, tile.y - c.top,
                                    tile.single ? 0 : T::PRODUCTS * tile.t + product, shared.full_a(a.index));
                        a.next();
#pragma unroll 1
                        for (int ky = 0; ky < T::SIDE; ky++) {
                            u32 full = shared.full_b(b.index);
                            barrier_wait(shared.empty_b(b.index), b.phase ^ 1);
                            barrier_expect(full, T::B_BYTES);
                            load_tile<T::CLUSTER>(shared.b(b.index) + part * 128, &c.w,
                                                  (ky * T::SIDE + kx) * c.channels + channel,
                                                  product * c.n + tile.n + part, full, EVICT_LAST);
                            b.next();
                        }
                    }
                }
            }
        }
    }
}

template <class T>
struct PairsMultiplier {
    const ConvPairs& c;
    PairsMemory<T> shared;
    int group, warp, lane;  // of threads; warp among all multipliers
    int units;              // of a product: copies of pixels, three at least
    u32 line;               // bytes of a tile's line
    Slot<T::A_STAGES> a;
    Slot<T::B_STAGES> b;
    u32 before_a = 0, before_b = 0;  // slots that are read by products on their way
    bool reading = false;
    float sums[2][T::N / 2];
    u32 kept[2][T::N / 4];  // the tile before, as pairs of channels
    struct {
        int x, y, t, n, frames;
    } place = {0, 0, 0, 0, 0};  // where its tile begins
    u32 turn = 0;               // of panels

    DEVICE PairsMultiplier(const ConvPairs& c, PairsMemory<T> shared)
            : c(c),
              shared(shared),
              group(threadIdx.x / 128 - 1),
              warp(threadIdx.x / 32 - 4),
              lane(threadIdx.x % 32),
              units(T::SIDE * (c.channels / T::K)),
              line(c.box_w * T::K * 2) {}

    DEVICE void run() {
        if (T::APART && group == 1) named_sync(3, 256);
        bool ahead = T::APART && group == 0;
        for (PairTiles<T> tile(c); tile.advance();) {
            ChannelValues<T> bias(c.bias, tile.n, c.n);
            multiply(tile.single, ahead);
            ahead = false;
            named_sync(1 + group, 128);  // all have read those of the tile before
            bias.put(shared.bias(group));
            named_sync(1 + group, 128);
            keep();
            place = {tile.x, tile.y, tile.single ? 0 : c.singles + 2 * tile.t, tile.n, tile.single ? 1 : 2};
        }
        store_all();
        stores_wait<0>();
    }

    DEVICE void store_all() {
#pragma unroll
        for (int part = 0; part < 2 * T::PARTS; part++) store(part);
    }

    DEVICE void multiply(bool single, bool ahead) {
        if (single) {
            if (ahead) named_arrive(3, 256);
            unit<true>(sums[0], false, [&] { store_all(); });
#pragma unroll 1
            for (int u = 1; u < units; u++) unit<false>(sums[0], true, [] {});
            settle();
            return;
        }
#pragma unroll
        for (int u = 0; u < T::PARTS; u++) {
            unit<true>(sums[0], u > 0, [&] { store(2 * u); });
            if (u == 0 && ahead) named_arrive(3, 256);
            unit<true>(sums[1], u > 0, [&] { store(2 * u + 1); });
        }
        both(units - T::PARTS);
        settle();
#pragma unroll
        for (int i = 0; i < T::N / 2; i++) {
            float p = sums[0][i], q = sums[1][i];
            sums[0][i] = p + q;
            sums[1][i] = p - q;
        }
        pin(sums[0]);
        pin(sums[1]);
        both(units);
        settle();
    }

    DEVICE void both(int count) {
#pragma unroll 1
        for (int u = 0; u < count; u++) {
            unit<false>(sums[0], true, [] {});
            unit<false>(sums[1], true, [] {});
        }
    }

    /** Three taps of a column, with some work of the other units beside the last two. */
    template <bool BUSY, class F>
    DEVICE void unit(float (&to)[T::N / 2], bool add, F beside) {
        barrier_wait(shared.full_a(a.index), a.phase);
        u32 pixels = shared.a(a.index) + group * 64 * 128, between = 0;
#pragma unroll
        for (int ky = 0; ky < T::SIDE; ky++) {
            barrier_wait(shared.full_b(b.index), b.phase);
            u64 left = descriptor(pixels + ky * line, 0), right = descriptor(shared.b(b.index), 0);
            products_begin();
#pragma unroll
            for (int i = 0; i < T::K / 16; i++) {
                Scores<T::N>::add(to, left + 2 * i, right + 2 * i, add || ky > 0 || i > 0);
            }
            products_commit();
            if (BUSY && ky == T::SIDE - 1) beside();
            u32 slot = b.index;
            b.next();
            if (BUSY && ky == 1) {
                between = slot;
                continue;
            }
            products_wait<1>();
            if (reading) release(before_b, ky == 0);
            if (BUSY && ky == 2) release(between, false);
            reading = true;
            before_b = slot;
        }
        before_a = a.index;
        a.next();
    }

    /** All products are done. */
    DEVICE void settle() {
        products_wait<0>();
        release(before_b, true);
        reading = false;
        pin(sums[0]);
        pin(sums[1]);
    }

    DEVICE void release(u32 weights, bool pixels) {
        if (lane < T::CLUSTER) barrier_arrive_at<T::CLUSTER>(shared.empty_b(weights), lane);
        if (pixels && lane == 0) barrier_arrive(shared.empty_a(before_a));
    }

    DEVICE void keep() {
#pragma unroll
        for (int h = 0; h < 2; h++) {
#pragma unroll
            for (int i = 0; i < T::N / 4; i++) {
                const float* bias = shared.bias(group) + i / 2 * 8 + lane % 4 * 2;
                kept[h][i] = pack_bf16(sums[h][2 * i] + bias[0], sums[h][2 * i + 1] + bias[1]);
            }
        }
    }

    /** A warp's 16 pixels of a frame and 64 channels, through shared memory; nothing before the first tile. */
    DEVICE void store(int part) {
        int frame = part / T::PARTS, from = part % T::PARTS * 64;
        if (frame >= place.frames) return;
        int row = group * 64 + warp % 4 * 16;
        // Panels take turns, over tiles too, so that the other one is always the one before.
        u32 panel = shared.panel(warp, turn);
        turn = (turn + 1) % T::WARP_PANELS;
        if (lane == 0) stores_wait<T::WARP_PANELS - 1>();
        __syncwarp();
        int at = lane % 16;
#pragma unroll
        for (int j = 0; j < 4; j++) {
            u32 words[4];
#pragma unroll
            for (int i = 0; i < 4; i++) words[i] = kept[frame][from / 4 + j * 4 + i];
            store_matrices(panel + at * 128 + ((j * 2 + lane / 16) ^ (at % 8)) * 16, words);
        }
        stores_fence();
        __syncwarp();
        if (lane == 0) {
            if (place.n + from < c.n) {
                store_pixels<T::ADD>(&c.out, panel, place.n + from, place.x, place.y + row / c.box_w,
                                     place.t + frame);
            }
            stores_commit();
        }
    }
};

/** The kernel. `bytes`: SHARED bytes. */
template <class T>
DEVICE void convolve_pairs(const ConvPairs& c, unsigned char* bytes) {
    PairsMemory<T> shared{kept(shared_address(bytes)), bytes};
    if (threadIdx.x == 0) {
        for (int i = 0; i < T::A_STAGES; i++) {
            barrier_init(shared.full_a(i), 1);
            barrier_init(shared.empty_a(i), 8);
        }
        for (int i = 0; i < T::B_STAGES; i++) {
            barrier_init(shared.full_b(i), 1);
            barrier_init(shared.empty_b(i), 8 * T::CLUSTER);
        }
        barrier_init_fence();
    }
    cluster_sync<T::CLUSTER>();
    if (threadIdx.x < 128) {
        registers_down<40>();
        if (threadIdx.x == 0) copy_pairs<T>(c, shared);
    } else {
        registers_up<232>();
        PairsMultiplier<T>(c, shared).run();
    }
    cluster_sync<T::CLUSTER>();  // until then the other block may write here
}
