// Checks, then times, the profile and the splitting of heads. Needs no Java and no libraries:
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o pieces_bench tools/kernels/pieces_bench.cu
//   pieces_bench check | time
// KERNELS names another folder of sources, to time variants of them.
#include "attention_bench.cuh"

#ifndef KERNELS
#define KERNELS ../../cuda/src/main/cuda
#endif
#define TEXT_OF(x) #x
#define PATH(folder, file) TEXT_OF(folder/file)

namespace profiling {
#include PATH(KERNELS, profile.cu)
}
namespace splitting {
#include PATH(KERNELS, heads.cu)
}

/** Milliseconds: the median of some launches after one. */
template <class F>
static double median(F&& launch) {
    std::vector<float> times;
    cudaEvent_t a, b;
    CHECK(cudaEventCreate(&a));
    CHECK(cudaEventCreate(&b));
    for (int i = 0; i < 10; i++) {
        CHECK(cudaEventRecord(a));
        launch();
        CHECK(cudaEventRecord(b));
        CHECK(cudaEventSynchronize(b));
        float ms;
        CHECK(cudaEventElapsedTime(&ms, a, b));
        if (i > 0) times.push_back(ms);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/** A block a row and head: dense attention before `limit` and that of two kinds, in double. */
__global__ void attended(const u16* q, const u16* k, const u16* v, Shape s, const KindSpec* plan, int limit,
                         float scale, const int* rows, int count, float* scores, double* out) {
    int row = rows[blockIdx.x], head = blockIdx.y, way = blockIdx.z;
    const KindSpec& kind = plan[way == 0 ? 0 : way - 1];
    float* score = scores + (((size_t)way * gridDim.y + head) * count + blockIdx.x) * s.keys;
    const u16* query = q + ((size_t)head * s.queries + row) * s.d;
    int at = row;
    for (int i = 0; way > 0 && i < s.queries; i++) {
        if (stored(kind.order, i) == row) at = i;
    }
    __shared__ double shared[128];
    double most = -1e300;
    for (int j = threadIdx.x; j < s.keys; j += 128) {
        int from = way == 0 ? j : stored(kind.order, j);
        double x = -INFINITY;
        if (way == 0 ? j < limit : keeps(kind, at, j)) {
            x = 0;
            for (int i = 0; i < s.d; i++) x += (double)from_bf16(query[i]) * from_bf16(k[((size_t)head * s.keys + from) * s.d + i]);
            x *= scale;
        }
        score[j] = (float)x;
        most = fmax(most, (double)score[j]);
    }
    shared[threadIdx.x] = most;
    __syncthreads();
    for (int i = 0; i < 128; i++) most = fmax(most, shared[i]);
    if (threadIdx.x >= s.d) return;
    double sum = 0, total = 0;
    for (int j = 0; j < s.keys; j++) {
        if (score[j] == -INFINITY) continue;
        double p = exp((double)score[j] - most);
        int from = way == 0 ? j : stored(kind.order, j);
        total += p;
        sum += p * from_bf16(v[((size_t)head * s.keys + from) * s.d + threadIdx.x]);
    }
    out[(((size_t)way * gridDim.y + head) * count + blockIdx.x) * s.d + threadIdx.x] = total > 0 ? sum / total : 0;
}

/** A call of the profile, as TensorCoreProfile.java makes it. */
struct Profiled {
    Shape s;
    int count, heads, splits, limit;
    profiling::Profile p{};
    int *planned, *rows, tiles;
    u32* masks;
    size_t mask_words;
    int mergers;
    double* squares;
    float *errors, *energies;
    size_t part_bytes;

    Profiled(const Shape& s, const Plan& plan, int count, int limit, float factor)
        : s(s), count(count), heads(s.batch * s.heads), limit(limit) {
        size_t n = (size_t)heads * s.keys * s.d;
        u16 *q = device<u16>(n), *k = device<u16>(n), *v = device<u16>(n);
        random_bf16(q, n, 21, factor);
        random_bf16(k, n, 22, 1);
        random_bf16(v, n, 23, 1);
        std::vector<int> ints = encode(plan), chosen(count);
        for (int i = 0; i < count; i++) chosen[i] = (int)(rand() / (RAND_MAX + 1.0) * limit);
        std::sort(chosen.begin(), chosen.end());
        planned = device<int>(ints.size()), rows = device<int>(count);
        CHECK(cudaMemcpy(planned, ints.data(), ints.size() * 4, cudaMemcpyDefault));
        CHECK(cudaMemcpy(rows, chosen.data(), count * 4, cudaMemcpyDefault));
        tiles = ceil_div(count, 64);
        mask_words = (size_t)ceil_div(s.keys, 64) * 2 * tiles * 128;
        masks = device<u32>(mask_words);
        int slots = 132 * (s.d == 64 ? 3 : 2);
        int most = std::max(1, std::min(64, ceil_div(s.keys, 256)));
        double busiest = 0;
        for (int i = 1; i <= most && busiest < 0.95; i++) {
            int all = heads * tiles * i;
            double busy = (double)all / (ceil_div(all, slots) * slots);
            if (busy > busiest) busiest = busy, splits = i;
        }
        if (getenv("SPLITS")) splits = atoi(getenv("SPLITS"));
        mergers = ceil_div(count, profiling::MERGED);
        part_bytes = (size_t)heads * tiles * splits * 64 * (3 * (s.d + 1) + 1) * 4;
        squares = device<double>(heads * mergers * 3);
        errors = device<float>(2 * heads), energies = device<float>(heads);
        p = {q, k, v, masks, rows, (float*)device<char>(part_bytes), s.queries, s.keys, count, limit, s.keys, splits,
             1.44269504f / std::sqrt((float)s.d)};
    }

    void poison() {
        CHECK(cudaMemset(masks, 0x55, mask_words * 4));
        CHECK(cudaMemset(p.partial, 0xFF, part_bytes));
        CHECK(cudaMemset(squares, 0xFF, heads * mergers * 24));
        CHECK(cudaMemset(errors, 0xFF, heads * 8));
        CHECK(cudaMemset(energies, 0xFF, heads * 4));
    }

    void pass() {
        using namespace profiling;
        auto kernel = s.d == 64 ? profile_d64 : profile_d128;
        int shared = (profiling::ROWS + STAGES * 2 * profiling::KEYS) * (s.d + 8) * 2 +
                     2 * WAYS * profiling::THREADS * 4;
        CHECK(cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, shared));
        kernel<<<dim3(ceil_div(count, 64) * splits, heads), profiling::THREADS, shared>>>(p);
        CHECK(cudaGetLastError());
    }

    void launch() {
        using namespace profiling;
        profile_masks<<<dim3(ceil_div(s.keys, 64) * 2, tiles), profiling::THREADS>>>(planned, rows, count, masks);
        pass();
        profile_squares<<<dim3(mergers, heads), MERGERS>>>(p.partial, count, splits, s.d, squares);
        profile_means<<<ceil_div(heads, 128), 128>>>(squares, mergers, heads, 2, (float)count * s.d, errors, energies);
        CHECK(cudaGetLastError());
    }

    bool check(const Plan& plan, const char* name) {
        poison();
        launch();
        std::vector<float> got(2 * heads), again(2 * heads);
        std::vector<float> energy(heads);
        CHECK(cudaMemcpy(got.data(), errors, heads * 8, cudaMemcpyDefault));
        CHECK(cudaMemcpy(energy.data(), energies, heads * 4, cudaMemcpyDefault));
        poison();
        launch();
        CHECK(cudaMemcpy(again.data(), errors, heads * 8, cudaMemcpyDefault));
        KindSpec* table = device<KindSpec>(KINDS);
        CHECK(cudaMemcpy(table, plan.kind, sizeof(KindSpec) * KINDS, cudaMemcpyDefault));
        size_t n = (size_t)3 * heads * count;
        float* scores = device<float>(n * s.keys);
        double* out = device<double>(n * s.d);
        attended<<<dim3(count, heads, 3), 128>>>(p.q, p.k, p.v, s, table, limit, 1 / std::sqrt((float)s.d), p.rows, count, scores, out);
        std::vector<double> o(n * s.d);
        CHECK(cudaMemcpy(o.data(), out, o.size() * 8, cudaMemcpyDefault));
        double error = 0, norm = 0;
        size_t per = (size_t)count * s.d;
        for (int h = 0; h < heads; h++) {
            double mean[3] = {};
            for (size_t i = 0; i < per; i++) {
                double dense = o[h * per + i];
                for (int w = 0; w < 3; w++) {
                    double x = w ? o[(w * heads + h) * per + i] - dense : dense;
                    mean[w] += x * x / per;
                }
            }
            for (int j = 0; j < 2; j++) {
                double d = got[j * heads + h] - mean[j + 1];
                error += d * d;
                norm += mean[j + 1] * mean[j + 1];
            }
            double d = energy[h] - mean[0];
            error += d * d;
            norm += mean[0] * mean[0];
        }
        double relative = std::sqrt(error / (norm + 1e-300));
        bool ok = relative < 1e-2 && memcmp(got.data(), again.data(), heads * 8) == 0;
        printf("%s profile d%d %d rows, %s: relative error %.1e\n", ok ? "ok   " : "WRONG", s.d, count, name, relative);
        return ok;
    }
};

__global__ void fill_f32(float* to, size_t n, u32 seed) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x) {
        to[i] = (int)mix((u32)i + seed * 0x9e3779b9u) * 4.6e-10f;
    }
}

