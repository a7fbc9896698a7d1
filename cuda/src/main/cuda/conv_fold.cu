// arch: sm_90a
// Weights, and sums of frames, for convolutions that need fewer products than their definition: those of
// pairs of frames, and of enlarged frames. Weights for convolving frames before they are enlarged to the nearest: an output pixel sees most
// pixels of its window twice, and their weights add up. Source: any text on sub-pixel convolution.
#include "svgen.cuh"

struct Fold {
    const u16* weight;  // bf16 [n, c, kt, 3, 3]
    u16* out;           // [phases, n, out_kt, 2, 2, c]; a phase is the place of a pixel among those
                        // that one pixel is enlarged to: in time, if out_kt < kt, then in y and x
    int n, kt, out_kt, c;
};

// Pairs of channels of a warp.
static const int PAIRS = 32, WARPS = 8, MOST_TAPS = 27;

// What a tap of two sees in a phase: of three taps those from `from` on, before `to`.
template <bool FOLDED>
struct Taps {
    int from, to;
    DEVICE Taps(int phase, int tap) : from(!FOLDED || tap == 0 ? tap : 1 + phase), to(!FOLDED ? tap + 1 : tap ? 3 : 1 + phase) {}
};

// A pair of channels of one n: `w` has both channels' taps.
template <int KT, bool IN_TIME>
DEVICE void fold_pair(const Fold& p, const u16* w, int n, int channel) {
    const int OUT_KT = IN_TIME ? 2 : KT, TAPS = KT * 9;
    float taps[2][TAPS];
#pragma unroll
    for (int i = 0; i < TAPS; i++) {
        taps[0][i] = bf16_to_float(w[i]);
        taps[1][i] = bf16_to_float(w[TAPS + i]);
    }
    u16* to = p.out + (i64)n * OUT_KT * 4 * p.c + channel;
#pragma unroll
    for (int phase = 0; phase < (IN_TIME ? 8 : 4); phase++) {
#pragma unroll
        for (int tap = 0; tap < OUT_KT * 4; tap++) {
            Taps<true> y(phase / 2 % 2, tap / 2 % 2), x(phase % 2, tap % 2);
            Taps<IN_TIME> t(phase / 4, tap / 4);
            float sums[2] = {};
#pragma unroll
            for (int a = t.from; a < t.to; a++) {
#pragma unroll
                for (int b = y.from; b < y.to; b++) {
#pragma unroll
                    for (int d = x.from; d < x.to; d++) {
                        sums[0] += taps[0][(a * 3 + b) * 3 + d];
                        sums[1] += taps[1][(a * 3 + b) * 3 + d];
                    }
                }
            }
            *(u32*)(to + ((i64)phase * p.n * OUT_KT * 4 + tap) * p.c) = pack_bf16(sums[0], sums[1]);
        }
    }
}

// A warp has a row n and 2 * PAIRS channels. c is even.
struct Lane {
    const u16* w;  // of its pair of channels, or null if it has none
    int n, channel;

    DEVICE Lane(const u16* weight, int rows, int c, int taps, u32 (&tile)[WARPS][PAIRS * MOST_TAPS]) : w(nullptr) {
        int first = blockIdx.x * 2 * PAIRS, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
        n = blockIdx.y * WARPS + warp;
        channel = first + 2 * lane;
        int pairs = c - first < 2 * PAIRS ? (c - first) / 2 : PAIRS;
        if (n < rows) {
            const u32* from = (const u32*)(weight + ((i64)n * c + first) * taps);
            for (int i = lane; i < pairs * taps; i += 32) tile[warp][i] = from[i];
        }
        __syncwarp();
        if (n < rows && lane < pairs) w = (const u16*)(tile[warp] + lane * taps);
    }
};

KERNEL(256) fold_taps(Fold p) {
    __shared__ u32 tile[WARPS][PAIRS * MOST_TAPS];
    Lane lane(p.weight, p.n, p.c, p.kt * 9, tile);
    const u16* w = lane.w;
    if (!w) return;
    int n = lane.n, channel = lane.channel;
    switch (p.kt * 4 + p.out_kt) {
        case 4 * 1 + 1: fold_pair<1, false>(p, w, n, channel); break;
        case 4 * 2 + 2: fold_pair<2, false>(p, w, n, channel); break;
        case 4 * 3 + 3: fold_pair<3, false>(p, w, n, channel); break;
        default: fold_pair<3, true>(p, w, n, channel);
    }
}

