// What the attention bench shares: errors, random data, tensor maps, plans, the reference.
#pragma once

#include <cuda.h>
#include <cudaTypedefs.h>
#include <cuda_runtime.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "attention_entry.cuh"
#include "../../cuda/src/main/cuda/attention_place.cu"
#include "attention_plans.hpp"

#define CHECK(call)                                                                   \
    do {                                                                              \
        cudaError_t e_ = (call);                                                      \
        if (e_ != cudaSuccess) {                                                      \
            printf("%s:%d %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(e_)); \
            exit(2);                                                                  \
        }                                                                             \
    } while (0)

/** Device memory for the life of the process. */
template <class X>
X* device(size_t n) {
    void* p;
    CHECK(cudaMalloc(&p, n * sizeof(X)));
    return (X*)p;
}

__device__ inline u32 mix(u32 x) {
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x *= 0x846ca68bu;
    return x ^ x >> 16;
}

/** Normal numbers times `factor`. */
__global__ void fill(u16* to, size_t n, u32 seed, float factor) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n;
         i += (size_t)gridDim.x * blockDim.x) {
        u32 a = mix((u32)i * 2 + seed * 0x9e3779b9u), b = mix(a + (u32)(i >> 31) + 0x85ebca6bu);
        float r = sqrtf(-2 * logf((a + 0.5f) * 2.3283064e-10f));
        to[i] = (u16)(pack_bf16(factor * r * cospif(b * 4.656613e-10f), 0) & 0xFFFF);
    }
}

inline void random_bf16(u16* to, size_t n, u32 seed, float factor) {
    fill<<<1024, 256>>>(to, n, seed, factor);
    CHECK(cudaGetLastError());
}

/** The map of [batch, heads, tokens, d] for boxes of `rows` tokens. */
inline TensorMap map_of(const u16* at, const Shape& s, int tokens, int rows) {
    static PFN_cuTensorMapEncodeTiled_v12000 encode = nullptr;
    if (encode == nullptr) {
        void* f = nullptr;
        cudaDriverEntryPointQueryResult found;
        CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000,
                                               cudaEnableDefault, &found));
        encode = (PFN_cuTensorMapEncodeTiled_v12000)f;
    }
    CUtensorMap map;
    cuuint64_t row = (cuuint64_t)s.d * 2;
    cuuint64_t sizes[] = {64, (cuuint64_t)tokens, (cuuint64_t)s.d / 64, (cuuint64_t)s.heads,
                          (cuuint64_t)s.batch};
    cuuint64_t strides[] = {row, 128, row * tokens, row * tokens * s.heads};
    cuuint32_t box[] = {64, (cuuint32_t)rows, (cuuint32_t)s.d / 64, 1, 1};
    cuuint32_t steps[] = {1, 1, 1, 1, 1};
    CUresult r = encode(&map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 5, (void*)at, sizes, strides, box,
                        steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (r != CUDA_SUCCESS) {
        printf("cuTensorMapEncodeTiled: error %d\n", (int)r);
        exit(2);
    }
    TensorMap t;
    memcpy(&t, &map, sizeof t);
    return t;
}

/** A query of the reference: batch entry times heads plus head, and the position in its order. */
struct Row {
    int head, at;
};

/** One block a row: scores, softmax and sum in double, straight from the definition. */
__global__ void reference(const u16* q, const u16* k, const u16* v, Shape s, const KindSpec* plan,
                          const int* kinds, float scale, const Row* rows, float* scores, float* out) {
    Row row = rows[blockIdx.x];
    const KindSpec& kind = plan[kinds[row.head]];
    float* score = scores + (size_t)blockIdx.x * s.keys;
    const u16* query = q + ((size_t)row.head * s.queries + stored(kind.order, row.at)) * s.d;
    __shared__ double shared[128];
    double most = -1e300;
    for (int j = threadIdx.x; j < s.keys; j += 128) {
        double x = -1e300;
        if (keeps(kind, row.at, j)) {
            const u16* key = k + ((size_t)row.head * s.keys + stored(kind.order, j)) * s.d;
            x = 0;
            for (int i = 0; i < s.d; i++) x += (double)from_bf16(query[i]) * from_bf16(key[i]);
            x *= scale;
        }
        score[j] = x == -1e300 ? -INFINITY : (float)x;
        most = fmax(most, (double)score[j]);
    }
    shared[threadIdx.x] = most;
    __syncthreads();
    for (int i = 0; i < 128; i++) most = fmax(most, shared[i]);
    __syncthreads();
    double sum = 0, total = 0;
    if (threadIdx.x < s.d) {
        for (int j = 0; j < s.keys; j++) {
            if (score[j] == -INFINITY) continue;
            double p = exp((double)score[j] - most);
            total += p;
            sum += p * from_bf16(v[((size_t)row.head * s.keys + stored(kind.order, j)) * s.d + threadIdx.x]);
        }
        out[(size_t)blockIdx.x * s.d + threadIdx.x] = total > 0 ? (float)(sum / total) : 0;
    }
}
