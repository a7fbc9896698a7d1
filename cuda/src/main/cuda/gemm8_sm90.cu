// arch: sm_90a
// Matrix products of e4m3 operands for Hopper GPUs, with their parameter `Gemm8` in
// gemm8_argument.cuh. linear8_wide..., linear8_long...: tiles of 128 x 256, clusters of two blocks;
// linear8_narrow...: tiles of 128 x 128, blocks by themselves. Long and narrow ones add sums to
// others in f32 after every 256 columns. Out is bf16, or f32 where the name says so.
// Grid: a multiple of the cluster, at most as many blocks as there are multiprocessors.
//
// Tensor maps: dimensions (columns, rows), swizzle 128 bytes, L2 promotion 256 bytes, zeros
// outside; boxes (128, 128) of a and b, (64, 16) of out, or (32, 8) where that is f32.
#include "gemm8_hopper.cuh"

#define GEMM8(name, ...)                                                                          \
    static_assert(Gemm8Variant<__VA_ARGS__>::SHARED <= 225344, "HopperGemm8.java asks for that"); \
    extern "C" __global__ void __cluster_dims__(Gemm8Variant<__VA_ARGS__>::CLUSTER, 1, 1)         \
            __launch_bounds__(384, 1) name(const __grid_constant__ Gemm8 g) {                     \
        SHARED_BYTES(shared);                                                                     \
        multiply<Gemm8Variant<__VA_ARGS__>, Multiplier8>(g, shared);                              \
    }

GEMM8(linear8_wide, 256, 4, 1, 2, 0, 1, NONE, PLAIN)
GEMM8(linear8_wide_gelu_tanh, 256, 4, 1, 2, 0, 1, GELU_TANH, PLAIN)
GEMM8(linear8_long, 256, 4, 1, 2, 2, 0, NONE, PLAIN)
GEMM8(linear8_long_f32, 256, 4, 3, 2, 2, 0, NONE, WIDE)
GEMM8(linear8_narrow, 128, 6, 1, 1, 2, 0, NONE, PLAIN)
GEMM8(linear8_narrow_gelu_tanh, 128, 6, 1, 1, 2, 0, GELU_TANH, PLAIN)
GEMM8(linear8_narrow_f32, 128, 6, 3, 1, 2, 0, NONE, WIDE)
