// arch: sm_90a
// Rows as e4m3 with a scale each, for products of 8-bit operands. Not finite: a row with an infinity
// becomes NaN, a NaN stays one.
#include "quantise.cuh"
#include "svgen.cuh"

// out [m, k + l] = bf16 x [m, k] and y [m, l], side by side, divided by `scales`, f32 [m]. k and l
// are multiples of 8.
struct Quantise {
    const u16 *x, *y;
    unsigned char* out;
    float* scales;
    int k, l;
};

static const int EACH = 4;  // groups of eight elements that a thread holds

DEVICE void unpack(const uint4& b, float (&v)[8]) {
    const u32 words[4] = {b.x, b.y, b.z, b.w};
#pragma unroll
    for (int j = 0; j < 4; j++) {
        v[2 * j] = as_float(words[j] << 16);
        v[2 * j + 1] = as_float(words[j] & 0xffff0000);
    }
}

// A block takes a row of at most 8 EACH elements a thread.
KERNEL(1024) quantise_rows(Quantise q) {
    __shared__ float most[32];
    i64 row = blockIdx.x;
    uint4 held[EACH];
    float greatest = 0;
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        int c = 8 * (threadIdx.x + i * blockDim.x);
        held[i] = make_uint4(0, 0, 0, 0);
        if (c < q.k) held[i] = *(const uint4*)(q.x + row * q.k + c);
        if (c >= q.k && c < q.k + q.l) held[i] = *(const uint4*)(q.y + row * q.l + c - q.k);
    }
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        float v[8];
        unpack(held[i], v);
#pragma unroll
        for (int j = 0; j < 8; j++) greatest = fmaxf(greatest, fabsf(v[j]));
    }
    RowScale s(block_most(greatest, most));
    if (threadIdx.x == 0) q.scales[row] = s.scale;
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        int c = 8 * (threadIdx.x + i * blockDim.x);
        if (c >= q.k + q.l) break;
        float v[8];
        unpack(held[i], v);
#pragma unroll
        for (int j = 0; j < 8; j++) v[j] *= s.inverse;
        *(uint2*)(q.out + row * (q.k + q.l) + c) = make_uint2(
                pack_e4m3(v[0], v[1], v[2], v[3]), pack_e4m3(v[4], v[5], v[6], v[7]));
    }
}
