// arch: sm_90a
// Attention for Hopper GPUs in 8 bits, one kernel a head dimension, with its parameter `Attention8` in
// attention8_variant.cuh. NAME_launch says how to launch NAME: queries and keys of the boxes that the
// tensor maps are cut for, threads, bytes of shared memory. Grid: the number of multiprocessors.
//
// Tensor maps, all of bytes, with heads of all batch entries as their third dimension, zeros outside, L2
// promotion 256 bytes: q and k have dimensions (D, tokens), boxes (D, queries) and (D, keys), a swizzle of D
// bytes. v has dimensions (tokens rounded up, D), boxes (128, D), a swizzle of 128 bytes.
#include "attention8_hopper.cuh"

using Wide8 = Variant8<128, 3, 128, 2, 1, true>;
using Narrow8 = Variant8<64, 3, 128, 4, 2>;

#define ATTENTION8(name, T)                                                                    \
    extern "C" __device__ const int name##_launch[4] = {T::ROWS, T::KEYS, T::THREADS,          \
                                                        T::SHARED};                            \
    extern "C" __global__ void __launch_bounds__(T::THREADS, 1)                                \
            name(const __grid_constant__ Attention8 a) {                                       \
        SHARED_BYTES(shared);                                                                  \
        attend8<T>(a, shared);                                                                 \
    }

ATTENTION8(attention8_d128, Wide8)
ATTENTION8(attention8_d64, Narrow8)