/** A call of the splitting, as RowNorms.java makes it. */
struct Splits {
    splitting::SplitHeads a{};
    int in_bytes, out_bytes;

    Splits(int batch, int tokens, int heads, int dim, bool f32_in, bool f32_out, int norm, int rope_from, int rotated, int out_from, int out_tokens) {
        in_bytes = f32_in ? 4 : 2;
        out_bytes = f32_out ? 4 : 2;
        size_t n = (size_t)batch * tokens * heads * dim;
        void* x = device<char>(n * in_bytes);
        if (f32_in) {
            fill_f32<<<1024, 256>>>((float*)x, n, 31);
        } else {
            random_bf16((u16*)x, n, 31, 1);
        }
        a.x = {x, f32_in ? 0 : 1, 0};
        a.out = {device<char>((size_t)batch * out_tokens * heads * dim * out_bytes), f32_out ? 0 : 1, 0};
        float* f = device<float>((size_t)2 * rotated * dim + 2 * dim);
        fill_f32<<<1024, 256>>>(f, (size_t)2 * rotated * dim + 2 * dim, 32);
        a.weight = {f, 0, 0};
        a.bias = {norm == 1 ? f + dim : nullptr, 0, 0};
        a.cos = rotated ? f + 2 * dim : nullptr;
        a.sin = rotated ? a.cos + (size_t)rotated * dim : nullptr;
        a.norm = norm;
        a.eps = 1e-6f;
        a.batch = batch, a.tokens = tokens, a.heads = heads, a.dim = dim, a.rope_from = rope_from, a.rotated = rotated;
        a.out_tokens = out_tokens, a.out_from = out_from;
    }

