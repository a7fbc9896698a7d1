// What the kernels on clusters of tokens need of Hopper's instructions beyond hopper.cuh: products of rows in registers,
// and copies of bytes. Sources: PTX ISA, "wgmma", "ldmatrix", "cp.async.bulk".
#pragma once

#include "hopper.cuh"

#ifndef SVGEN_EMULATED  // else tools/kernels/cluster_emulator.hpp stands in

/** Four 8 x 8 matrices of 16-bit elements; lane l names row l % 8 of matrix l / 8. */
DEVICE void read_matrices(u32 (&to)[4], u32 row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(row)
                 : "memory");
}

/** Copies bytes that follow each other, a multiple of 16 from and to multiples of 16. */
DEVICE void load_bytes(u32 to, const void* from, u32 bytes, u32 barrier) {
    asm volatile("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::"r"(to),
                 "l"(from), "r"(bytes), "r"(barrier)
                 : "memory");
}

DEVICE float2 read_pair(u32 at) {
    float2 x;
    asm volatile("ld.shared.v2.f32 {%0, %1}, [%2];" : "=f"(x.x), "=f"(x.y) : "r"(at));
    return x;
}

/** Products of 64 rows, in registers, with N columns in shared memory; the first step of a tile clears. */
template <int N>
struct RowScores;
#define ROW_SCORES(N, R8, A0, A1, A2, A3, B, C)                                                 \
    template <>                                                                                 \
    struct RowScores<N> {                                                                       \
        static DEVICE void add(float (&s)[N / 2], const u32 (&rows)[4], u64 columns, int accumulate) { \
            asm volatile(                                                                       \
                    "{.reg .pred p; setp.ne.b32 p, " C ", 0;\n"                                 \
                    "wgmma.mma_async.sync.aligned.m64n" #N "k16.f32.bf16.bf16 {" NAMES##R8 "}, {" \
                    A0 "," A1 "," A2 "," A3 "}, " B ", p, 1, 1, 0;}\n"                          \
                    : OPERANDS##R8(s)                                                           \
                    : "r"(rows[0]), "r"(rows[1]), "r"(rows[2]), "r"(rows[3]), "l"(columns),     \
                      "r"(accumulate));                                                         \
        }                                                                                       \
    };
ROW_SCORES(64, 4, "%32", "%33", "%34", "%35", "%36", "%37")
ROW_SCORES(96, 6, "%48", "%49", "%50", "%51", "%52", "%53")
ROW_SCORES(112, 7, "%56", "%57", "%58", "%59", "%60", "%61")
ROW_SCORES(128, 8, "%64", "%65", "%66", "%67", "%68", "%69")
ROW_SCORES(144, 9, "%72", "%73", "%74", "%75", "%76", "%77")

#endif

/**
 * Warpgroups start their products one after the other: else all have theirs at the same time, and then all look through
 * what they have while nothing is multiplied.
 */
template <int GROUPS>
struct Turns {
    int group;

    DEVICE Turns(int group) : group(group) {
        if (group == GROUPS - 1) pass();
    }

    DEVICE void take() { named_sync(1 + group, 256); }

    DEVICE void pass() { named_arrive(1 + (group + 1) % GROUPS, 256); }
};

/** 64 rows of D channels of a tile of ROWS in registers: 16 channels in four. */
template <int D, int ROWS>
DEVICE void read_rows(u32 (&x)[D / 16][4], u32 tile, int first) {
    int lane = threadIdx.x % 32, row = first + threadIdx.x % 128 / 32 * 16 + lane % 16;
#pragma unroll
    for (int i = 0; i < D / 16; i++) {
        u32 at = tile + (i / 4 * ROWS + row) * 128 + (i % 4 * 2 + lane / 16) * 16;
        read_matrices(x[i], at ^ (row % 8) << 4);
    }
}
