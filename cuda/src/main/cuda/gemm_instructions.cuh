// What the matrix product needs of Hopper's instructions beyond hopper.cuh: clusters of blocks,
// copies of matrix tiles both ways, products 256 columns wide. Sources: PTX ISA, "mapa",
// "cp.async.bulk.tensor", "stmatrix", "wgmma".
#pragma once

#include "hopper.cuh"

constexpr u64 EVICT_NORMAL = 0x1000000000000000ull;

/** A slot of a ring of buffers, and the parity of its barriers' phase. */
template <int SIZE>
struct Slot {
    u32 index = 0;
    u32 phase = 0;
    DEVICE void next() {
        if (++index == SIZE) {
            index = 0;
            phase ^= 1;
        }
    }
};

#ifndef SVGEN_EMULATED  // else tools/kernels/gemm_emulate.cpp stands in

/** All threads of the cluster; orders barriers' initialisation, if fenced, and no other memory. */
template <int CLUSTER>
DEVICE void cluster_sync() {
    if (CLUSTER == 1) {
        __syncthreads();
        return;
    }
    asm volatile(
            "barrier.cluster.arrive.relaxed;\n"
            "barrier.cluster.wait.acquire;" ::
                    : "memory");
}

/**
 * Arrives at the barrier that lies at this place in block `block` of the cluster. Not with
 * `.release.cluster`: that waits for all of the thread's memory, and took a quarter of the speed.
 */
template <int CLUSTER>
DEVICE void barrier_arrive_at(u32 barrier, u32 block) {
    if (CLUSTER == 1) {
        barrier_arrive(barrier);
        return;
    }
    asm volatile(
            "{.reg .b32 there;\n"
            "mapa.shared::cluster.u32 there, %0, %1;\n"
            "mbarrier.arrive.shared::cluster.b64 _, [there];}" ::"r"(barrier),
            "r"(block)
            : "memory");
}

/** A box of a matrix from (row, column) on, to the same place in the first SHARERS blocks. */
template <int SHARERS>
DEVICE void load_tile(u32 to, const TensorMap* map, int column, int row, u32 barrier, u64 policy) {
    if (SHARERS == 1) {
        asm volatile(
                "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes"
                ".L2::cache_hint [%0], [%1, {%2, %3}], [%4], %5;" ::"r"(to),
                "l"(map), "r"(column), "r"(row), "r"(barrier), "l"(policy)
                : "memory");
    } else {
        asm volatile(
                "cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes"
                ".multicast::cluster.L2::cache_hint [%0], [%1, {%2, %3}], [%4], %5, %6;" ::"r"(to),
                "l"(map), "r"(column), "r"(row), "r"(barrier), "h"((u16)((1 << SHARERS) - 1)),
                "l"(policy)
                : "memory");
    }
}

/** A box from shared memory; what lies outside of the matrix is left out. */
DEVICE void store_tile(const TensorMap* map, u32 from, int column, int row) {
    asm volatile(
            "cp.async.bulk.tensor.2d.global.shared::cta.bulk_group.L2::cache_hint"
            " [%0, {%1, %2}], [%3], %4;" ::"l"(map),
            "r"(column), "r"(row), "r"(from), "l"((u64)EVICT_FIRST)
            : "memory");
}

DEVICE void stores_commit() { asm volatile("cp.async.bulk.commit_group;" ::: "memory"); }

/** Waits until at most PENDING of this thread's groups of stores have yet to read. */
template <int PENDING>
DEVICE void stores_wait() {
    asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(PENDING) : "memory");
}

/** What this thread wrote to shared memory is seen by copies that are begun later. */
DEVICE void stores_fence() { asm volatile("fence.proxy.async.shared::cta;" ::: "memory"); }

/** Four 8 x 8 matrices of 16-bit elements; lane l names row l % 8 of matrix l / 8. */
DEVICE void store_matrices(u32 row, const u32 (&words)[4]) {
    asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(row),
                 "r"(words[0]), "r"(words[1]), "r"(words[2]), "r"(words[3])
                 : "memory");
}

DEVICE void store_pair(u32 to, float x, float y) {
    asm volatile("st.shared.v2.f32 [%0], {%1, %2};" ::"r"(to), "f"(x), "f"(y) : "memory");
}

/** A value that the compiler does not compute again where it is used. */
DEVICE u32 kept(u32 x) {
    asm volatile("" : "+r"(x));
    return x;
}

/** With a relative error of 2^-11. */
DEVICE float tanh_fast(float x) {
    float y;
    asm("tanh.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

#define N11 ",%88,%89,%90,%91,%92,%93,%94,%95"
#define N12 ",%96,%97,%98,%99,%100,%101,%102,%103"
#define N13 ",%104,%105,%106,%107,%108,%109,%110,%111"
#define N14 ",%112,%113,%114,%115,%116,%117,%118,%119"
#define N15 ",%120,%121,%122,%123,%124,%125,%126,%127"
#define NAMES16 NAMES11 N11 N12 N13 N14 N15
#define OPERANDS16(a) \
    OPERANDS11(a), E8(a, 88), E8(a, 96), E8(a, 104), E8(a, 112), E8(a, 120)
SCORES(256, 16, "%128", "%129", "%130")

#endif

/** An activation function, to bf16's precision. */
template <int FUNCTION>
DEVICE float apply(float x) {
    if (FUNCTION == GELU_TANH) {
        float half = 0.5f * x;
        return half + half * tanh_fast(x * (0.79788456f + 0.035677408f * x * x));
    }
    return activate(FUNCTION, x);
}
