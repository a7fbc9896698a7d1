// arch: sm_90a
// Group normalisation into sums of frames, for convolutions of pairs of frames (conv_pairs_sm90.cu), with what
// group_norm.cu found out of the whole. The sums are of what is not rounded yet.
#include "svgen.cuh"

#include "group_norm.cuh"

// Where the frames go; each of (h + 2 margin) x (w + 2 margin) pixels, in bf16.
struct PairNorm {
    const uint4* past;  // [past_frames]: normalised frames before x, the first of which repeats; or null for copies of x's first
    uint4* sums;        // [pairs, 4]: (d1 + d2) / 2, (d2 - d1) / 2, d0 - d2, d3 - d1
    uint4* first;       // [1]: x's first frame itself, or null
    uint4* tail;        // [2]: x's last two frames themselves, or null; may be past
    int past_frames;
    int frames;  // of x
    int from;    // d2 of the first pair; d0 and d1 are before it, d3 behind
    int pairs;
};

static const int BESIDE = 2;  // pixels of a thread, side by side

// Copies of four frames' pixels in the margin; once in the code.
static __device__ __noinline__ void copy_edge(const GroupNorm& g, uint4* at, i64 size, uint4 s0, uint4 s1, uint4 s2, uint4 s3,
                                       int x, int y) {
    store_copies(g, at, s0, x, y);
    if (size == 0) return;
    store_copies(g, at + size, s1, x, y);
    store_copies(g, at + 2 * size, s2, x, y);
    store_copies(g, at + 3 * size, s3, x, y);
}

// Eight channels of the pixels of a thread.
template <bool MODULATED>
struct PairPixels {
    const GroupNorm& g;
    const FrameTable& table;
    const PairNorm& p;
    Eights norm;
    int eights, eight, x, y;
    bool edge;     // its pixels have copies in a margin
    int line;      // eights of a line of out
    i64 read, size;  // of a frame of x and of out, in eights
    i64 to;          // the first pixel, in a frame of out

    DEVICE PairPixels(const GroupNorm& g, const FrameTable& table, const PairNorm& p)
            : g(g),
              table(table),
              p(p),
              norm(g, (int)(threadIdx.x % (g.c / 8)) * 8),
              eights(g.c / 8),
              eight(threadIdx.x % eights),
              x((blockIdx.y * (128 / eights) + threadIdx.x / eights) * BESIDE),
              y(blockIdx.x),
              edge(g.margin > 0 && (x == 0 || y == 0 || y == g.h - 1 || x + BESIDE >= g.w)),
              line((g.w + 2 * g.margin) * eights),
              read((i64)g.h * g.w * eights),
              size((i64)(g.h + 2 * g.margin) * line),
              to((i64)(y + g.margin) * line + (x + g.margin) * eights + eight) {}

    // Whether a frame is among those of past.
    DEVICE bool before(int frame) const { return frame < 0 && p.past; }

    DEVICE void load_frame(int frame, uint4 (&bits)[BESIDE]) const {
        if (frame >= p.frames) return;
        const uint4* from = (const uint4*)g.x.at + (frame > 0 ? frame : 0) * read + ((i64)y * g.w + x) * eights + eight;
        if (before(frame)) {
            frame += p.past_frames;
            from = p.past + (frame > 0 ? frame : 0) * size + to;
        }
#pragma unroll
        for (int i = 0; i < BESIDE; i++) {
            if (x + i < g.w) bits[i] = from[i * eights];
        }
    }

    // What becomes of a frame; zeros behind the last one: who would see them is left out.
    DEVICE void finish(int frame, const uint4 (&bits)[BESIDE], float (&f)[BESIDE][8]) const {
#pragma unroll
        for (int i = 0; i < BESIDE; i++) {
            if (frame >= p.frames || before(frame)) {
                unpack8(frame < 0 ? bits[i] : make_uint4(0, 0, 0, 0), f[i]);
                continue;
            }
            uint4 scale = {}, move = {};
            if (MODULATED) {
                int ys = (int)((i64)y * g.scale_h / g.h), xx = x + i < g.w ? x + i : x;
                int xs = (int)((i64)xx * g.scale_w / g.w);
                i64 at = (((i64)table.at[frame > 0 ? frame : 0] * g.scale_h + ys) * g.scale_w + xs) * eights + eight;
                scale = ((const uint4*)g.scale.at)[at];
                move = ((const uint4*)g.shift.at)[at];
            }
            norm.values<MODULATED>(bits[i], scale, move, g.function == SILU, f[i]);
        }
        int last = frame - (p.frames - 2);
        uint4* to = p.first && frame == 0 ? p.first : nullptr;
        if (to) keep(to, f);
        to = p.tail && last >= 0 && last < 2 ? p.tail + last * size : nullptr;
        if (to) keep(to, f);
    }

