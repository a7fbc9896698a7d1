// arch: sm_90a
// Attention for Hopper GPUs, one kernel a head dimension, with its parameter `Attention` in
// attention_variant.cuh. NAME_launch says how to launch NAME: queries and keys of the boxes that the
// tensor maps are cut for, threads, bytes of shared memory. Grid: the number of multiprocessors.
//
// Tensor maps: bf16, dimensions (64, tokens, D / 64, heads, batch), strides in bytes of a token, of
// 64 channels (128), of a head, of a batch entry; boxes (64, queries, D / 64, 1, 1) for q and
// (64, keys, D / 64, 1, 1) for k and v; swizzle 128 bytes, L2 promotion 256 bytes, zeros outside.
#include "attention_hopper.cuh"

using Wide = Variant<128, 3, 128, 2, 1, true>;
using Narrow = Variant<64, 3, 128, 3, 2>;

#define ATTENTION(name, T)                                                                     \
    extern "C" __device__ const int name##_launch[4] = {T::ROWS, T::KEYS, T::THREADS,          \
                                                        T::SHARED};                            \
    extern "C" __global__ void __launch_bounds__(T::THREADS, 1)                                \
            name(const __grid_constant__ Attention a) {                                        \
        SHARED_BYTES(shared);                                                                  \
        attend<T>(a, shared);                                                                  \
    }

ATTENTION(attention_d128, Wide)
ATTENTION(attention_d64, Narrow)
