// Warpgroup products of attention in 8 bits. Sources: PTX ISA, "wgmma", "cp.async.bulk.tensor", "cvt".
#pragma once

#include "hopper.cuh"

/** Rows of 64 bytes, 64-byte swizzle; rows of 128 bytes as `descriptor` has them. */
template <int BYTES>
DEVICE u64 row_descriptor(u32 address) {
    if constexpr (BYTES == 128) {
        return descriptor(address, 0);
    } else {
        u32 low = (address & 0x3FFFF) >> 4;
        u32 high = (512 >> 4) | (2u << 30);  // groups of 8 rows; layout: 64-byte swizzle
        return ((u64)high << 32) | low;
    }
}

#ifndef SVGEN_EMULATED  // else tools/kernels/attention_emulator.hpp stands in

/** A box of a map with three dimensions: bytes of a row, rows, heads. */
DEVICE void load_box(u32 to, const TensorMap* map, int byte, int row, int head, u32 barrier, u64 policy) {
    asm volatile(
            "cp.async.bulk.tensor.3d.shared::cluster.global.mbarrier::complete_tx::bytes"
            ".L2::cache_hint [%0], [%1, {%2, %3, %4}], [%5], %6;" ::"r"(to),
            "l"(map), "r"(byte), "r"(row), "r"(head), "r"(barrier), "l"(policy)
            : "memory");
}

/** True if the phase of this parity is over; what it says comes late, so ask early. */
DEVICE bool barrier_test(u32 barrier, u32 parity) {
    u32 done;
    asm volatile(
            "{.reg .pred done;\n"
            "mbarrier.test_wait.parity.shared::cta.b64 done, [%1], %2;\n"
            "selp.u32 %0, 1, 0, done;}\n"
            : "=r"(done)
            : "r"(barrier), "r"(parity)
            : "memory");
    return done;
}

/** Keeps the compiler from moving uses of these registers across this point. */
template <int N>
DEVICE void pin(u32 (&x)[N]) {
#pragma unroll
    for (int i = 0; i < N; i++) {
        asm volatile("" : "+r"(x[i])::"memory");
    }
}

#define I8(a, i) \
    "+r"(a[i]), "+r"(a[i + 1]), "+r"(a[i + 2]), "+r"(a[i + 3]), "+r"(a[i + 4]), "+r"(a[i + 5]), \
            "+r"(a[i + 6]), "+r"(a[i + 7])
#define INTEGERS8(a) I8(a, 0), I8(a, 8), I8(a, 16), I8(a, 24), I8(a, 32), I8(a, 40), I8(a, 48), I8(a, 56)

/** Adds products of 64 queries and N keys, 32 channels in int8, both in shared memory. */
template <int N>
struct Scores8;
template <>
struct Scores8<128> {
    static DEVICE void add(u32 (&s)[64], u64 queries, u64 keys) {
        asm volatile(
                "{.reg .pred p; setp.ne.b32 p, 1, 0;\n"
                "wgmma.mma_async.sync.aligned.m64n128k32.s32.s8.s8 {" NAMES8 "}, %64, %65, p;}\n"
                : INTEGERS8(s)
                : "l"(queries), "l"(keys));
    }
};

/** Adds weights of 64 queries and 32 keys times values of width D, all e4m3. */
template <int D>
struct Values8;
#define VALUES8(D, R8, A0, A1, A2, A3, B)                                                       \
    template <>                                                                                 \
    struct Values8<D> {                                                                         \
        static DEVICE void add(float (&o)[D / 2], u64 weights, u64 values) {                    \
            asm volatile(                                                                       \
                    "{.reg .pred p; setp.ne.b32 p, 1, 0;\n"                                     \
                    "wgmma.mma_async.sync.aligned.m64n" #D "k32.f32.e4m3.e4m3 {" NAMES##R8      \
                    "}, " A0 ", " A1 ", p, 1, 1;}\n"                                            \
                    : OPERANDS##R8(o)                                                           \
                    : "l"(weights), "l"(values));                                               \
        }                                                                                       \
        static DEVICE void add(float (&o)[D / 2], const u32* p, u64 values) {                   \
            asm volatile(                                                                       \
                    "{.reg .pred p; setp.ne.b32 p, 1, 0;\n"                                     \
                    "wgmma.mma_async.sync.aligned.m64n" #D "k32.f32.e4m3.e4m3 {" NAMES##R8      \
                    "}, {" A0 "," A1 "," A2 "," A3 "}, " B ", p, 1, 1;}\n"                     \
                    : OPERANDS##R8(o)                                                           \
                    : "r"(p[0]), "r"(p[1]), "r"(p[2]), "r"(p[3]), "l"(values));                 \
        }                                                                                       \
    };
VALUES8(64, 4, "%32", "%33", "%34", "%35", "%36")
VALUES8(128, 8, "%64", "%65", "%66", "%67", "%68")

#endif