    // Frames themselves, of which few are needed.
    DEVICE void keep(uint4* frame, const float (&f)[BESIDE][8]) const {
#pragma unroll
        for (int i = 0; i < BESIDE; i++) {
            if (x + i >= g.w) continue;
            uint4 bits = pack8(f[i]);
            uint4* at = frame + to + i * eights;
            *at = bits;
            if (edge) copy_edge(g, at, 0, bits, bits, bits, bits, x + i, y);
        }
    }

    DEVICE void add_up(uint4* sums, int i, const float (&d0)[8], const float (&d1)[8], const float (&d2)[8],
                       const float (&d3)[8]) const {
        if (x + i >= g.w) return;
        float s[4][8];
#pragma unroll
        for (int j = 0; j < 8; j++) {
            s[0][j] = 0.5f * (d1[j] + d2[j]);
            s[1][j] = 0.5f * (d2[j] - d1[j]);
            s[2][j] = d0[j] - d2[j];
            s[3][j] = d3[j] - d1[j];
        }
        uint4* at = sums + to + i * eights;
        uint4 bits[4];
#pragma unroll
        for (int k = 0; k < 4; k++) {
            bits[k] = pack8(s[k]);
            at[k * size] = bits[k];
        }
        if (edge) copy_edge(g, at, size, bits[0], bits[1], bits[2], bits[3], x + i, y);
    }

    DEVICE void run() const {
        uint4 next[2][BESIDE] = {};
        load_frame(p.from - 2, next[0]);
        load_frame(p.from - 1, next[1]);
        float d0[BESIDE][8] = {}, d1[BESIDE][8] = {};
#pragma unroll 1
        for (int pair = -1; pair < p.pairs; pair++) {
            int frame = p.from + 2 * pair;
            uint4 now[2][BESIDE];
#pragma unroll
            for (int i = 0; i < BESIDE; i++) now[0][i] = next[0][i], now[1][i] = next[1][i];
            if (pair + 1 < p.pairs) {
                load_frame(frame + 2, next[0]);
                load_frame(frame + 3, next[1]);
            }
            float d2[BESIDE][8], d3[BESIDE][8];
            finish(frame, now[0], d2);
            finish(frame + 1, now[1], d3);
#pragma unroll
            for (int i = 0; i < BESIDE; i++) {
                if (pair >= 0) add_up(p.sums + 4 * pair * size, i, d0[i], d1[i], d2[i], d3[i]);
#pragma unroll
                for (int j = 0; j < 8; j++) d0[i][j] = d2[i][j], d1[i][j] = d3[i][j];
            }
        }
    }
};

#ifndef SVGEN_EMULATED
// So that at least as many blocks share a multiprocessor.
#undef KERNEL
#define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads, BLOCKS)
static const int BLOCKS = 3;
#endif

// Grid: lines of a frame x groups of BESIDE * 128 / (c / 8) pixels of a line.
KERNEL(128)
group_pairs(const __grid_constant__ GroupNorm g, const __grid_constant__ FrameTable frames,
            const __grid_constant__ PairNorm p) {
    PairPixels<false> pixels(g, frames, p);
    if (pixels.x < g.w) pixels.run();
}

KERNEL(128)
group_modulate_pairs(const __grid_constant__ GroupNorm g, const __grid_constant__ FrameTable frames,
                     const __grid_constant__ PairNorm p) {
    PairPixels<true> pixels(g, frames, p);
    if (pixels.x < g.w) pixels.run();
}
