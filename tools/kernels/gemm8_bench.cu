// Checks and times variants of the Hopper matrix product of 8-bit operands beside that of bf16.
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o gemm8_bench gemm8_bench.cu -ldl
//   gemm8_bench check | small | error | time [ROUNDS]
#include "../../cuda/src/main/cuda/gemm8_hopper.cuh"
#include "../../cuda/src/main/cuda/quantise.cu"
#include "gemm_bench.cuh"

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) kernel(const __grid_constant__ Gemm8 g) {
    extern __shared__ __align__(1024) unsigned char shared[];
    multiply<T, Multiplier8>(g, shared);
}

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) kernel16(const __grid_constant__ Gemm g) {
    extern __shared__ __align__(1024) unsigned char shared[];
    multiply<T>(g, shared);
}

struct Entry {
    const char* name;
    int n, cluster, function, store, shared, promoted;
    void (*run)(Gemm8);
    void (*run16)(Gemm);
    bool timed;
};

template <class T>
static Entry entry(const char* name, bool timed = true) {
    return {name, T::N, T::CLUSTER, T::FUNCTION, T::STORE, T::SHARED, T::PROMOTED, kernel<T>, nullptr, timed};
}

template <class T>
static Entry entry16(const char* name) {
    return {name, T::N, T::CLUSTER, T::FUNCTION, T::STORE, T::SHARED, 0, nullptr, kernel16<T>, true};
}

static const Entry entries[] = {
    entry16<GemmVariant<256, 4, 2, NONE, PLAIN>>("bf16"),
    entry16<GemmVariant<256, 4, 2, GELU_TANH, PLAIN>>("bf16, gelu"),
    entry<Gemm8Variant<256, 4, 1, 2, 0, 1, NONE, PLAIN>>("deferred"),
    entry<Gemm8Variant<256, 4, 1, 2, 0, 0, NONE, PLAIN>>("not deferred"),
    entry<Gemm8Variant<256, 4, 1, 2, 1, 0, NONE, PLAIN>>("promoted 128"),
    entry<Gemm8Variant<256, 4, 1, 2, 2, 0, NONE, PLAIN>>("promoted 256"),
    entry<Gemm8Variant<128, 6, 1, 1, 2, 0, NONE, PLAIN>>("128 columns, promoted 256", false),
    entry<Gemm8Variant<256, 4, 1, 2, 0, 1, GELU_TANH, PLAIN>>("gelu, deferred"),
    entry<Gemm8Variant<128, 6, 1, 1, 2, 0, GELU_TANH, PLAIN>>("128 columns, gelu", false),
    entry<Gemm8Variant<256, 4, 3, 2, 0, 0, NONE, WIDE>>("f32", false),
    entry<Gemm8Variant<256, 4, 3, 2, 1, 0, NONE, WIDE>>("f32, promoted 128", false),
    entry<Gemm8Variant<256, 4, 3, 2, 2, 0, NONE, WIDE>>("f32, promoted 256", false),
    entry<Gemm8Variant<128, 6, 3, 1, 2, 0, NONE, WIDE>>("128 columns, f32", false),
};

/** Boxes of 128 columns of bytes. */
static TensorMap map8(const void* at, int rows, int columns, int box) {
    static PFN_cuTensorMapEncodeTiled_v12000 encode = nullptr;
    if (!encode) {
        void* f = nullptr;
        cudaDriverEntryPointQueryResult found;
        CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000, cudaEnableDefault, &found));
        encode = (PFN_cuTensorMapEncodeTiled_v12000)f;
    }
    CUtensorMap map;
    cuuint64_t sizes[] = {(cuuint64_t)columns, (cuuint64_t)rows}, strides[] = {(cuuint64_t)columns};
    cuuint32_t boxes[] = {128, (cuuint32_t)box}, steps[] = {1, 1};
    CUresult r = encode(&map, CU_TENSOR_MAP_DATA_TYPE_UINT8, 2, (void*)at, sizes, strides, boxes, steps, CU_TENSOR_MAP_INTERLEAVE_NONE,
                        CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (r != CUDA_SUCCESS) printf("cuTensorMapEncodeTiled: error %d for %d x %d\n", (int)r, rows, columns), exit(2);
    TensorMap t;
    memcpy(&t, &map, sizeof t);
    return t;
}

/** Of e4m3. */
__device__ double number(unsigned char x) {
    int e = x >> 3 & 15, f = x & 7;
    double v = e == 15 && f == 7 ? NAN : e ? ldexp(8.0 + f, e - 10) : ldexp((double)f, -9);
    return x & 128 ? -v : v;
}

enum Data { NORMAL, SHIFTED, OUTLIERS };

