// arch: sm_90a
// Attention for Hopper GPUs, one kernel a head dimension. attention_plan.cuh says what the host
// passes; the arrays below say how to launch and how to cut the tensor maps' boxes.
#include "attention_hopper.cuh"

using Wide = Variant<128, 2, 176, 2, 1, PRODUCTS, true>;
using Narrow = Variant<64, 3, 128, 3, 2, PRODUCTS, true>;

#define ATTENTION(name, T)                                                                 \
    /** Queries and keys of a box, threads, bytes of shared memory. */                     \
    extern "C" __device__ const int name##_launch[4] = {T::ROWS, T::KEYS, T::THREADS,      \
                                                        T::SHARED};                        \
    extern "C" __global__ void __launch_bounds__(T::THREADS, 1)                            \
            name(const __grid_constant__ Attention a) {                                    \
        extern __shared__ __align__(1024) unsigned char shared[];                          \
        attend<T>(a, shared);                                                              \
    }

ATTENTION(attention_d128, Wide)
ATTENTION(attention_d64, Narrow)
