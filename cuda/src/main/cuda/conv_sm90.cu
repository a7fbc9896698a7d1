// arch: sm_90a
// Convolutions of bf16 operands for Hopper GPUs, with their parameter in conv_argument.cuh:
// conv_wide has tiles of 128 pixels and 256 channels, conv_tall of 256 pixels and 128 channels,
// conv_mid of 128 and 192, conv_small of 128 and 128. conv_96 and conv_192 are for so many channels,
// and for inputs whose channels are no multiple of 64. All run in clusters of two blocks. ..._add
// adds to out. A sum has the same bits in all of them.
// Grid: a multiple of the cluster, at most as many blocks as there are multiprocessors.
//
// Tensor maps: dimensions (channels, x, y, frame) and (columns, rows); swizzle 128 bytes, L2
// promotion 256 bytes, zeros outside.
#include "conv_hopper.cuh"

#define CONV(name, ...)                                                                         \
    static_assert(ConvVariant<__VA_ARGS__>::SHARED <= 231488, "HopperConv.java asks for that"); \
    extern "C" __global__ void __cluster_dims__(ConvVariant<__VA_ARGS__>::CLUSTER, 1, 1)        \
            __launch_bounds__(384, 1) name(const __grid_constant__ Conv c) {                    \
        SHARED_BYTES(shared);                                                                   \
        convolve<ConvVariant<__VA_ARGS__>>(c, shared);                                          \
    }

CONV(conv_wide, 1, 256, 4, 2, false)
CONV(conv_wide_add, 1, 256, 4, 2, true)
CONV(conv_tall, 2, 128, 4, 2, false)
CONV(conv_tall_add, 2, 128, 4, 2, true)
CONV(conv_96, 2, 96, 4, 2, false, true)
CONV(conv_96_add, 2, 96, 4, 2, true, true)
CONV(conv_192, 2, 192, 3, 2, false, true)
CONV(conv_192_add, 2, 192, 3, 2, true, true)
CONV(conv_mid, 1, 192, 4, 2, false)
CONV(conv_mid_add, 1, 192, 4, 2, true)
CONV(conv_small, 1, 128, 6, 2, false)
CONV(conv_small_add, 1, 128, 6, 2, true)