/** SHIFTED: activations with a mean, as after gelu, and weights that agree with it; OUTLIERS: one column in 512 is 300 times the others. */
__global__ void shape_data(u16* x, size_t n, int k, int data, float shift) {
    for (size_t i = thread_index(); i < n; i += thread_count()) {
        float v = bf16_to_float(x[i]);
        if (data == SHIFTED) v = v + shift;
        if (data == OUTLIERS && i % k % 512 == 7) v *= 300;
        x[i] = float_to_bf16(v);
    }
}

static void quantise(const u16* x, unsigned char* to, float* scales, int m, int k) {
    int threads = 128;
    while (threads * 32 < k) threads *= 2;
    quantise_rows<<<m, threads>>>(Quantise{x, nullptr, to, scales, k, 0});
    CHECK(cudaGetLastError());
}

struct Operands8 {
    Shape s;
    u16 *a, *b, *bias;
    unsigned char *a8, *b8;
    float *a_scales, *b_scales;
    void* out;

    Operands8(Shape s, Data data, size_t out_bytes) : s(s) {
        a = device<u16>((size_t)s.m * s.k), b = device<u16>((size_t)s.n * s.k), bias = device<u16>(s.n);
        a8 = device<unsigned char>((size_t)s.m * s.k), b8 = device<unsigned char>((size_t)s.n * s.k);
        a_scales = device<float>(s.m), b_scales = device<float>(s.n);
        out = device<char>(out_bytes + 16);
        float f = 1 / std::sqrt((float)s.k);
        random_bf16(a, (size_t)s.m * s.k, 1, 1), random_bf16(b, (size_t)s.n * s.k, 3, f), random_bf16(bias, s.n, 4, 1);
        shape_data<<<1024, 256>>>(a, (size_t)s.m * s.k, s.k, data, 0.5f);
        if (data == SHIFTED) shape_data<<<1024, 256>>>(b, (size_t)s.n * s.k, s.k, data, 0.5f * f);
        quantise(a, a8, a_scales, s.m, s.k), quantise(b, b8, b_scales, s.n, s.k);
        CHECK(cudaDeviceSynchronize());
    }

    ~Operands8() {
        for (void* p : {(void*)a, (void*)b, (void*)bias, (void*)a8, (void*)b8, (void*)a_scales, (void*)b_scales, out}) CHECK(cudaFree(p));
    }
};

/** Everything that a launch needs. */
struct Prepared {
    const Entry& e;
    Gemm8 g8{};
    Gemm g{};
    int clusters;

    Prepared(const Entry& e, const Operands8& o);

    void launch() const {
        cudaLaunchConfig_t c{};
        cudaLaunchAttribute attribute;
        attribute.id = cudaLaunchAttributeClusterDimension;
        attribute.val.clusterDim = {(unsigned)e.cluster, 1, 1};
        c.gridDim = dim3(clusters * e.cluster), c.blockDim = dim3(384), c.dynamicSmemBytes = e.shared;
        c.attrs = &attribute, c.numAttrs = 1;
        if (e.run16) {
            CHECK(cudaLaunchKernelEx(&c, e.run16, g));
        } else {
            CHECK(cudaLaunchKernelEx(&c, e.run, g8));
        }
    }
};

Prepared::Prepared(const Entry& e, const Operands8& o) : e(e) {
    const Shape& s = o.s;
    int rows = (s.m + 128 * e.cluster - 1) / (128 * e.cluster), columns = (s.n + e.n - 1) / e.n;
    clusters = std::min((long)rows * columns, 132L / e.cluster);
    if (e.run16) {
        g.a = g.a2 = map_of(o.a, s.m, s.k, 128), g.b = map_of(o.b, s.n, s.k, e.n / e.cluster), g.out = map_of(o.out, s.m, s.n, 16);
        g.bias = {o.bias, BF16}, g.m = s.m, g.n = s.n, g.k = g.split = s.k, g.group = 8;
        CHECK(cudaFuncSetAttribute(e.run16, cudaFuncAttributeMaxDynamicSharedMemorySize, e.shared));
        return;
    }
    g8.a = map8(o.a8, s.m, s.k, 128), g8.b = map8(o.b8, s.n, s.k, e.n / e.cluster);
    g8.out = map_of(o.out, s.m, s.n, e.store == WIDE ? 8 : 16, e.store == WIDE);
    g8.bias = {o.bias, BF16}, g8.row_scales = {o.a_scales, F32}, g8.column_scales = {o.b_scales, F32};
    g8.m = s.m, g8.n = s.n, g8.k = s.k, g8.group = 8;
    CHECK(cudaFuncSetAttribute(e.run, cudaFuncAttributeMaxDynamicSharedMemorySize, e.shared));
}

static void launch(const Entry& e, const Operands8& o) { Prepared(e, o).launch(); }

