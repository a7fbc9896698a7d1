// arch: sm_90a
// Attention to lists of key blocks for Hopper GPUs, one kernel a head dimension, with its parameter `BlockAttention`
// in attention_blocks_variant.cuh. NAME_launch says how to launch NAME: queries of a tile, keys of a tile (the largest
// boxes), threads, bytes of shared memory. Grid: the number of multiprocessors.
//
// Tensor maps: bf16, dimensions (64, tokens, D / 64, heads, batch), as in attention_sm90.cu; boxes (64, keys, D / 64,
// 1, 1) for means and for whole tiles, (64, 64, 1, 1, 1) for q, and (64, 8, 1, 1, 1) to (64, 64, 1, 1, 1) for keys and
// values.
#include "attention_blocks_hopper.cuh"

using Wide = BlockVariant<128, 3, 128, 2, 1, true>;
using Narrow = BlockVariant<64, 3, 128, 3, 2>;

#define BLOCK_ATTENTION(name, T)                                                               \
    extern "C" __device__ const int name##_launch[4] = {T::ROWS, T::KEYS, T::THREADS,          \
                                                        T::SHARED};                            \
    extern "C" __global__ void __launch_bounds__(T::THREADS, 1)                                \
            name(const __grid_constant__ BlockAttention a) {                                   \
        SHARED_BYTES(shared);                                                                  \
        attend_blocks<T>(a, shared);                                                           \
    }

BLOCK_ATTENTION(attention_blocks_d128, Wide)
BLOCK_ATTENTION(attention_blocks_d64, Narrow)
