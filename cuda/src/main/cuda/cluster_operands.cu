// arch: sm_90a
// What cluster_assign_sm90.cu and cluster_error_sm90.cu read: centroids in bf16, and keys and values less their means.
#include "svgen.cuh"

/** What a launch needs of the centroids, [maps, clusters, d], and of the same weighed: rounded, and filled up. */
struct ClusterRound {
    const float *centroids, *weighed;
    u16* rounded;    // bf16 [maps, columns, d]: zeros behind the clusters
    float* squares;  // [maps, columns]: a centroid times what is rounded; infinite behind the clusters
    int maps, clusters, columns, d;
};

/** Grid: any. A warp a column. */
KERNEL(256) cluster_round(const __grid_constant__ ClusterRound r) {
    int lane = threadIdx.x % 32;
    i64 all = (i64)r.maps * r.columns;
    for (i64 at = (i64)blockIdx.x * 8 + threadIdx.x / 32; at < all; at += (i64)gridDim.x * 8) {
        i64 map = at / r.columns;
        int column = (int)(at - map * r.columns);
        bool there = column < r.clusters;
        i64 from = (map * r.clusters + column) * r.d;
        float sum = 0;
        for (int i = lane; i < r.d; i += 32) {
            u16 bits = float_to_bf16(there ? r.weighed[from + i] : 0);
            r.rounded[at * r.d + i] = bits;
            if (there) sum = __fmaf_rn(r.centroids[from + i], as_float((u32)bits << 16), sum);
        }
        for (int i = 16; i > 0; i /= 2) sum += __shfl_xor_sync(~0u, sum, i);
        if (lane == 0) r.squares[at] = there ? sum : as_float(0x7F800000u);
    }
}

/** What the kernels need of keys and values: bf16 [maps, n, d], in the order that they are stored in. */
struct ClusterApart {
    const u16 *k, *v;
    const int* bounds;             // [maps, stride]
    const int* order;              // [maps, n]
    const float *keys, *values;    // [maps, clusters, d]: means
    u16* centred;                  // bf16 [maps, n, d]: keys less their means, in the order of clusters
    float2* terms;                 // [maps, n]: 2 u v and |v|^2, with u = v less its mean
    float* apart;                  // [maps, clusters]: sums of |u|^2
    int n, d, clusters, stride, first;
};

/** Grid: clusters, maps. A warp a token at a time; d is 64 or 128. */
KERNEL(256) cluster_apart(const __grid_constant__ ClusterApart c) {
    __shared__ float sums[8];
    int map = blockIdx.y, cluster = blockIdx.x, lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    const int* bounds = c.bounds + (i64)map * c.stride + c.first + cluster;
    const int* order = c.order + (i64)map * c.n;
    i64 mean = ((i64)map * c.clusters + cluster) * c.d;
    float kbar[4], vbar[4];
#pragma unroll
    for (int i = 0; i < 2; i++) {
        if (i * 64 >= c.d) break;
        for (int j = 0; j < 2; j++) {
            int e = i * 64 + lane * 2 + j;
            kbar[2 * i + j] = c.keys[mean + e];
            vbar[2 * i + j] = c.values[mean + e];
        }
    }
    float total = 0;
    for (int p = bounds[0] + warp; p < bounds[1]; p += 8) {
        i64 from = ((i64)map * c.n + order[p]) * c.d, to = ((i64)map * c.n + p) * c.d;
        float apart = 0, along = 0, square = 0;
#pragma unroll
        for (int i = 0; i < 2; i++) {
            if (i * 64 >= c.d) break;
            u32 k = *(const u32*)(c.k + from + i * 64 + lane * 2), v = *(const u32*)(c.v + from + i * 64 + lane * 2);
            float k0 = as_float(k << 16) - kbar[2 * i], k1 = as_float(k & 0xFFFF0000u) - kbar[2 * i + 1];
            *(u32*)(c.centred + to + i * 64 + lane * 2) = pack_bf16(k0, k1);
            float v0 = as_float(v << 16), v1 = as_float(v & 0xFFFF0000u);
            float u0 = v0 - vbar[2 * i], u1 = v1 - vbar[2 * i + 1];
            apart += u0 * u0 + u1 * u1;
            along += u0 * v0 + u1 * v1;
            square += v0 * v0 + v1 * v1;
        }
        for (int i = 16; i > 0; i /= 2) {
            apart += __shfl_xor_sync(~0u, apart, i);
            along += __shfl_xor_sync(~0u, along, i);
            square += __shfl_xor_sync(~0u, square, i);
        }
        total += apart;
        if (lane == 0) c.terms[(i64)map * c.n + p] = make_float2(2 * along, square);
    }
    if (lane == 0) sums[warp] = total;
    __syncthreads();
    if (threadIdx.x == 0) {
        float all = 0;
        for (int i = 0; i < 8; i++) all += sums[i];
        c.apart[(i64)map * c.clusters + cluster] = all;
    }
}