/** exact: of the numbers that were multiplied; whole: of those before they were quantised; mean: of (x - y) / |y| in units of the norm. */
struct Error {
    double exact, norm, whole, whole_norm, along;
    u64 bad, first;
};

__global__ void errors(const u16* a, const u16* b, const unsigned char* a8, const unsigned char* b8, const float* as, const float* bs, const u16* bias,
                       const void* out, int type, Shape s, int function, int eight, double tolerance, size_t count, Error* e) {
    size_t all = (size_t)s.m * s.n;
    for (size_t i = thread_index(); i < count; i += thread_count()) {
        size_t at = count == all ? i : (size_t)((double)i / count * all) + mix((u32)i) % 4096;
        if (i + 1 == count || at >= all) at = all - 1;
        size_t m = at / s.n, n = at % s.n;
        double y = 0, z = 0, size = 0;
        for (int k = 0; k < s.k; k++) {
            double p = (double)bf16_to_float(a[m * s.k + k]) * bf16_to_float(b[n * s.k + k]);
            z += p;
            double q = eight ? number(a8[m * s.k + k]) * number(b8[n * s.k + k]) : p;
            y += q, size += fabs(q);
        }
        double scale = eight ? (double)as[m] * bs[n] : 1, c = bf16_to_float(bias[n]);
        y = y * scale + c, z += c;
        if (function == GELU_TANH) {
            y = 0.5 * y * (1 + tanh(0.7978845608 * (y + 0.044715 * y * y * y)));
            z = 0.5 * z * (1 + tanh(0.7978845608 * (z + 0.044715 * z * z * z)));
        }
        double x = load({(void*)out, type}, at);
        if (!(fabs(x - y) <= 1e-2 * fabs(y) + 1e-2 + tolerance * size * scale)) {
            if (atomicAdd(&e->bad, 1ull) == 0) e->first = at;
        } else {
            atomicAdd(&e->exact, (x - y) * (x - y)), atomicAdd(&e->norm, y * y);
            atomicAdd(&e->whole, (x - z) * (x - z)), atomicAdd(&e->whole_norm, z * z);
            atomicAdd(&e->along, (x - y) * y);
        }
    }
}

static Error error_of(const Entry& e, const Operands8& o, size_t count) {
    size_t all = (size_t)o.s.m * o.s.n;
    Error* d = device<Error>(1);
    CHECK(cudaMemset(d, 0, sizeof *d));
    errors<<<1024, 128>>>(o.a, o.b, o.a8, o.b8, o.a_scales, o.b_scales, o.bias, o.out, e.store == WIDE ? F32 : BF16, o.s, e.function, e.run != nullptr,
                          e.run && !e.promoted ? 2e-3 : 3e-4, std::min(count, all), d);
    CHECK(cudaDeviceSynchronize());
    Error h;
    CHECK(cudaMemcpy(&h, d, sizeof h, cudaMemcpyDefault));
    CHECK(cudaFree(d));
    return h;
}

static int check(bool small) {
    int wrong = 0;
    const Shape shapes[] = {{1, 8, 16, 0}, {2, 264, 512, 0}, {130, 320, 144, 0}, {300, 1032, 3072, 0}, {257, 520, 1008, 0},
                            {2500, 3072, 720, 0}, {1000, 264, 15360, 0}, {4133, 6152, 208, 0}};
    for (const Entry& e : entries) {
        int bad = 0, cases = 0;
        double worst = 0;
        for (Shape s : shapes) {
            if (small && (double)s.m * s.n * s.k > 1e8) continue;
            size_t bytes = (size_t)s.m * s.n * (e.store == WIDE ? 4 : 2);
            Operands8 o(s, NORMAL, bytes);
            std::vector<char> got[2];
            cases++;
            bool ok = true;
            for (auto& x : got) {
                CHECK(cudaMemset(o.out, 0xFF, bytes + 16));
                launch(e, o);
                CHECK(cudaDeviceSynchronize());
                if (&x == got) {
                    Error r = error_of(e, o, (size_t)s.m * s.n);
                    worst = std::max(worst, std::sqrt(r.exact / r.norm));
                    if (r.bad) ok = false, printf("  %s, m %d n %d k %d: %llu bad, first at row %llu column %llu\n", e.name, s.m, s.n, s.k, r.bad, r.first / s.n, r.first % s.n);
                }
                x.resize(bytes + 16);
                CHECK(cudaMemcpy(x.data(), o.out, bytes + 16, cudaMemcpyDefault));
            }
            for (int i = 0; i < 16; i++)
                if (got[0][bytes + i] != (char)0xFF) ok = false;
            if (got[0] != got[1]) printf("  %s: TWO RUNS DIFFER\n", e.name), ok = false;
            bad += !ok;
        }
        printf("%-30s %s, %d cases, error of sums at most %.1e\n", e.name, bad ? "WRONG" : "right", cases, worst);
        fflush(stdout);
        wrong += bad;
    }
    return wrong != 0;
}

