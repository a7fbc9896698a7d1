// Splits heads of 64 or 128 elements, normalises each and rotates it, 16 bytes at a time. Lanes take
// eight elements each, and all heads of a token in turn, so that its rotation is read once.
#include "svgen.cuh"
#include "split_heads.cuh"

static const int WARPS = 8;
static const int AHEAD = 4;  // vectors whose loads are begun together

struct Eight {
    float v[8];
};

// Eight elements as they lie in memory.
template <class T>
struct Raw;

template <>
struct Raw<u16> {
    uint4 bits;

    DEVICE void load(const void* from, i64 at) { bits = *(const uint4*)((const u16*)from + at); }

    DEVICE Eight values() const {
        return {as_float(bits.x << 16), as_float(bits.x & 0xffff0000), as_float(bits.y << 16), as_float(bits.y & 0xffff0000),
                as_float(bits.z << 16), as_float(bits.z & 0xffff0000), as_float(bits.w << 16), as_float(bits.w & 0xffff0000)};
    }
};

template <>
struct Raw<float> {
    float4 low, high;

    DEVICE void load(const void* from, i64 at) {
        low = *(const float4*)((const float*)from + at);
        high = *(const float4*)((const float*)from + at + 4);
    }

    DEVICE Eight values() const { return {low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w}; }
};

DEVICE void store8(u16* to, const Eight& x) {
    uint4 bits = {pack_bf16(x.v[0], x.v[1]), pack_bf16(x.v[2], x.v[3]), pack_bf16(x.v[4], x.v[5]),
                  pack_bf16(x.v[6], x.v[7])};
    *(uint4*)to = bits;
}

DEVICE void store8(float* to, const Eight& x) {
    *(float4*)to = make_float4(x.v[0], x.v[1], x.v[2], x.v[3]);
    *(float4*)(to + 4) = make_float4(x.v[4], x.v[5], x.v[6], x.v[7]);
}

DEVICE Eight eight(const float* from) {
    Raw<float> raw;
    raw.load(from, 0);
    return raw.values();
}

// What one lane needs that is the same for all heads of a token.
struct Factors {
    Eight weight, bias, cos, sin;
    bool rotated;
};

// Sums over neighbouring lanes; all of them get it.
template <int LANES>
DEVICE void group_sums(float (&x)[AHEAD]) {
#pragma unroll
    for (int i = LANES / 2; i > 0; i /= 2) {
#pragma unroll
        for (int j = 0; j < AHEAD; j++) x[j] += __shfl_xor_sync(0xffffffffu, x[j], i);
    }
}

// All at once, so that one vector's sum over lanes does not wait for another's.
template <int DIM>
DEVICE void normalise(const SplitHeads& s, const Factors& f, Eight (&x)[AHEAD]) {
    float sums[AHEAD];
    if (s.norm == LAYER) {
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
            sums[j] = 0;
#pragma unroll
            for (int i = 0; i < 8; i++) sums[j] += x[j].v[i];
        }
        group_sums<DIM / 8>(sums);
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
#pragma unroll
            for (int i = 0; i < 8; i++) x[j].v[i] -= sums[j] / DIM;
        }
    }
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
        sums[j] = 0;
#pragma unroll
        for (int i = 0; i < 8; i++) sums[j] += x[j].v[i] * x[j].v[i];
    }
    group_sums<DIM / 8>(sums);
#pragma unroll
    for (int j = 0; j < AHEAD; j++) {
        float inverse = rsqrtf(sums[j] / DIM + s.eps);
#pragma unroll
        for (int i = 0; i < 8; i++) x[j].v[i] = x[j].v[i] * inverse * f.weight.v[i] + f.bias.v[i];
    }
}

// Interleaved pairs.
DEVICE void rotate(const Factors& f, Eight& x) {
#pragma unroll
    for (int i = 0; i < 8; i += 2) {
        float even = x.v[i], odd = x.v[i + 1];
        x.v[i] = even * f.cos.v[i] - odd * f.sin.v[i];
        x.v[i + 1] = odd * f.cos.v[i + 1] + even * f.sin.v[i + 1];
    }
}

// One over the root mean square of all heads of a token; reads them, most of them not from memory when
// they are read again.
template <class X, int DIM>
DEVICE float inverse_of_all(const SplitHeads& s, i64 from, bool valid) {
    float sums[AHEAD] = {};
    for (int base = 0; base < s.heads; base += AHEAD) {
        Raw<X> raw[AHEAD] = {};
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
            if (valid && base + j < s.heads) raw[j].load(s.x.at, from + (i64)(base + j) * DIM);
        }
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
            Eight x = raw[j].values();
#pragma unroll
            for (int i = 0; i < 8; i++) sums[j] += x.v[i] * x.v[i];
        }
    }
    group_sums<DIM / 8>(sums);
    float sum = 0;
