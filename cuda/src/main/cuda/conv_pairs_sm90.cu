// arch: sm_90a
// Convolutions of pairs of bf16 frames for Hopper GPUs, with their parameter in
// conv_pairs_argument.cuh. ..._add adds to out. Tensor maps and grid as for conv_sm90.cu.
#include "conv_pairs_hopper.cuh"

#define CONV_PAIRS(name, add)                                                                       \
    static_assert(PairsVariant<add>::SHARED <= 231488, "HopperConv.java asks for that");            \
    extern "C" __global__ void __cluster_dims__(2, 1, 1)                                            \
            __launch_bounds__(384, 1) name(const __grid_constant__ ConvPairs c) {                   \
        SHARED_BYTES(shared);                                                                       \
        convolve_pairs<PairsVariant<add>>(c, shared);                                               \
    }

CONV_PAIRS(conv_pairs, false)
CONV_PAIRS(conv_pairs_add, true)
