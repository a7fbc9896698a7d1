// Hopper's own instructions: barriers in shared memory, tensor copies, warpgroup products.
// Sources: PTX ISA, "wgmma", "mbarrier", "cp.async.bulk.tensor".
#pragma once

#include "svgen.cuh"

/** A CUtensorMap, opaque. */
struct alignas(128) TensorMap {
    u64 words[16];
};

enum CachePolicy : u64 {
    EVICT_FIRST = 0x12F0000000000000ull,
    EVICT_LAST = 0x14F0000000000000ull,
};

/**
 * Shared memory in panels of 128 bytes a row, 128-byte swizzle. Rows may be tokens of either
 * operand (`pitch` unused) or, transposed, the inner dimension (`pitch`: bytes between panels).
 */
DEVICE u64 descriptor(u32 address, u32 pitch) {
    u32 low = ((address & 0x3FFFF) >> 4) | ((pitch >> 4) << 16);
    u32 high = (1024 >> 4) | (1u << 30);  // groups of 8 rows; layout: 128-byte swizzle
    return ((u64)high << 32) | low;
}

#ifndef SVGEN_EMULATED  // else tools/kernels/attention_emulator.hpp stands in

// ---- mbarriers: arrivals and expected bytes end a phase; phases alternate in parity ----

DEVICE void barrier_init(u32 barrier, u32 arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals) : "memory");
}

DEVICE void barrier_init_fence() {
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

DEVICE void barrier_arrive(u32 barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}

DEVICE void barrier_expect(u32 barrier, u32 bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
                 : "memory");
}

#ifndef SVGEN_WATCHDOG

/** Returns once the phase of this parity is over; the phase before the first counts as over. */
DEVICE void barrier_wait(u32 barrier, u32 parity) {
    asm volatile(
            "{.reg .pred done;\n"
            "again: mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
            "@done bra over;\n"
            "bra again;\n"
            "over:}\n" ::"r"(barrier),
            "r"(parity)
            : "memory");
}

#else

/** For hunting hangs: gives up after a while and notes barrier, parity, thread and block. */
__device__ int watchdog[5];

DEVICE void barrier_wait(u32 barrier, u32 parity) {
    for (int i = 0; i < 1 << 20; i++) {
        u32 done;
        asm volatile(
                "{.reg .pred done;\n"
                "mbarrier.try_wait.parity.shared::cta.b64 done, [%1], %2;\n"
                "selp.u32 %0, 1, 0, done;}\n"
                : "=r"(done)
                : "r"(barrier), "r"(parity)
                : "memory");
        if (done || *(volatile int*)watchdog) {
            return;
        }
    }
    if (atomicExch(watchdog, 1) == 0) {
        watchdog[1] = barrier;
        watchdog[2] = parity;
        watchdog[3] = threadIdx.x;
        watchdog[4] = blockIdx.x;
    }
}

#endif

/** Hardware barriers between warpgroups: ids 1..15, `threads` of both sides together. */
DEVICE void named_sync(u32 id, u32 threads) {
    asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

DEVICE void named_arrive(u32 id, u32 threads) {
    asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

// ---- tensor copies ----

/** A box of rows from `token` on, all panels of 64 channels, one behind the other, swizzled. */
DEVICE void load_rows(
        u32 to, const TensorMap* map, int token, int head, int batch, u32 barrier, u64 policy) {
    asm volatile(
            "cp.async.bulk.tensor.5d.shared::cluster.global.mbarrier::complete_tx::bytes"
            ".L2::cache_hint [%0], [%1, {%2, %3, %4, %5, %6}], [%7], %8;" ::"r"(to),
            "l"(map), "r"(0), "r"(token), "r"(0), "r"(head), "r"(batch), "r"(barrier), "l"(policy)
            : "memory");
}

/** A box of rows from `token` on, of one panel of 64 channels, swizzled. */
DEVICE void load_panel(
        u32 to, const TensorMap* map, int token, int panel, int head, int batch, u32 barrier, u64 policy) {
    asm volatile(
            "cp.async.bulk.tensor.5d.shared::cluster.global.mbarrier::complete_tx::bytes"
            ".L2::cache_hint [%0], [%1, {%2, %3, %4, %5, %6}], [%7], %8;" ::"r"(to),
            "l"(map), "r"(0), "r"(token), "r"(panel), "r"(head), "r"(batch), "r"(barrier), "l"(policy)
            : "memory");
}

/** Four 8 x 8 matrices of 16-bit elements to shared memory; lane l names row l % 8 of matrix l / 8. */
DEVICE void store_matrices(u32 row, u32 a, u32 b, u32 c, u32 d) {
    asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(row), "r"(a), "r"(b),
                 "r"(c), "r"(d)
                 : "memory");
}

/** What was stored in shared memory becomes visible to products. */
DEVICE void products_fence() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

// ---- registers ----

template <int COUNT>
DEVICE void registers_up() {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(COUNT));
}

template <int COUNT>
DEVICE void registers_down() {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(COUNT));
}

// ---- warpgroup products ----

DEVICE void products_begin() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }

DEVICE void products_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }

template <int PENDING>
DEVICE void products_wait() {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(PENDING) : "memory");
}

/** Keeps the compiler from moving uses of these registers across this point. */
template <int N>
DEVICE void pin(float (&x)[N]) {
#pragma unroll
    for (int i = 0; i < N; i++) {
        asm volatile("" : "+f"(x[i])::"memory");
    }
}

/** The same, but the compiler does not know: it computes anew what depends on it, and keeps no registers. */
DEVICE u32 unknown(u32 x) {
    asm volatile("" : "+r"(x));
    return x;
}

