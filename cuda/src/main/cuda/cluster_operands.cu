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
    const float *keys, *values;    // means, [maps, clusters, d] and of all blocks, [maps, stride - 1, d]
    u16* centred;                  // bf16 [maps, n, d]: keys less their means, in the order of clusters
    float2* terms;                 // [maps, n]: 2 u v and |v|^2, with u = v less its mean
    float* apart;                  // [maps, clusters]: sums of |u|^2
    int n, d, clusters, stride, first;
};

/** Eight elements of bf16 as floats. */
DEVICE void eight_floats(uint4 bits, float (&x)[8]) {
    u32 words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
    for (int i = 0; i < 4; i++) {
        x[2 * i] = as_float(words[i] << 16);
        x[2 * i + 1] = as_float(words[i] & 0xFFFF0000u);
    }
}

/** Grid: clusters, maps. A lane has eight elements of a token, of two tokens at a time; d is 64 or 128. */
KERNEL(256) cluster_apart(const __grid_constant__ ClusterApart c) {
    __shared__ float sums[256 / 8];
    int map = blockIdx.y, cluster = blockIdx.x, lanes = c.d / 8;
    int mine = threadIdx.x % lanes * 8, token = threadIdx.x / lanes, tokens = blockDim.x / lanes;
    const int* bounds = c.bounds + (i64)map * c.stride + c.first + cluster;
    const int* order = c.order + (i64)map * c.n;
    i64 mean = ((i64)map * c.clusters + cluster) * c.d + mine;
    i64 value = ((i64)map * (c.stride - 1) + c.first + cluster) * c.d + mine;
    float kbar[8], vbar[8];
    for (int i = 0; i < 8; i++) {
        kbar[i] = c.keys[mean + i];
        vbar[i] = c.values[value + i];
    }
    float total = 0;
    int end = bounds[1];
    for (int first = bounds[0]; first < end; first += 2 * tokens) {
        uint4 k[2], v[2];
#pragma unroll
        for (int two = 0; two < 2; two++) {
            int p = first + two * tokens + token;
            i64 from = ((i64)map * c.n + (p < end ? order[p] : 0)) * c.d + mine;
            k[two] = *(const uint4*)(c.k + from);
            v[two] = *(const uint4*)(c.v + from);
        }
#pragma unroll
        for (int two = 0; two < 2; two++) {
            int p = first + two * tokens + token;
            float x[8], apart = 0, along = 0, square = 0;
            eight_floats(k[two], x);
            for (int i = 0; i < 8; i++) x[i] -= kbar[i];
            uint4 centred = make_uint4(pack_bf16(x[0], x[1]), pack_bf16(x[2], x[3]), pack_bf16(x[4], x[5]),
                                       pack_bf16(x[6], x[7]));
            eight_floats(v[two], x);
            for (int i = 0; i < 8; i++) {
                float u = x[i] - vbar[i];
                apart += u * u;
                along += u * x[i];
                square += x[i] * x[i];
            }
            for (int i = lanes / 2; i > 0; i /= 2) {
                apart += __shfl_xor_sync(~0u, apart, i);
                along += __shfl_xor_sync(~0u, along, i);
                square += __shfl_xor_sync(~0u, square, i);
            }
            if (p >= end) continue;
            *(uint4*)(c.centred + ((i64)map * c.n + p) * c.d + mine) = centred;
            total += apart;
            if (mine == 0) c.terms[(i64)map * c.n + p] = make_float2(2 * along, square);
        }
    }
    if (mine == 0) sums[token] = total;
    __syncthreads();
    if (threadIdx.x == 0) {
        float all = 0;
        for (int i = 0; i < tokens; i++) all += sums[i];
        c.apart[(i64)map * c.clusters + cluster] = all;
    }
}