// Weights for conv_pairs_sm90.cu: sums of the three in time, [n, c, 3, 3, 3] -> [4, n, 3, 3, c].
KERNEL(256) pair_taps(const u16* weight, u16* out, int n, int c) {
    __shared__ u32 tile[WARPS][PAIRS * MOST_TAPS];
    Lane lane(weight, n, c, MOST_TAPS, tile);
    const u16* w = lane.w;
    if (!w) return;
    i64 matrix = (i64)n * 9 * c;
    u16* to = out + (i64)lane.n * 9 * c + lane.channel;
#pragma unroll
    for (int tap = 0; tap < 9; tap++, to += c) {
        float g[2][3];
#pragma unroll
        for (int i = 0; i < 2; i++) {
#pragma unroll
            for (int t = 0; t < 3; t++) g[i][t] = bf16_to_float(w[i * MOST_TAPS + t * 9 + tap]);
        }
        *(u32*)to = pack_bf16(g[0][0] + g[0][1] + g[0][2], g[1][0] + g[1][1] + g[1][2]);
        *(u32*)(to + matrix) = pack_bf16(g[0][0] - g[0][1] + g[0][2], g[1][0] - g[1][1] + g[1][2]);
        *(u32*)(to + 2 * matrix) = pack_bf16(g[0][0], g[1][0]);
        *(u32*)(to + 3 * matrix) = pack_bf16(g[0][2], g[1][2]);
    }
}

// Frames d0, d1 that both frames of a pair of outputs look back at, and their own d2, d3.
struct PairFrames {
    const uint4 *x, *past;  // bf16 [frames, size], [past_frames, size]
    uint4* out;             // [pairs, 4, size]: (d1 + d2) / 2, (d2 - d1) / 2, d0 - d2, d3 - d1
    int frames, past_frames;
    int from;  // d2 of the first pair, among those of x; frames before x are those of past, whose first repeats
    int pairs;
    i64 size;  // of a frame, in eights of elements

    // Zeros behind the last frame: who would see them is left out.
    DEVICE uint4 at(int frame, i64 i) const {
        if (frame >= frames) return make_uint4(0, 0, 0, 0);
        if (frame >= 0) return x[frame * size + i];
        int before = past_frames + frame;
        return past[(before > 0 ? before : 0) * size + i];
    }
};

DEVICE uint4 half_sums(const uint4& x, const uint4& y, float sign, float factor) {
    u32 a[4] = {x.x, x.y, x.z, x.w}, b[4] = {y.x, y.y, y.z, y.w}, sums[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        float low = as_float(a[i] << 16) + sign * as_float(b[i] << 16);
        float high = as_float(a[i] & 0xffff0000) + sign * as_float(b[i] & 0xffff0000);
        sums[i] = pack_bf16(factor * low, factor * high);
    }
    return make_uint4(sums[0], sums[1], sums[2], sums[3]);
}

// Sums of frames for conv_pairs_sm90.cu. A thread has eight elements of all frames.
KERNEL(256) pair_frames(PairFrames p) {
    for (i64 i = thread_index(); i < p.size; i += thread_count()) {
        uint4 d0 = p.at(p.from - 2, i), d1 = p.at(p.from - 1, i);
        uint4 d2 = p.at(p.from, i), d3 = p.at(p.from + 1, i);
        uint4* to = p.out + i;
        for (int pair = 0; pair < p.pairs; pair++, to += 4 * p.size) {
            uint4 next2 = {}, next3 = {};
            if (pair + 1 < p.pairs) {
                next2 = p.at(p.from + 2 * pair + 2, i);
                next3 = p.at(p.from + 2 * pair + 3, i);
            }
            to[0] = half_sums(d1, d2, 1, 0.5f);
            to[p.size] = half_sums(d2, d1, -1, 0.5f);
            to[2 * p.size] = half_sums(d0, d2, -1, 1);
            to[3 * p.size] = half_sums(d3, d1, -1, 1);
            d0 = d2, d1 = d3, d2 = next2, d3 = next3;
        }
    }
}