// Placeholders and operands of accumulators, eight at a time.
#define N0 "%0,%1,%2,%3,%4,%5,%6,%7"
#define N1 ",%8,%9,%10,%11,%12,%13,%14,%15"
#define N2 ",%16,%17,%18,%19,%20,%21,%22,%23"
#define N3 ",%24,%25,%26,%27,%28,%29,%30,%31"
#define N4 ",%32,%33,%34,%35,%36,%37,%38,%39"
#define N5 ",%40,%41,%42,%43,%44,%45,%46,%47"
#define N6 ",%48,%49,%50,%51,%52,%53,%54,%55"
#define N7 ",%56,%57,%58,%59,%60,%61,%62,%63"
#define N8 ",%64,%65,%66,%67,%68,%69,%70,%71"
#define N9 ",%72,%73,%74,%75,%76,%77,%78,%79"
#define N10 ",%80,%81,%82,%83,%84,%85,%86,%87"
#define NAMES1 N0
#define NAMES2 N0 N1
#define NAMES3 N0 N1 N2
#define NAMES4 N0 N1 N2 N3
#define NAMES5 N0 N1 N2 N3 N4
#define NAMES6 N0 N1 N2 N3 N4 N5
#define NAMES7 N0 N1 N2 N3 N4 N5 N6
#define NAMES8 N0 N1 N2 N3 N4 N5 N6 N7
#define NAMES9 N0 N1 N2 N3 N4 N5 N6 N7 N8
#define NAMES10 N0 N1 N2 N3 N4 N5 N6 N7 N8 N9
#define NAMES11 N0 N1 N2 N3 N4 N5 N6 N7 N8 N9 N10
#define E8(a, i) \
    "+f"(a[i]), "+f"(a[i + 1]), "+f"(a[i + 2]), "+f"(a[i + 3]), "+f"(a[i + 4]), "+f"(a[i + 5]), \
            "+f"(a[i + 6]), "+f"(a[i + 7])
#define OPERANDS1(a) E8(a, 0)
#define OPERANDS2(a) OPERANDS1(a), E8(a, 8)
#define OPERANDS3(a) OPERANDS2(a), E8(a, 16)
#define OPERANDS4(a) OPERANDS3(a), E8(a, 24)
#define OPERANDS5(a) OPERANDS4(a), E8(a, 32)
#define OPERANDS6(a) OPERANDS5(a), E8(a, 40)
#define OPERANDS7(a) OPERANDS6(a), E8(a, 48)
#define OPERANDS8(a) OPERANDS7(a), E8(a, 56)
#define OPERANDS9(a) OPERANDS8(a), E8(a, 64)
#define OPERANDS10(a) OPERANDS9(a), E8(a, 72)
#define OPERANDS11(a) OPERANDS10(a), E8(a, 80)

/** Scores of 64 queries and N keys, both in shared memory; the first step of a tile clears. */
template <int N>
struct Scores;
#define SCORES(N, R8, A, B, C)                                                                  \
    template <>                                                                                 \
    struct Scores<N> {                                                                          \
        static DEVICE void add(float (&s)[N / 2], u64 queries, u64 keys, int accumulate) {      \
            asm volatile(                                                                       \
                    "{.reg .pred p; setp.ne.b32 p, " C ", 0;\n"                                 \
                    "wgmma.mma_async.sync.aligned.m64n" #N "k16.f32.bf16.bf16 {" NAMES##R8 "}, " \
                    A ", " B ", p, 1, 1, 0, 0;}\n"                                              \
                    : OPERANDS##R8(s)                                                           \
                    : "l"(queries), "l"(keys), "r"(accumulate));                                \
        }                                                                                       \
    };
SCORES(64, 4, "%32", "%33", "%34")
SCORES(128, 8, "%64", "%65", "%66")
SCORES(160, 10, "%80", "%81", "%82")
SCORES(176, 11, "%88", "%89", "%90")

/** Adds weights of 64 queries and 16 keys, in registers, times values of width D. */
template <int D>
struct Values;
#define VALUES(D, R8, A0, A1, A2, A3, B)                                                        \
    template <>                                                                                 \
    struct Values<D> {                                                                          \
        static DEVICE void add(float (&o)[D / 2], u64 weights, u64 values) {                    \
            asm volatile(                                                                       \
                    "{.reg .pred p; setp.ne.b32 p, 1, 0;\n"                                     \
                    "wgmma.mma_async.sync.aligned.m64n" #D "k16.f32.bf16.bf16 {" NAMES##R8      \
                    "}, " A0 ", " A1 ", p, 1, 1, 0, 1;}\n"                                      \
                    : OPERANDS##R8(o)                                                           \
                    : "l"(weights), "l"(values));                                               \
        }                                                                                       \
        static DEVICE void add(float (&o)[D / 2], const u32* p, u64 values) {                   \
            asm volatile(                                                                       \
                    "{.reg .pred p; setp.ne.b32 p, 1, 0;\n"                                     \
                    "wgmma.mma_async.sync.aligned.m64n" #D "k16.f32.bf16.bf16 {" NAMES##R8      \
                    "}, {" A0 "," A1 "," A2 "," A3 "}, " B ", p, 1, 1, 1;}\n"                  \
                    : OPERANDS##R8(o)                                                           \
                    : "r"(p[0]), "r"(p[1]), "r"(p[2]), "r"(p[3]), "l"(values));                 \
        }                                                                                       \
    };
VALUES(64, 4, "%32", "%33", "%34", "%35", "%36")
VALUES(128, 8, "%64", "%65", "%66", "%67", "%68")

#endif
