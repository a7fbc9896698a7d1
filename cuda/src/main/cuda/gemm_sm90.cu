// arch: sm_90a
// Matrix products of bf16 operands for Hopper GPUs, with their parameter `Gemm` in
// gemm_hopper.cuh. linear_wide...: tiles of 128 x 256, clusters of two blocks; linear_narrow... and
// linear_slim...: tiles of 128 x 128 and 128 x 64, blocks by themselves. All add up in the same order,
// so that they give the same bits. Out is bf16, or f32 where the name says so.
// Grid: a multiple of the cluster, at most as many blocks as there are multiprocessors.
//
// Tensor maps: dimensions (columns, rows), swizzle 128 bytes, L2 promotion 256 bytes, zeros
// outside; boxes (64, 128) of a, a2 and b (linear_slim: (64, 64) of b), (64, 16) of out, or (32, 8)
// where that is f32.
#include "gemm_hopper.cuh"

#define GEMM(name, ...)                                                                      \
    static_assert(GemmVariant<__VA_ARGS__>::SHARED <= 231488, "HopperGemm.java asks for that"); \
    extern "C" __global__ void __cluster_dims__(GemmVariant<__VA_ARGS__>::CLUSTER, 1, 1)     \
            __launch_bounds__(384, 1) name(const __grid_constant__ Gemm g) {                 \
        SHARED_BYTES(shared);                                                                \
        multiply<GemmVariant<__VA_ARGS__>>(g, shared);                                       \
    }

GEMM(linear_wide, 256, 4, 2, NONE, PLAIN)
GEMM(linear_wide_silu, 256, 4, 2, SILU, PLAIN)
GEMM(linear_wide_gelu_tanh, 256, 4, 2, GELU_TANH, PLAIN)
GEMM(linear_wide_f32, 256, 4, 2, NONE, WIDE)
GEMM(linear_narrow, 128, 6, 1, NONE, PLAIN)
GEMM(linear_narrow_silu, 128, 6, 1, SILU, PLAIN)
GEMM(linear_narrow_gelu_tanh, 128, 6, 1, GELU_TANH, PLAIN)
GEMM(linear_narrow_f32, 128, 6, 1, NONE, WIDE)
GEMM(linear_slim, 64, 8, 1, NONE, PLAIN)
GEMM(linear_slim_silu, 64, 8, 1, SILU, PLAIN)
GEMM(linear_slim_gelu_tanh, 64, 8, 1, GELU_TANH, PLAIN)
GEMM(linear_slim_f32, 64, 8, 1, NONE, WIDE)