static int error_table() {
    const char* names[] = {"normal", "shifted", "outliers"};
    for (int k : {3072, 12288})
        for (Data data : {NORMAL, SHIFTED, OUTLIERS}) {
            Shape s{1024, 1024, k, k};
            Operands8 o(s, data, (size_t)s.m * s.n * 4);
            for (const Entry& e : entries) {
                if (e.store != WIDE && !(e.run16 && e.function == NONE)) continue;
                CHECK(cudaMemset(o.out, 0xFF, (size_t)s.m * s.n * 4));
                launch(e, o);
                CHECK(cudaDeviceSynchronize());
                Error r = error_of(e, o, 200000);
                printf("k %5d %-8s %-24s sums %.2e, along %+.2e, whole %.4f, bad %llu\n", k, names[data], e.name, std::sqrt(r.exact / r.norm), r.along / r.norm,
                       std::sqrt(r.whole / r.whole_norm), r.bad);
            }
        }
    return 0;
}

struct Runner {
    std::string name;
    std::function<void()> run;
    std::vector<float> ms;
};

static int time_all(int rounds) {
    struct { const char* title; Shape s; bool gelu; } shapes[] = {
        {"hunyuan up", {119056, 12288, 3072, 0}, true}, {"hunyuan down", {119056, 3072, 12288, 0}, false},
        {"hunyuan qkv", {119056, 9216, 3072, 0}, false}, {"hunyuan out", {119056, 3072, 3072, 0}, false},
        {"wan up", {75600, 13824, 5120, 0}, true}, {"wan down", {75600, 5120, 13824, 0}, false},
        {"wan out", {75600, 5120, 5120, 0}, false}, {"wan qkv", {75600, 15360, 5120, 0}, false},
        {"cog out", {90212, 3072, 3072, 0}, false}, {"cog up", {90212, 12288, 3072, 0}, true},
        {"cog down", {90212, 3072, 12288, 0}, false}, {"cog qkv", {90212, 9216, 3072, 0}, false}};
    cudaEvent_t from, to;
    CHECK(cudaEventCreate(&from));
    CHECK(cudaEventCreate(&to));
    for (auto& x : shapes) {
        Operands8 o(x.s, NORMAL, (size_t)x.s.m * x.s.n * 2);
        std::vector<Runner> runners;
        for (const Entry& e : entries) {
            if (!e.timed || (e.function == GELU_TANH) != x.gelu) continue;
            CHECK(cudaMemset(o.out, 0xFF, (size_t)x.s.m * x.s.n * 2));
            launch(e, o);
            CHECK(cudaDeviceSynchronize());
            Error r = error_of(e, o, 20000);
            if (r.bad) { printf("%s: %s WRONG, %llu bad\n", x.title, e.name, r.bad); continue; }
            Prepared p(e, o);
            runners.push_back({e.name, [p] { p.launch(); }, {}});
        }
        runners.push_back({"quantise", [&] { quantise(o.a, o.a8, o.a_scales, x.s.m, x.s.k); }, {}});
        std::vector<int> order(runners.size());
        for (size_t i = 0; i < order.size(); i++) order[i] = i;
        for (int r = -1; r < rounds; r++) {
            for (size_t i = order.size() - 1; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
            for (int i : order) {
                CHECK(cudaEventRecord(from));
                runners[i].run();
                CHECK(cudaEventRecord(to));
                CHECK(cudaEventSynchronize(to));
                float ms;
                CHECK(cudaEventElapsedTime(&ms, from, to));
                if (r >= 0) runners[i].ms.push_back(ms);
            }
        }
        printf("%s %dx%dx%d:", x.title, x.s.m, x.s.n, x.s.k);
        double base = 0;
        for (Runner& r : runners) {
            std::sort(r.ms.begin(), r.ms.end());
            double ms = r.ms[r.ms.size() / 2];
            if (!base) base = ms;
            if (r.name == "quantise") printf(" | %s %.3f ms %.2f TB/s", r.name.c_str(), ms, 3.0 * x.s.m * x.s.k / ms * 1e-9);
            else printf(" | %s %.3f ms %.0f (%.2f)", r.name.c_str(), ms, 2.0 * x.s.m * x.s.n * x.s.k / ms * 1e-9, base / ms);
        }
        printf("\n");
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char** argv) {
    std::string what = argc > 1 ? argv[1] : "";
    if (what == "check") return check(false);
    if (what == "small") return check(true);
    if (what == "error") return error_table();
    if (what == "time") return time_all(argc > 2 ? atoi(argv[2]) : 9);
    printf("gemm8_bench check | small | error | time [ROUNDS]\n");
    return 2;
}
