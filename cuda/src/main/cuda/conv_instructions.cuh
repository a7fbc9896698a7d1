// Tensor copies of pixels, both ways, and products 96 and 192 channels wide. Sources: PTX ISA,
// "cp.async.bulk.tensor", "wgmma".
#pragma once

#include "gemm_instructions.cuh"

#ifndef SVGEN_EMULATED  // else tools/kernels/conv_emulate.cpp stands in

/** A box of frames from (channel, x, y, frame) on. */
DEVICE void load_pixels(u32 to, const TensorMap* map, int channel, int x, int y, int frame, u32 barrier) {
    asm volatile(
            "cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes"
            " [%0], [%1, {%2, %3, %4, %5}], [%6];" ::"r"(to),
            "l"(map), "r"(channel), "r"(x), "r"(y), "r"(frame), "r"(barrier)
            : "memory");
}

/** A box from shared memory, or added, in bf16; what lies outside of the frames is left out. */
template <bool ADD>
DEVICE void store_pixels(const TensorMap* map, u32 from, int channel, int x, int y, int frame) {
    if (ADD) {
        asm volatile(
                "cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.bulk_group"
                " [%0, {%1, %2, %3, %4}], [%5];" ::"l"(map),
                "r"(channel), "r"(x), "r"(y), "r"(frame), "r"(from)
                : "memory");
    } else {
        asm volatile(
                "cp.async.bulk.tensor.4d.global.shared::cta.bulk_group"
                " [%0, {%1, %2, %3, %4}], [%5];" ::"l"(map),
                "r"(channel), "r"(x), "r"(y), "r"(frame), "r"(from)
                : "memory");
    }
}

#define NAMES12 NAMES11 N11
#define OPERANDS12(a) OPERANDS11(a), E8(a, 88)
SCORES(96, 6, "%48", "%49", "%50")
SCORES(192, 12, "%96", "%97", "%98")

#endif
