// What the matrix product's bench needs: random data, tensor maps, a reference, cuBLASLt.
#pragma once

#include <cuda.h>
#include <cudaTypedefs.h>
#include <cuda_runtime.h>
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#define CHECK(call)                                                                   \
    do {                                                                              \
        cudaError_t e_ = (call);                                                      \
        if (e_ != cudaSuccess) {                                                      \
            printf("%s:%d %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(e_)); \
            exit(2);                                                                  \
        }                                                                             \
    } while (0)

/** out [m, n], of [m, split] and [m, k - split] side by side, and [n, k]. */
struct Shape {
    int m, n, k, split;
};

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

/** A normal number that depends on i and seed alone. */
__device__ inline float normal(size_t i, u32 seed) {
    u32 a = mix((u32)i * 2 + seed * 0x9e3779b9u), b = mix(a + (u32)(i >> 31) + 0x85ebca6bu);
    return sqrtf(-2 * logf((a + 0.5f) * 2.3283064e-10f)) * cospif(b * 4.656613e-10f);
}

__global__ void fill(u16* to, size_t n, u32 seed, float factor) {
    for (size_t i = thread_index(); i < n; i += thread_count()) to[i] = float_to_bf16(factor * normal(i, seed));
}

inline void random_bf16(u16* to, size_t n, u32 seed, float factor) {
    fill<<<1024, 256>>>(to, n, seed, factor);
    CHECK(cudaGetLastError());
}

/** In boxes of 128 bytes and `box` rows. */
inline TensorMap map_of(const void* at, int rows, int columns, int box, bool f32 = false) {
    static PFN_cuTensorMapEncodeTiled_v12000 encode = nullptr;
    if (encode == nullptr) {
        void* f = nullptr;
        cudaDriverEntryPointQueryResult found;
        CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000,
                                               cudaEnableDefault, &found));
        encode = (PFN_cuTensorMapEncodeTiled_v12000)f;
    }
    CUtensorMap map;
    cuuint64_t sizes[] = {(cuuint64_t)columns, (cuuint64_t)rows}, strides[] = {(cuuint64_t)columns * (f32 ? 4 : 2)};
    cuuint32_t boxes[] = {f32 ? 32u : 64u, (cuuint32_t)box}, steps[] = {1, 1};
    CUresult r = encode(&map, f32 ? CU_TENSOR_MAP_DATA_TYPE_FLOAT32 : CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2, (void*)at, sizes, strides, boxes,
                        steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (r != CUDA_SUCCESS) {
        printf("cuTensorMapEncodeTiled: error %d for %d x %d\n", (int)r, rows, columns);
        exit(2);
    }
    TensorMap t;
    memcpy(&t, &map, sizeof t);
    return t;
}

struct Difference {
    double error, norm;
    u64 bad, first;
};

/** Elements, evenly spread, against the definition in double precision. */
__global__ void difference(const u16* a, const u16* a2, const u16* b, const u16* bias,
                           const void* out, int type, Shape s, int function, size_t count, Difference* d) {
    size_t all = (size_t)s.m * s.n;
    for (size_t i = thread_index(); i < count; i += thread_count()) {
        size_t at = count == all ? i : (size_t)((double)i / count * all) + mix((u32)i) % 4096;
        if (i + 1 == count || at >= all) at = all - 1;
        size_t m = at / s.n, n = at % s.n;
        double y = bf16_to_float(bias[n]);
        for (int k = 0; k < s.k; k++) {
            u16 x = k < s.split ? a[m * s.split + k] : a2[m * (s.k - s.split) + k - s.split];
            y += (double)bf16_to_float(x) * bf16_to_float(b[n * s.k + k]);
        }
        if (function == GELU_TANH) y = 0.5 * y * (1 + tanh(0.7978845608 * (y + 0.044715 * y * y * y)));
        double x = load({(void*)out, type}, at);
        bool bad = !(fabs(x - y) <= (type == F32 ? 2e-3 : 1e-2) * (1 + fabs(y)));
        if (bad) {
            if (atomicAdd(&d->bad, 1ull) == 0) d->first = at;
        } else {
            atomicAdd(&d->error, (x - y) * (x - y));
            atomicAdd(&d->norm, y * y);
        }
    }
}

/** cuBLASLt, found at run time. Numbers are those of its header. */
struct Lt {
    typedef void* Handle;
    struct Algorithm {
        u64 data[8];
        size_t workspace;
        int state;
        float waves;
        int reserved[4];
    };
    struct Plan {
        Handle desc, a, b, d;
        Algorithm algorithm;
    };
    void* library = nullptr;
    Handle handle = nullptr;
    void* workspace = nullptr;
    static const size_t WORKSPACE = 32 << 20;

    template <class... A>
    int call(const char* name, A... arguments) {
        auto f = (int (*)(A...))dlsym(library, name);
        int r = f ? f(arguments...) : -1;
        if (r) printf("%s: %d\n", name, r);
        return r;
    }

    Lt() {
        for (const char* name : {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so"})
            if (!library) library = dlopen(name, RTLD_NOW);
        if (!library) {
            printf("no cuBLASLt: %s\n", dlerror());
            return;
        }
        workspace = device<char>(WORKSPACE);
        call("cublasLtCreate", &handle);
    }

    /** The first few that the library proposes; its order. */
    std::vector<Plan> plans(Shape s, bool gelu, const u16* bias) {
        std::vector<Plan> plans;
        if (!library) return plans;
        Plan p{};
        int transposed = 1, epilogue = gelu ? 36 : 4;
        size_t most = WORKSPACE;
        Handle preference;
        call("cublasLtMatmulDescCreate", &p.desc, 68, 0);
        call("cublasLtMatmulDescSetAttribute", p.desc, 3, (const void*)&transposed, sizeof transposed);
        call("cublasLtMatmulDescSetAttribute", p.desc, 7, (const void*)&epilogue, sizeof epilogue);
        call("cublasLtMatmulDescSetAttribute", p.desc, 8, (const void*)&bias, sizeof bias);
        call("cublasLtMatrixLayoutCreate", &p.a, 14, (u64)s.k, (u64)s.n, (i64)s.k);
        call("cublasLtMatrixLayoutCreate", &p.b, 14, (u64)s.k, (u64)s.m, (i64)s.k);
        call("cublasLtMatrixLayoutCreate", &p.d, 14, (u64)s.n, (u64)s.m, (i64)s.n);
        call("cublasLtMatmulPreferenceCreate", &preference);
        call("cublasLtMatmulPreferenceSetAttribute", preference, 1, (const void*)&most, sizeof most);
        Algorithm found[4];
        int count = 0;
        call("cublasLtMatmulAlgoGetHeuristic", handle, p.desc, p.a, p.b, p.d, p.d, preference, 4, found, &count);
        for (int i = 0; i < count; i++) {
            p.algorithm = found[i];
            plans.push_back(p);
        }
        return plans;
    }

    void run(const Plan& p, const void* weights, const void* x, void* out) {
        static const float one = 1, zero = 0;
        call("cublasLtMatmul", handle, p.desc, (const void*)&one, weights, p.a, x, p.b, (const void*)&zero,
             (const void*)out, p.d, out, p.d, (const void*)&p.algorithm, workspace, (size_t)WORKSPACE, (void*)nullptr);
    }
};
