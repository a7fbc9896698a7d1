// arch: sm_90a
// The nearest centroid of each token for Hopper GPUs, one kernel a head dimension, with its parameter `ClusterAssign`
// in cluster_arguments.cuh. NAME_launch says how to launch NAME: tokens of a tile, centroids of a tile (the boxes
// of the tensor maps, as those of q and k in attention_sm90.cu), threads, bytes of shared memory. Grid: the number of
// multiprocessors.
#include "cluster_assign_hopper.cuh"

#define CLUSTER_ASSIGN(name, T)                                                                \
    extern "C" __device__ const int name##_launch[4] = {T::ROWS, T::COLUMNS, T::THREADS,       \
                                                        T::SHARED};                            \
    extern "C" __global__ void __launch_bounds__(T::THREADS, 1)                                \
            name(const __grid_constant__ ClusterAssign a) {                                    \
        SHARED_BYTES(shared);                                                                  \
        assign<T>(a, shared);                                                                  \
    }

using Assign128 = AssignVariant<128, 3, 1, 144, 4>;
using Assign64 = AssignVariant<64, 3, 1, 128, 6>;
CLUSTER_ASSIGN(cluster_assign_d128, Assign128)
CLUSTER_ASSIGN(cluster_assign_d64, Assign64)
