// Normalisation of rows that fit into the registers of a warp: each is read once.
#include "svgen.cuh"

static const int WARPS = 4;

// As RowNorm in norms.cu. The rows are f32; other operands are f32 or bf16, or absent.
struct KeptRowNorm {
    Elements x, weight, bias, scale, shift, out;
    float eps;
    int rms;
};

DEVICE Four load4_near(const Elements& x, int i) {
    if (opaque(x.type) == F32) {
        float4 f = *(const float4*)((const float*)x.at + i);
        return {f.x, f.y, f.z, f.w};
    }
    uint2 b = *(const uint2*)((const u16*)x.at + i);
    return {as_float(b.x << 16), as_float(b.x & 0xffff0000), as_float(b.y << 16),
            as_float(b.y & 0xffff0000)};
}

// MOST: groups of four elements a lane.
template <int MOST>
DEVICE void normalise_kept(const KeptRowNorm& n, i64 rows, int c) {
    int lane = threadIdx.x % 32;
    i64 warps = (i64)gridDim.x * WARPS;
    for (i64 row = (i64)blockIdx.x * WARPS + threadIdx.x / 32; row < rows; row += warps) {
        const float* x = (const float*)n.x.at + row * c;
        Four v[MOST];
#pragma unroll
        for (int p = 0; p < MOST; p++) {
            int i = 128 * p + 4 * lane;
            float4 f = i < c ? *(const float4*)(x + i) : make_float4(0, 0, 0, 0);
            v[p] = {f.x, f.y, f.z, f.w};
        }
        float mean = 0, squares = 0;
        if (!n.rms) {
#pragma unroll
            for (int p = 0; p < MOST; p++) mean += (v[p].v[0] + v[p].v[1]) + (v[p].v[2] + v[p].v[3]);
            mean = warp_sum(mean) / c;
        }
#pragma unroll
        for (int p = 0; p < MOST; p++) {
            if (128 * p + 4 * lane >= c) continue;
            for (int j = 0; j < 4; j++) {
                v[p].v[j] -= mean;
                squares += v[p].v[j] * v[p].v[j];
            }
        }
        float inverse = rsqrtf(warp_sum(squares) / c + n.eps);
#pragma unroll
        for (int p = 0; p < MOST; p++) {
            int i = 128 * p + 4 * lane;
            if (i >= c) continue;
            Four y;
            for (int j = 0; j < 4; j++) y.v[j] = v[p].v[j] * inverse;
            if (n.weight.at) {
                Four w = load4_near(n.weight, i);
                for (int j = 0; j < 4; j++) y.v[j] *= w.v[j];
            }
            if (n.bias.at) {
                Four b = load4_near(n.bias, i);
                for (int j = 0; j < 4; j++) y.v[j] += b.v[j];
            }
            if (n.scale.at) {
                Four scale = load4_near(n.scale, i), shift = load4_near(n.shift, i);
                for (int j = 0; j < 4; j++) y.v[j] = y.v[j] * (1 + scale.v[j]) + shift.v[j];
            }
            store4(n.out, row * c + i, y);
        }
    }
}

// Rows of up to 3072 elements.
KERNEL(32 * WARPS) row_norm_kept(KeptRowNorm n, i64 rows, int c) { normalise_kept<24>(n, rows, c); }

// Rows of up to 5120 elements. Fewer warps fit on a multiprocessor, with as many bytes on their way.
KERNEL(32 * WARPS) row_norm_kept_long(KeptRowNorm n, i64 rows, int c) { normalise_kept<40>(n, rows, c); }