    template <class F>
    void launch(F kernel) {
        size_t blocks = ((size_t)a.batch * a.tokens * a.dim + 256 * splitting::WARPS - 1) / (256 * splitting::WARPS);
        kernel<<<blocks, 32 * splitting::WARPS>>>(a);
        CHECK(cudaGetLastError());
    }

    double bytes() const {
        double n = (double)a.batch * a.tokens * a.heads * a.dim;
        return n * (in_bytes + out_bytes) + (a.cos ? 8.0 * a.batch * a.rotated * a.dim : 0);
    }

    size_t out_size() const { return (size_t)a.batch * a.out_tokens * a.heads * a.dim * out_bytes; }
};

template <class T>
__device__ double element(const void* x, size_t i);
template <>
__device__ double element<float>(const void* x, size_t i) { return ((const float*)x)[i]; }
template <>
__device__ double element<u16>(const void* x, size_t i) { return from_bf16(((const u16*)x)[i]); }

/** A block a vector: squares of differences and of the expected, and of whatever else was written. */
template <class X, class O>
__global__ void compare(splitting::SplitHeads s, double* sums) {
    size_t token = blockIdx.x;
    int n = token % s.tokens, b = token / s.tokens, h = blockIdx.y, d = threadIdx.x;
    size_t at = (token * s.heads + h) * s.dim;
    double mean = 0, squares = 0;
    for (int i = 0; s.norm == 1 && i < s.dim; i++) mean += element<X>(s.x.at, at + i) / s.dim;
    for (int i = 0; i < s.dim; i++) {
        double x = element<X>(s.x.at, at + i) - mean;
        squares += x * x / s.dim;
    }
    double inverse = s.norm ? 1 / sqrt(squares + s.eps) : 1;
    auto value = [&](int i) {
        double x = (element<X>(s.x.at, at + i) - mean) * inverse;
        if (s.norm) x = x * ((float*)s.weight.at)[i] + (s.bias.at ? ((float*)s.bias.at)[i] : 0);
        return x;
    };
    double want = value(d);
    int r = n - s.rope_from;
    if (s.cos && r >= 0 && r < s.rotated) {
        size_t t = (size_t)r * s.dim + d;
        want = want * s.cos[t] + value(d ^ 1) * s.sin[t] * (d % 2 ? 1 : -1);
    }
    double got = element<O>(s.out.at, (((size_t)b * s.heads + h) * s.out_tokens + s.out_from + n) * s.dim + d);
    double e = got - want;
    if (!(e == e)) e = 1e30;
    atomicAdd(sums, e * e);
    atomicAdd(sums + 1, want * want);
}

