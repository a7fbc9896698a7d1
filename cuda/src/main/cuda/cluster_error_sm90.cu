// arch: sm_90a
// How far off the means of key clusters are, for Hopper GPUs, one kernel a head dimension, with its parameter
// `ClusterError` in cluster_arguments.cuh. NAME_launch says how to launch NAME: query centroids of a tile, keys of a
// tile (the boxes of the tensor maps, as those of q and k in attention_sm90.cu), threads, bytes of shared memory. Grid:
// the number of multiprocessors.
#include "cluster_error_hopper.cuh"

#define CLUSTER_ERROR(name, T)                                                                 \
    extern "C" __device__ const int name##_launch[4] = {T::ROWS, T::KEYS, T::THREADS,          \
                                                        T::SHARED};                            \
    extern "C" __global__ void __launch_bounds__(T::THREADS, 1)                                \
            name(const __grid_constant__ ClusterError a) {                                     \
        SHARED_BYTES(shared);                                                                  \
        cluster_errors<T>(a, shared);                                                          \
    }

using Error128 = ErrorVariant<128, 4, 1, 8>;
using Error64 = ErrorVariant<64, 4, 1, 8>;
CLUSTER_ERROR(cluster_error_d128, Error128)
CLUSTER_ERROR(cluster_error_d64, Error64)
