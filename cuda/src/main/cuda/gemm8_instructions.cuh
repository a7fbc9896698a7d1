// Hopper's products of 8-bit operands. Source: PTX ISA, "wgmma".
#pragma once

#include "gemm_instructions.cuh"

#ifndef SVGEN_EMULATED  // else tools/kernels/gemm_emulate.cpp stands in

/** Adds 64 rows times N rows, 32 columns of e4m3 each, both in shared memory, or begins a sum. */
template <int N>
struct Scores8;
#define SCORES8(N, R8, A, B, C)                                                                 \
    template <>                                                                                 \
    struct Scores8<N> {                                                                         \
        static DEVICE void add(float (&s)[N / 2], u64 a, u64 b, int accumulate) {               \
            asm volatile(                                                                       \
                    "{.reg .pred p; setp.ne.b32 p, " C ", 0;\n"                                 \
                    "wgmma.mma_async.sync.aligned.m64n" #N "k32.f32.e4m3.e4m3 {" NAMES##R8 "}, " \
                    A ", " B ", p, 1, 1;}\n"                                                    \
                    : OPERANDS##R8(s)                                                           \
                    : "l"(a), "l"(b), "r"(accumulate));                                         \
        }                                                                                       \
    };
SCORES8(64, 4, "%32", "%33", "%34")
SCORES8(128, 8, "%64", "%65", "%66")
SCORES8(256, 16, "%128", "%129", "%130")

#endif