#pragma unroll
    for (int j = 0; j < AHEAD; j++) sum += sums[j];
    return rsqrtf(sum / (s.heads * DIM) + s.eps);
}

DEVICE void scale_by(const SplitHeads& s, float inverse, int at, Eight& x) {
    Four low = {1, 1, 1, 1}, high = low;
    if (s.weight.at) low = load4(s.weight, at), high = load4(s.weight, at + 4);
#pragma unroll
    for (int i = 0; i < 8; i++) x.v[i] *= inverse * (i < 4 ? low.v[i % 4] : high.v[i % 4]);
}

// A warp takes 256 / DIM tokens. ACROSS: all heads of a token are normalised together.
template <class X, class O, int DIM, bool ACROSS>
DEVICE void split(const SplitHeads& s) {
    const int LANES = DIM / 8;
    int d = threadIdx.x % LANES * 8;
    i64 token = (i64)blockIdx.x * (32 * WARPS / LANES) + threadIdx.x / LANES;
    i64 b = token / s.tokens;
    int n = (int)(token - b * s.tokens);
    bool valid = b < s.batch;
    __shared__ float4 shared[2 * DIM / 4];
    float* weights = (float*)shared;
    if (!ACROSS && threadIdx.x < DIM) {
        weights[threadIdx.x] = s.weight.at ? load(s.weight, threadIdx.x) : 1;
        weights[DIM + threadIdx.x] = s.bias.at ? load(s.bias, threadIdx.x) : 0;
    }
    __syncthreads();
    Factors f;
    if (!ACROSS) {
        f.weight = eight(weights + d);
        f.bias = eight(weights + DIM + d);
    }
    int r = n - s.rope_from;
    f.rotated = valid && s.cos && r >= 0 && r < s.rotated;
    if (f.rotated) {
        f.cos = eight(s.cos + (i64)r * DIM + d);
        f.sin = eight(s.sin + (i64)r * DIM + d);
    }
    i64 from = token * s.heads * DIM + d;
    float inverse = ACROSS ? inverse_of_all<X, DIM>(s, from, valid) : 1;
    O* to = (O*)s.out.at + (b * s.heads * s.out_tokens + s.out_from + n) * DIM + d;
    for (int base = 0; base < s.heads; base += AHEAD) {
        Raw<X> raw[AHEAD] = {};
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
            int head = base + j;
            if (valid && head < s.heads) raw[j].load(s.x.at, from + (i64)head * DIM);
        }
        Eight x[AHEAD];
#pragma unroll
        for (int j = 0; j < AHEAD; j++) x[j] = raw[j].values();
        if (!ACROSS && s.norm != NO_NORM) normalise<DIM>(s, f, x);
#pragma unroll
        for (int j = 0; j < AHEAD; j++) {
            int head = base + j;
            if (ACROSS && head < s.heads) scale_by(s, inverse, head * DIM + d, x[j]);
            if (f.rotated) rotate(f, x[j]);
            if (valid && head < s.heads) store8(to + (i64)head * s.out_tokens * DIM, x[j]);
        }
    }
}

KERNEL(32 * WARPS) split_heads_64_bf16(SplitHeads s) { split<u16, u16, 64, false>(s); }

KERNEL(32 * WARPS) split_heads_128_bf16(SplitHeads s) { split<u16, u16, 128, false>(s); }

KERNEL(32 * WARPS) split_heads_64_f32(SplitHeads s) { split<float, float, 64, false>(s); }

KERNEL(32 * WARPS) split_heads_128_f32(SplitHeads s) { split<float, float, 128, false>(s); }

KERNEL(32 * WARPS) split_heads_64_f32_bf16(SplitHeads s) { split<float, u16, 64, false>(s); }

KERNEL(32 * WARPS) split_heads_128_f32_bf16(SplitHeads s) { split<float, u16, 128, false>(s); }

KERNEL(32 * WARPS) split_heads_64_bf16_across(SplitHeads s) { split<u16, u16, 64, true>(s); }

KERNEL(32 * WARPS) split_heads_128_bf16_across(SplitHeads s) { split<u16, u16, 128, true>(s); }

KERNEL(32 * WARPS) split_heads_64_f32_across(SplitHeads s) { split<float, float, 64, true>(s); }

KERNEL(32 * WARPS) split_heads_128_f32_across(SplitHeads s) { split<float, float, 128, true>(s); }

KERNEL(32 * WARPS) split_heads_64_f32_bf16_across(SplitHeads s) { split<float, u16, 64, true>(s); }

KERNEL(32 * WARPS) split_heads_128_f32_bf16_across(SplitHeads s) { split<float, u16, 128, true>(s); }