template <class X, class O, class F>
static bool check_split(const char* name, F kernel, Splits c) {
    CHECK(cudaMemset(c.a.out.at, 0xFF, c.out_size()));
    c.launch(kernel);
    double *sums = device<double>(2), host[2];
    CHECK(cudaMemset(sums, 0, 16));
    compare<X, O><<<dim3(c.a.batch * c.a.tokens, c.a.heads), c.a.dim>>>(c.a, sums);
    CHECK(cudaMemcpy(host, sums, 16, cudaMemcpyDefault));
    std::vector<unsigned char> out(c.out_size());
    CHECK(cudaMemcpy(out.data(), c.a.out.at, out.size(), cudaMemcpyDefault));
    size_t row = (size_t)c.a.dim * c.out_bytes, stray = 0;
    for (size_t i = 0; i < out.size() / row; i++) {
        int t = i % c.a.out_tokens - c.a.out_from;
        if (t >= 0 && t < c.a.tokens) continue;
        for (size_t j = 0; j < row; j++) stray += out[i * row + j] != 0xFF;
    }
    double relative = std::sqrt(host[0] / host[1]);
    bool ok = relative < (c.out_bytes == 2 ? 4e-3 : 1e-6) && stray == 0;
    printf("%s %s norm %d: relative error %.1e, stray bytes %zu\n", ok ? "ok   " : "WRONG", name, c.a.norm, relative, stray);
    return ok;
}

#define SPLIT_KERNELS(USE)                                   \
    USE(64, u16, u16, split_heads_64_bf16)                   \
    USE(128, u16, u16, split_heads_128_bf16)                 \
    USE(64, float, float, split_heads_64_f32)                \
    USE(128, float, float, split_heads_128_f32)              \
    USE(64, float, u16, split_heads_64_f32_bf16)             \
    USE(128, float, u16, split_heads_128_f32_bf16)

