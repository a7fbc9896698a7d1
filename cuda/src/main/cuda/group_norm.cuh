// What kernels of group norms share: their parameter, and what becomes of eight channels.
#pragma once

#include "svgen.cuh"

DEVICE float of_pair(u32 bits, int high) { return as_float(high ? bits & 0xffff0000 : bits << 16); }

// Eight bf16 elements.
DEVICE void unpack8(const uint4& bits, float (&f)[8]) {
    u32 words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
    for (int j = 0; j < 8; j++) f[j] = of_pair(words[j / 2], j % 2);
}

DEVICE uint4 pack8(const float (&f)[8]) {
    return make_uint4(pack_bf16(f[0], f[1]), pack_bf16(f[2], f[3]), pack_bf16(f[4], f[5]),
                      pack_bf16(f[6], f[7]));
}

struct GroupNorm {
    Elements x, weight, bias, scale, shift, out;
    const int* scale_frame;  // [T], or null if scale and shift are absent
    const float2* moments;
    int h, w, c, groups;
    int scale_h, scale_w;
    int function;  // Activation
    int margin;    // pixels around the frames of out, copies of the nearest
};

static const int MOST_FRAMES = 32;

// For each frame, the frame of scale and shift that belongs to it.
struct FrameTable {
    int at[MOST_FRAMES];
};

#ifndef SVGEN_EMULATED

// x / d as IEEE 754 has it, for finite x and d from 1 to 2^126, but for the sign of zero.
DEVICE float divide(float x, float d) {
    float r;
    asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(r) : "f"(d));
    r = __fmaf_rn(__fmaf_rn(-d, r, 1), r, r);
    float q = x * r;
    return __fmaf_rn(r, __fmaf_rn(-d, q, x), q);
}

#else

DEVICE float divide(float x, float d) { return x / d; }

#endif

// Once in the code, not eight times for each pixel.
static __device__ __noinline__ float rare_silu(float x) { return activate(SILU, x); }

// What becomes of eight channels of a pixel, in bf16. The same bits as Fours gives.
struct Eights {
    float mean[2], factor[8], shift[8];

    DEVICE Eights(const GroupNorm& g, int channel) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
            int at = channel + i * 4;
            float2 m = g.moments[at / (g.c / g.groups)];
            Four weight = load4(g.weight, at), bias = load4(g.bias, at);
            mean[i] = m.x;
#pragma unroll
            for (int j = 0; j < 4; j++) {
                factor[i * 4 + j] = weight.v[j] * m.y;
                shift[i * 4 + j] = bias.v[j];
            }
        }
    }

    template <bool MODULATED>
    DEVICE uint4 finish(const uint4& bits, const uint4& scale, const uint4& move, bool silu) const {
        float f[8];
        values<MODULATED>(bits, scale, move, silu, f);
        return pack8(f);
    }

    // The same, not rounded.
    template <bool MODULATED>
    DEVICE void values(const uint4& bits, const uint4& scale, const uint4& move, bool silu, float (&f)[8]) const {
        unpack8(bits, f);
#pragma unroll
        for (int j = 0; j < 8; j++) f[j] = (f[j] - mean[j / 4]) * factor[j] + shift[j];
        if (MODULATED) {
            float a[8], b[8];
            unpack8(scale, a);
            unpack8(move, b);
#pragma unroll
            for (int j = 0; j < 8; j++) f[j] = f[j] * a[j] + b[j];
        }
        if (silu) apply_silu(f);
    }

    // Without what a division does for rare numbers, unless there are some.
    static DEVICE void apply_silu(float (&f)[8]) {
        float y[8];
        bool rare = false;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            float d = 1 + expf(-f[j]);
            y[j] = divide(f[j], d);
            rare |= !(d < 1e30f);
        }
        if (rare) {
#pragma unroll
            for (int j = 0; j < 8; j++) f[j] = rare_silu(f[j]);
        } else {
#pragma unroll
            for (int j = 0; j < 8; j++) f[j] = y[j];
        }
    }
};

// Copies of a pixel in the margin beside it: as many to each side as it is the last pixel there.
DEVICE void store_copies(const GroupNorm& g, uint4* to, const uint4& bits, int x, int y) {
    int left = x == 0 ? g.margin : 0, right = x == g.w - 1 ? g.margin : 0;
    int top = y == 0 ? g.margin : 0, bottom = y == g.h - 1 ? g.margin : 0;
    if ((left | right | top | bottom) == 0) return;
    for (int dy = -top; dy <= bottom; dy++) {
        for (int dx = -left; dx <= right; dx++) {
            to[(dy * (g.w + 2 * g.margin) + dx) * (g.c / 8)] = bits;
        }
    }
}
