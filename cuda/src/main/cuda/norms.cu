// Normalisation of rows and of heads: a warp for each row, which the first-level cache holds while
// it is read again.
#include "split_heads.cuh"
#include "svgen.cuh"

static const int WARPS = 8;

// Absent operands have a null address. With rms, shift is absent and the mean counts as zero.
struct RowNorm {
    Elements x, weight, bias, scale, shift, out;
    float eps;
    int rms;
};

DEVICE float scaled(const RowNorm& n, float x, float mean, float inverse, int c) {
    float y = (x - mean) * inverse;
    if (n.weight.at) y *= load(n.weight, c);
    if (n.bias.at) y += load(n.bias, c);
    if (n.scale.at) y = y * (1 + load(n.scale, c)) + load(n.shift, c);
    return y;
}

DEVICE Four scaled4(const RowNorm& n, const Four& x, float mean, float inverse, int c) {
    Four y;
    for (int j = 0; j < 4; j++) y.v[j] = (x.v[j] - mean) * inverse;
    if (n.weight.at) {
        Four w = load4(n.weight, c);
        for (int j = 0; j < 4; j++) y.v[j] *= w.v[j];
    }
    if (n.bias.at) {
        Four b = load4(n.bias, c);
        for (int j = 0; j < 4; j++) y.v[j] += b.v[j];
    }
    if (n.scale.at) {
        Four scale = load4(n.scale, c), shift = load4(n.shift, c);
        for (int j = 0; j < 4; j++) y.v[j] = y.v[j] * (1 + scale.v[j]) + shift.v[j];
    }
    return y;
}

DEVICE float squared_distance(const Four& x, float mean) {
    float sum = 0;
    for (int j = 0; j < 4; j++) sum += (x.v[j] - mean) * (x.v[j] - mean);
    return sum;
}

KERNEL(32 * WARPS) row_norm(RowNorm n, i64 rows, int c, int wide) {
    int lane = threadIdx.x % 32;
    i64 warps = (i64)gridDim.x * WARPS;
    for (i64 row = (i64)blockIdx.x * WARPS + threadIdx.x / 32; row < rows; row += warps) {
        i64 at = row * c;
        float mean = 0, squares = 0;
        if (wide) {
            if (!n.rms) {
                for (int i = 4 * lane; i < c; i += 128) {
                    Four x = load4(n.x, at + i);
                    mean += (x.v[0] + x.v[1]) + (x.v[2] + x.v[3]);
                }
                mean = warp_sum(mean) / c;
            }
            for (int i = 4 * lane; i < c; i += 128) {
                squares += squared_distance(load4(n.x, at + i), mean);
            }
            float inverse = rsqrtf(warp_sum(squares) / c + n.eps);
            for (int i = 4 * lane; i < c; i += 128) {
                store4(n.out, at + i, scaled4(n, load4(n.x, at + i), mean, inverse, i));
            }
            continue;
        }
        if (!n.rms) {
            for (int i = lane; i < c; i += 32) mean += load(n.x, at + i);
            mean = warp_sum(mean) / c;
        }
        for (int i = lane; i < c; i += 32) {
            float d = load(n.x, at + i) - mean;
            squares += d * d;
        }
        float inverse = rsqrtf(warp_sum(squares) / c + n.eps);
        for (int i = lane; i < c; i += 32) {
            store(n.out, at + i, scaled(n, load(n.x, at + i), mean, inverse, i));
        }
    }
}

static const int MOST_PAIRS = 4;  // of elements a lane: heads of up to 256 elements

// A warp for each head's vector. Lane l holds elements 2 l and 2 l + 1 of each 64, so that what is
// rotated together is in one lane.
KERNEL(32 * WARPS) split_heads(SplitHeads s) {
    int lane = threadIdx.x % 32;
    i64 vectors = (i64)s.batch * s.tokens * s.heads;
    i64 warps = (i64)gridDim.x * WARPS;
    for (i64 i = (i64)blockIdx.x * WARPS + threadIdx.x / 32; i < vectors; i += warps) {
        int h = (int)(i % s.heads);
        i64 token = i / s.heads;
        int n = (int)(token % s.tokens);
        i64 b = token / s.tokens;
        float v[MOST_PAIRS][2];
        float sum = 0;
#pragma unroll
        for (int p = 0; p < MOST_PAIRS; p++) {
            for (int j = 0; j < 2; j++) {
                int d = 64 * p + 2 * lane + j;
                v[p][j] = d < s.dim ? load(s.x, i * s.dim + d) : 0;
                sum += v[p][j];
            }
        }
        if (s.norm == RMS_ACROSS) {
            int all = s.heads * s.dim;
            float squares = 0;
            for (int j = lane; j < all; j += 32) {
                float x = load(s.x, token * all + j);
                squares += x * x;
            }
            float inverse = rsqrtf(warp_sum(squares) / all + s.eps);
#pragma unroll
            for (int p = 0; p < MOST_PAIRS; p++) {
                for (int j = 0; j < 2; j++) {
                    int d = 64 * p + 2 * lane + j;
                    v[p][j] *= inverse;
                    if (d < s.dim && s.weight.at) v[p][j] *= load(s.weight, h * s.dim + d);
                }
            }
        } else if (s.norm != NO_NORM) {
            float mean = s.norm == LAYER ? warp_sum(sum) / s.dim : 0;
            float squares = 0;
#pragma unroll
            for (int p = 0; p < MOST_PAIRS; p++) {
                for (int j = 0; j < 2; j++) {
                    int d = 64 * p + 2 * lane + j;
                    v[p][j] -= mean;
                    if (d < s.dim) squares += v[p][j] * v[p][j];
                }
            }
            float inverse = rsqrtf(warp_sum(squares) / s.dim + s.eps);
#pragma unroll
            for (int p = 0; p < MOST_PAIRS; p++) {
                for (int j = 0; j < 2; j++) {
                    int d = 64 * p + 2 * lane + j;
                    v[p][j] *= inverse;
                    if (d < s.dim && s.weight.at) v[p][j] *= load(s.weight, d);
                    if (d < s.dim && s.bias.at) v[p][j] += load(s.bias, d);
                }
            }
        }
        int r = n - s.rope_from;
        bool rotate = s.cos && r >= 0 && r < s.rotated;
        i64 to = ((b * s.heads + h) * s.out_tokens + s.out_from + n) * s.dim;
#pragma unroll
        for (int p = 0; p < MOST_PAIRS; p++) {
            int d = 64 * p + 2 * lane;
            if (d >= s.dim) break;
            float even = v[p][0], odd = v[p][1];
            if (rotate) {
                const float* cos = s.cos + (i64)r * s.dim + d;
                const float* sin = s.sin + (i64)r * s.dim + d;
                even = v[p][0] * cos[0] - v[p][1] * sin[0];
                odd = v[p][1] * cos[1] + v[p][0] * sin[1];
            }
            store(s.out, to + d, even);
            if (d + 1 < s.dim) store(s.out, to + d + 1, odd);
        }
    }
}
