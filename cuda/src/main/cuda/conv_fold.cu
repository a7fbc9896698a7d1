// arch: sm_90a
// Weights for convolving frames before they are enlarged to the nearest: an output pixel sees most
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
KERNEL(256) fold_taps(Fold p) {
    __shared__ u32 tile[WARPS][PAIRS * MOST_TAPS];
    int taps = p.kt * 9, first = blockIdx.x * 2 * PAIRS, warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int n = blockIdx.y * WARPS + warp;
    int pairs = p.c - first < 2 * PAIRS ? (p.c - first) / 2 : PAIRS;
    if (n < p.n) {
        const u32* from = (const u32*)(p.weight + ((i64)n * p.c + first) * taps);
        for (int i = lane; i < pairs * taps; i += 32) tile[warp][i] = from[i];
    }
    __syncwarp();
    if (n >= p.n || lane >= pairs) return;
    const u16* w = (const u16*)(tile[warp] + lane * taps);
    int channel = first + 2 * lane;
    switch (p.kt * 4 + p.out_kt) {
        case 4 * 1 + 1: fold_pair<1, false>(p, w, n, channel); break;
        case 4 * 2 + 2: fold_pair<2, false>(p, w, n, channel); break;
        case 4 * 3 + 3: fold_pair<3, false>(p, w, n, channel); break;
        default: fold_pair<3, true>(p, w, n, channel);
    }
}