static bool check() {
    bool ok = true;
    for (int norm = 0; norm < 3; norm++) {
#define CHECK_ONE(dim, X, O, kernel)                                                                     \
    ok &= check_split<X, O>(#kernel, splitting::kernel,                                                  \
                            Splits(2, 333, 5, dim, sizeof(X) == 4, sizeof(O) == 4, norm, 7, 300, 9, 400)); \
    ok &= check_split<X, O>(#kernel, splitting::kernel,                                                  \
                            Splits(1, 100, 24, dim, sizeof(X) == 4, sizeof(O) == 4, norm, 0, 0, 0, 100));
        SPLIT_KERNELS(CHECK_ONE)
    }
    for (int d : {64, 128}) {
        for (auto& c : cases()) {
            if (c.second.kinds != 2 || c.first.queries != c.first.keys) continue;
            Shape s = c.first;
            s.d = d;
            for (int count : {7, 64, 150}) {
                for (int limit : {s.keys, s.keys - 33}) {
                    ok &= Profiled(s, c.second, count, limit, count == 7 ? 8 : 1).check(c.second, c.second.name.c_str());
                }
            }
        }
    }
    printf(ok ? "all right\n" : "WRONG\n");
    return ok;
}

static void time_profile(const char* name, Shape s, const Plan& plan, int rows) {
    Profiled c(s, plan, rows, s.keys, 1);
    c.poison();
    double all = median([&] { c.launch(); }), pass = median([&] { c.pass(); });
    double bytes = 4.0 * c.heads * s.keys * s.d;
    printf("%s %d rows, %d splits: %.3f ms, %.2f TB/s of keys and values (the pass alone %.3f ms, %.2f)\n", name, rows, c.splits, all,
           bytes / all * 1e-9, pass, bytes / pass * 1e-9);
    fflush(stdout);
    for (void* p : {(void*)c.p.q, (void*)c.p.k, (void*)c.p.v, (void*)c.p.partial}) CHECK(cudaFree(p));
}

template <class F>
static void time_split(const char* name, F kernel, Splits c) {
    CHECK(cudaMemset(c.a.out.at, 0xFF, c.out_size()));
    double ms = median([&] { c.launch(kernel); });
    printf("%s [%d,%d,%d,%d] norm %d, rotated %d: %.3f ms, %.2f TB/s\n", name, c.a.batch, c.a.tokens, c.a.heads, c.a.dim,
           c.a.norm, c.a.rotated, ms, c.bytes() / ms * 1e-9);
    fflush(stdout);
    for (void* p : {c.a.x.at, c.a.out.at, c.a.weight.at}) CHECK(cudaFree(p));
}

int main(int argc, char** argv) {
    srand(5);
    std::string what = argc > 1 ? argv[1] : "check";
    if (what == "check") return !check();
    // Video, text last with padding for HunyuanVideo, first for CogVideoX; half widths for a quarter kept.
    Plan hunyuan = band(33, 3600, Text::LAST, 256, 60, 15000, 0), cog = band(11, 4080, Text::FIRST, 226, 226, 5800, 0);
    for (int rows : {64, 128}) time_profile("hunyuan", {1, 24, 119056, 119056, 128}, hunyuan, rows);
    for (int rows : {64, 128}) time_profile("cog", {2, 48, 45106, 45106, 64}, cog, rows);
    using namespace splitting;
    time_split("hunyuan bf16", split_heads_128_bf16, Splits(1, 119056, 24, 128, 0, 0, 2, 0, 118800, 0, 119056));
    time_split("hunyuan bf16", split_heads_128_bf16, Splits(1, 119056, 24, 128, 0, 0, 0, 0, 0, 0, 119056));
    time_split("hunyuan f32 to bf16", split_heads_128_f32_bf16, Splits(1, 119056, 24, 128, 1, 0, 2, 0, 118800, 0, 119056));
    time_split("hunyuan f32", split_heads_128_f32, Splits(1, 119056, 24, 128, 1, 1, 2, 0, 118800, 0, 119056));
    time_split("cog bf16", split_heads_64_bf16, Splits(2, 45106, 48, 64, 0, 0, 1, 226, 44880, 0, 45106));
    time_split("cog bf16", split_heads_64_bf16, Splits(2, 45106, 48, 64, 0, 0, 0, 0, 0, 0, 45106));
    time_split("cog f32 to bf16", split_heads_64_f32_bf16, Splits(2, 45106, 48, 64, 1, 0, 1, 226, 44880, 0, 45106));
    return 0;
}
