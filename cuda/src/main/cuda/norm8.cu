// arch: sm_90a
// Layer norms of rows that fit into the registers of a warp, as e4m3 with a scale each: what products of 8-bit
// operands take. The bits are those of row_norm_kept into bf16 and quantise_rows behind it, which would write and
// read each element once more.
#include "quantise.cuh"
#include "svgen.cuh"

static const int WARPS = 16;
static const int MOST = 24;  // groups of four elements a lane: rows of up to 3072 elements

// Rows of f32 [rows, c]; other operands are f32 or bf16, or absent; scale and shift come together. c is a multiple of 4.
struct Norm8 {
    const float* x;
    Elements weight, bias, scale, shift;
    unsigned char* out;
    float* scales;
    float eps;
    int c;
    i64 rows;
};

// What all rows of a block are multiplied by and moved by.
struct Columns {
    float4 weight[32 * MOST], bias[32 * MOST], factor[32 * MOST], shift[32 * MOST];
};

DEVICE float4 four(const Elements& x, int i, float absent) {
    if (!x.at) return make_float4(absent, absent, absent, absent);
    Four f = load4(x, i);
    return make_float4(f.v[0], f.v[1], f.v[2], f.v[3]);
}

// -0 changes no number that it is added to.
template <bool AFFINE>
DEVICE void load_columns(const Norm8& n, Columns& to) {
    for (int g = threadIdx.x; g < n.c / 4; g += 32 * WARPS) {
        if (AFFINE) {
            to.weight[g] = four(n.weight, 4 * g, 1);
            to.bias[g] = four(n.bias, 4 * g, -0.0f);
        }
        float4 f = four(n.scale, 4 * g, 0);
        to.factor[g] = make_float4(1 + f.x, 1 + f.y, 1 + f.z, 1 + f.w);
        to.shift[g] = four(n.shift, 4 * g, -0.0f);
    }
    __syncthreads();
}

// Rounded twice: between the two row_norm_kept asks whether there is a bias, so that they are not one instruction.
DEVICE float affine(float x, float weight, float bias) { return __fadd_rn(__fmul_rn(x, weight), bias); }

// A warp takes a row.
template <bool AFFINE>
DEVICE void normalise(const Norm8& n, const Columns& columns) {
    int lane = threadIdx.x % 32;
    for (i64 row = (i64)blockIdx.x * WARPS + threadIdx.x / 32; row < n.rows; row += (i64)gridDim.x * WARPS) {
        const float* x = n.x + row * n.c;
        Four v[MOST];
#pragma unroll
        for (int p = 0; p < MOST; p++) {
            int i = 128 * p + 4 * lane;
            float4 f = i < n.c ? *(const float4*)(x + i) : make_float4(0, 0, 0, 0);
            v[p] = {f.x, f.y, f.z, f.w};
        }
        float mean = 0, squares = 0;
#pragma unroll
        for (int p = 0; p < MOST; p++) mean += (v[p].v[0] + v[p].v[1]) + (v[p].v[2] + v[p].v[3]);
        mean = warp_sum(mean) / n.c;
#pragma unroll
        for (int p = 0; p < MOST; p++) {
            if (128 * p + 4 * lane >= n.c) continue;
            for (int j = 0; j < 4; j++) {
                v[p].v[j] -= mean;
                squares += v[p].v[j] * v[p].v[j];
            }
        }
        float inverse = rsqrtf(warp_sum(squares) / n.c + n.eps);
        u32 held[MOST][2];
        float most = 0;
#pragma unroll
        for (int p = 0; p < MOST; p++) {
            int g = 32 * p + lane;
            held[p][0] = held[p][1] = 0;
            if (4 * g >= n.c) continue;
            Four y;
            for (int j = 0; j < 4; j++) y.v[j] = v[p].v[j] * inverse;
            if (AFFINE) {
                float4 w = columns.weight[g], b = columns.bias[g];
                y = {affine(y.v[0], w.x, b.x), affine(y.v[1], w.y, b.y), affine(y.v[2], w.z, b.z), affine(y.v[3], w.w, b.w)};
            }
            float4 f = columns.factor[g], s = columns.shift[g];
            held[p][0] = pack_bf16(y.v[0] * f.x + s.x, y.v[1] * f.y + s.y);
            held[p][1] = pack_bf16(y.v[2] * f.z + s.z, y.v[3] * f.w + s.w);
            for (int j = 0; j < 2; j++) {
                most = fmaxf(most, fabsf(as_float(held[p][j] << 16)));
                most = fmaxf(most, fabsf(as_float(held[p][j] & 0xffff0000)));
            }
        }
        for (int i = 16; i > 0; i /= 2) most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, i));
        RowScale s(most);
        if (lane == 0) n.scales[row] = s.scale;
#pragma unroll
        for (int p = 0; p < MOST; p++) {
            int i = 128 * p + 4 * lane;
            if (i >= n.c) continue;
            *(u32*)(n.out + row * n.c + i) = pack_e4m3(
                as_float(held[p][0] << 16) * s.inverse, as_float(held[p][0] & 0xffff0000) * s.inverse,
                as_float(held[p][1] << 16) * s.inverse, as_float(held[p][1] & 0xffff0000) * s.inverse);
        }
    }
}

KERNEL(32 * WARPS) norm8(Norm8 n) {
    __shared__ Columns columns;
    load_columns<false>(n, columns);
    normalise<false>(n, columns);
}

KERNEL(32 * WARPS) norm8_affine(Norm8 n) {
    __shared__ Columns columns;
    load_columns<true>(n, columns);
    normalise<true>(n, columns);
}
