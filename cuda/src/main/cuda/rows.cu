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

// Of what is left of a group of four elements without its mean.
DEVICE Four modulated(const KeptRowNorm& n, const Four& x, float inverse, int i) {
    Four y;
    for (int j = 0; j < 4; j++) y.v[j] = x.v[j] * inverse;
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
    return y;
}

static const int MOST = 24;  // groups of four elements a lane: rows of up to 3072 elements

// A warp takes a row.
KERNEL(32 * WARPS) row_norm_kept(KeptRowNorm n, i64 rows, int c) {
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
            store4(n.out, row * c + i, modulated(n, v[p], inverse, i));
        }
    }
}

// What is added to the rows first: gate * x.
struct Added {
    const u16* x;
    const float* gate;  // null for 1
};

// Sum over the threads of a block, in the same order each time; all threads get it.
DEVICE float block_sum(float x, float (&partial)[WARPS]) {
    x = warp_sum(x);
    if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = x;
    __syncthreads();
    return (partial[0] + partial[1]) + (partial[2] + partial[3]);
}

static const int LONG = 10;  // groups of four elements a thread: rows of up to 5120 elements

// A block takes a row. To warps of 5120 elements each, of which eight fit on a multiprocessor, the memory gave
// 2.6 TB/s; to blocks 3.7.
template <bool ADD>
DEVICE void normalise_long(const KeptRowNorm& n, const Added& a, int c) {
    __shared__ float means[WARPS], variances[WARPS];
    i64 from = (i64)blockIdx.x * c;
    float* x = (float*)n.x.at + from;
    Four v[LONG];
    float mean = 0, squares = 0;
#pragma unroll
    for (int p = 0; p < LONG; p++) {
        int i = 128 * WARPS * p + 4 * threadIdx.x;
        bool there = i < c;
        float4 f = there ? *(const float4*)(x + i) : make_float4(0, 0, 0, 0);
        v[p] = {f.x, f.y, f.z, f.w};
        if (!ADD) continue;
        uint2 y = there ? *(const uint2*)(a.x + from + i) : make_uint2(0, 0);
        float4 gate = there && a.gate ? *(const float4*)(a.gate + i) : make_float4(1, 1, 1, 1);
        v[p] = {f.x + gate.x * as_float(y.x << 16), f.y + gate.y * as_float(y.x & 0xffff0000),
                f.z + gate.z * as_float(y.y << 16), f.w + gate.w * as_float(y.y & 0xffff0000)};
    }
#pragma unroll
    for (int p = 0; p < LONG; p++) {
        int i = 128 * WARPS * p + 4 * threadIdx.x;
        if (ADD && i < c) *(float4*)(x + i) = make_float4(v[p].v[0], v[p].v[1], v[p].v[2], v[p].v[3]);
        mean += (v[p].v[0] + v[p].v[1]) + (v[p].v[2] + v[p].v[3]);
    }
    mean = n.rms ? 0 : block_sum(mean, means) / c;
#pragma unroll
    for (int p = 0; p < LONG; p++) {
        if (128 * WARPS * p + 4 * threadIdx.x >= c) continue;
        for (int j = 0; j < 4; j++) {
            v[p].v[j] -= mean;
            squares += v[p].v[j] * v[p].v[j];
        }
    }
    float inverse = rsqrtf(block_sum(squares, variances) / c + n.eps);
#pragma unroll
    for (int p = 0; p < LONG; p++) {
        int i = 128 * WARPS * p + 4 * threadIdx.x;
        if (i < c) store4(n.out, from + i, modulated(n, v[p], inverse, i));
    }
}

KERNEL(32 * WARPS) row_norm_kept_long(KeptRowNorm n, int c) { normalise_long<false>(n, {}, c); }

// Adds to n.x, then normalises the sums. All of a row is read before it is written, so that n.out may be a.x.
KERNEL(32 * WARPS) row_add_norm_kept(KeptRowNorm n, Added a, int c) { normalise_long<true>(n, a, c); }
