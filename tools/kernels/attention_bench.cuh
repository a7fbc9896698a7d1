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

#define CHECK(call)                                                                   \
    do {                                                                              \
        cudaError_t e_ = (call);                                                      \
        if (e_ != cudaSuccess) {                                                      \
            printf("%s:%d %s: %s\n", __FILE__, __LINE__, #call, cudaGetErrorString(e_)); \
            exit(2);                                                                  \
        }                                                                             \
    } while (0)

struct Shape {
    int batch, heads, queries, keys, d;
};

/** Device memory for the life of the process. */
template <class X>
X* device(size_t n) {
    void* p;
    CHECK(cudaMalloc(&p, n * sizeof(X)));
    return (X*)p;
}

__host__ __device__ inline float from_bf16(u16 x) {
    u32 bits = (u32)x << 16;
    float f;
    memcpy(&f, &bits, 4);
    return f;
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

/** The map of [batch, heads, tokens, d] for boxes of `rows` tokens and `panels` x 64 channels. */
inline TensorMap map_of(const u16* at, const Shape& s, int tokens, int rows, int panels) {
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
    cuuint32_t box[] = {64, (cuuint32_t)rows, (cuuint32_t)panels, 1, 1};
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

/** A plan as the reference reads it: KeyPattern.Segment and AttentionPlan.Kind, spans inside. */
struct SegmentSpec {
    int from, to;
    int spans;
    Range span[4];
    int banded;
    Band band;
};

struct KindSpec {
    Order order{0, 1, 1};
    int segments;
    SegmentSpec segment[6];
};

constexpr int KINDS = 2;

// ---- plans, as org.svgen.sparse makes them ----

inline SegmentSpec segment(int from, int to, std::vector<Range> spans) {
    SegmentSpec s{};
    s.from = from;
    s.to = to;
    s.spans = (int)spans.size();
    std::copy(spans.begin(), spans.end(), s.span);
    return s;
}

inline SegmentSpec banded(SegmentSpec s, int origin, int step, int block_origin, int block, int reach,
                      int clip_from, int clip_to) {
    s.banded = 1;
    s.band = {origin, step, block_origin, block, reach, clip_from, clip_to};
    return s;
}

inline void add(KindSpec& k, const SegmentSpec& s) {
    if (s.to > s.from) {
        k.segment[k.segments++] = s;
    }
}

struct Plan {
    std::string name;
    int kinds;
    KindSpec kind[KINDS];
};

inline Plan dense(int queries, int keys) {
    Plan p{"dense", 1, {}};
    add(p.kind[0], segment(0, queries, {{0, keys}}));
    return p;
}

enum class Text { FIRST, LAST, NONE };

/** org.svgen.sparse.Band: frames x places, text, prompt (the text that is no padding), half width. */
inline Plan band(int frames, int places, Text text, int c, int prompt, int half, int sink) {
    char name[100];
    snprintf(name, sizeof name, "band F%d P%d text %s %d/%d W%d sink %d", frames, places,
             text == Text::FIRST ? "first" : text == Text::LAST ? "last" : "none", prompt, c, half, sink);
    Plan p{name, 2, {}};
    int video = text == Text::FIRST ? c : 0, end = video + frames * places;
    int text_from = text == Text::FIRST ? 0 : end, prompt_to = text_from + prompt, n = c + frames * places;
    int sink_to = video + sink * places;
    for (int temporal = 0; temporal < 2; temporal++) {
        KindSpec& k = p.kind[temporal];
        if (temporal) k.order = {sink_to, frames - sink, places};
        std::vector<Range> real{{0, text == Text::FIRST ? n : prompt_to}}, spans;
        if (text == Text::FIRST) add(k, segment(0, c, real));
        if (text == Text::FIRST) spans.push_back({0, c});
        if (sink) spans.push_back({video, sink_to});
        if (text == Text::LAST && prompt) spans.push_back({text_from, prompt_to});
        int later = frames - sink;
        SegmentSpec first = segment(video, sink_to, spans), rest = segment(sink_to, end, spans);
        if (half > 0) {
            first = banded(first, temporal ? sink_to + later / 2 : video, temporal ? later : 1, 0, 1,
                           half - 1, sink_to, end);
            rest = banded(rest, sink_to, 1, 0, 1, half - 1, sink_to, end);
        }
        add(k, first);
        add(k, rest);
        if (text == Text::LAST) {
            if (prompt) add(k, segment(text_from, prompt_to, real));
            add(k, segment(prompt_to, n, {{prompt_to, n}}));
        }
    }
    return p;
}

/** KeyPattern.Segment.bandFrom and bandTo, written again from their definition. */
__host__ __device__ inline bool keeps(const KindSpec& k, int q, int key) {
    for (int i = 0; i < k.segments; i++) {
        const SegmentSpec& s = k.segment[i];
        if (q < s.from || q >= s.to) continue;
        for (int j = 0; j < s.spans; j++) {
            if (key >= s.span[j].from && key < s.span[j].to) return true;
        }
        if (!s.banded || key < s.band.clip_from || key >= s.band.clip_to) return false;
        long long a = (long long)s.band.origin + (long long)(q - s.from) * s.band.step - s.band.block_origin;
        long long b = (long long)key - s.band.block_origin;
        a = a >= 0 ? a / s.band.block : -((-a + s.band.block - 1) / s.band.block);
        b = b >= 0 ? b / s.band.block : -((-b + s.band.block - 1) / s.band.block);
        return (a > b ? a - b : b - a) <= s.band.reach;
    }
    return false;
}

/** Pairs that a kind keeps. */
inline double pairs(const KindSpec& k) {
    double n = 0;
    for (int i = 0; i < k.segments; i++) {
        const SegmentSpec& s = k.segment[i];
        for (int j = 0; j < s.spans; j++) n += (double)(s.span[j].to - s.span[j].from) * (s.to - s.from);
        for (int q = s.from; s.banded && q < s.to; q++) {
            long long c = (long long)s.band.origin + (long long)(q - s.from) * s.band.step;  // blocks of one
            long long from = std::max<long long>(c - s.band.reach, s.band.clip_from);
            long long to = std::min<long long>(c + s.band.reach + 1, s.band.clip_to);
            n += std::max<long long>(0, to - from);
        }
    }
    return n;
}

/** The plan as the kernel reads it. */
inline std::vector<int> encode(const Plan& p) {
    std::vector<int> kinds, segments, spans;
    for (int i = 0; i < p.kinds; i++) {
        const KindSpec& k = p.kind[i];
        kinds.insert(kinds.end(), {(int)segments.size() / 12, k.segments, k.order.start, k.order.rows,
                                   k.order.columns});
        for (int j = 0; j < k.segments; j++) {
            const SegmentSpec& s = k.segment[j];
            const Band& b = s.band;
            segments.insert(segments.end(), {s.from, s.to, (int)spans.size() / 2, s.spans, s.banded, b.origin,
                                             b.step, b.block_origin, b.block, b.reach, b.clip_from, b.clip_to});
            for (int l = 0; l < s.spans; l++) spans.insert(spans.end(), {s.span[l].from, s.span[l].to});
        }
    }
    int at = 4 + (int)kinds.size();
    std::vector<int> all{p.kinds, at, at + (int)segments.size(), 0};
    for (auto* part : {&kinds, &segments, &spans}) all.insert(all.end(), part->begin(), part->end());
    return all;
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
