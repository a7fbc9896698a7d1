// Checks and times variants of the Hopper matrix product beside cuBLASLt, if that is installed.
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o gemm_bench gemm_bench.cu -ldl
//   gemm_bench check [I] | small I | time [SHAPE...] | count
#include "../../cuda/src/main/cuda/gemm_hopper.cuh"
#include "gemm_bench.cuh"

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) kernel(const __grid_constant__ Gemm g) {
    extern __shared__ __align__(1024) unsigned char shared[];
    multiply<T>(g, shared);
}

struct Entry {
    const char* name;
    int n, cluster, function, store, shared;
    void (*run)(Gemm);
    int group;
};

template <class T>
static Entry entry(const char* name, int group = 8) {
    return {name, T::N, T::CLUSTER, T::FUNCTION, T::STORE, T::SHARED, kernel<T>, group};
}

static const Entry entries[] = {
    entry<GemmVariant<256, 4, 2, NONE, PLAIN>>("256 columns"),
    entry<GemmVariant<256, 4, 2, GELU_TANH, PLAIN>>("256 columns, gelu"),
    entry<GemmVariant<256, 4, 2, NONE, WIDE>>("256 columns, f32"),
    entry<GemmVariant<128, 6, 1, NONE, PLAIN>>("128 columns, no cluster"),
    entry<GemmVariant<256, 4, 1, NONE, PLAIN>>("256 columns, no cluster"),
    entry<GemmVariant<64, 8, 1, NONE, PLAIN>>("64 columns, no cluster"),
    entry<GemmVariant<64, 8, 1, NONE, WIDE>>("64 columns, f32"),
};
static const int ENTRIES = sizeof entries / sizeof entries[0];

struct Operands {
    Shape s;
    u16 *a, *a2, *b, *bias;
    void* out;
    int type;

    Operands(Shape s, int type) : s(s), type(type) {
        a = device<u16>((size_t)s.m * s.split);
        a2 = device<u16>((size_t)s.m * (s.k - s.split) + 8);
        b = device<u16>((size_t)s.n * s.k);
        bias = device<u16>(s.n);
        out = device<float>((size_t)s.m * s.n * (type == F32 ? 4 : 2) / 4 + 4);
        random_bf16(a, (size_t)s.m * s.split, 1, 1);
        random_bf16(a2, (size_t)s.m * (s.k - s.split), 2, 1);
        random_bf16(b, (size_t)s.n * s.k, 3, 1 / std::sqrt((float)s.k));
        random_bf16(bias, s.n, 4, 1);
    }

    ~Operands() {
        for (void* p : {(void*)a, (void*)a2, (void*)b, (void*)bias, out}) CHECK(cudaFree(p));
    }

    Gemm gemm(const Entry& e) const {
        Gemm g{};
        g.a = map_of(a, s.m, s.split, 128);
        g.a2 = s.k > s.split ? map_of(a2, s.m, s.k - s.split, 128) : g.a;
        g.b = map_of(b, s.n, s.k, e.n / e.cluster);
        g.out = map_of(out, s.m, s.n, e.store == PLAIN ? 16 : 8, e.store != PLAIN);
        g.bias = {bias, BF16};
        g.m = s.m, g.n = s.n, g.k = s.k, g.split = s.split, g.group = e.group;
        return g;
    }
};

static void launch(const Entry& e, const Gemm& g) {
    int rows = (g.m + 128 * e.cluster - 1) / (128 * e.cluster), columns = (g.n + e.n - 1) / e.n;
    int clusters = std::min((long)rows * columns, 132L / e.cluster);
    cudaLaunchConfig_t c{};
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim = {(unsigned)e.cluster, 1, 1};
    c.gridDim = dim3(clusters * e.cluster);
    c.blockDim = dim3(384);
    c.dynamicSmemBytes = e.shared;
    c.attrs = &attribute;
    c.numAttrs = 1;
    CHECK(cudaFuncSetAttribute(e.run, cudaFuncAttributeMaxDynamicSharedMemorySize, e.shared));
    CHECK(cudaLaunchKernelEx(&c, e.run, g));
}

/** Compares `count` elements, all if that is more than there are. */
static bool compare(const Entry& e, const Operands& o, size_t count) {
    size_t all = (size_t)o.s.m * o.s.n;
    Difference* d = device<Difference>(1);
    CHECK(cudaMemset(d, 0, sizeof *d));
    difference<<<1024, 128>>>(o.a, o.a2, o.b, o.bias, o.out, o.type, o.s, e.function,
                              std::min(count, all), d);
    CHECK(cudaDeviceSynchronize());
    Difference h;
    CHECK(cudaMemcpy(&h, d, sizeof h, cudaMemcpyDefault));
    CHECK(cudaFree(d));
    double relative = std::sqrt(h.error / h.norm);
    bool ok = h.bad == 0 && relative < (o.type == F32 ? 1e-3 : 5e-3);
    if (!ok) printf("  %s, m %d n %d k %d+%d: WRONG, %llu bad, first at row %llu column %llu, rel %.1e\n", e.name, o.s.m, o.s.n,
                    o.s.split, o.s.k - o.s.split, h.bad, h.first / o.s.n, h.first % o.s.n, relative);
    return ok;
}

static bool check_case(const Entry& e, Shape s, int type) {
    Operands o(s, type);
    size_t elements = (size_t)s.m * s.n, bytes = elements * (type == F32 ? 4 : 2);
    Gemm g = o.gemm(e);
    std::vector<char> got[2];
    bool ok = true;
    for (auto& x : got) {
        CHECK(cudaMemset(o.out, 0xFF, bytes + 8));
        launch(e, g);
        CHECK(cudaDeviceSynchronize());
        if (&x == got) ok = compare(e, o, elements);
        x.resize(bytes + 8);
        CHECK(cudaMemcpy(x.data(), o.out, bytes + 8, cudaMemcpyDefault));
    }
    for (int i = 0; i < 8; i++) ok &= got[0][bytes + i] == (char)0xFF;
    if (got[0] != got[1]) printf("  %s: TWO RUNS DIFFER\n", e.name), ok = false;
    return ok;
}

/** `small`: for compute-sanitizer. */
static int check(const Entry& e, bool small = false) {
    int wrong = 0, cases = 0;
    const Shape shapes[] = {{1, 8, 8, 8}, {2, 264, 512, 512}, {130, 320, 136, 136}, {300, 1032, 3072, 3072}, {257, 520, 1000, 1000},
                            {2500, 3072, 712, 512}, {1000, 264, 15360, 3072}, {4133, 6152, 200, 200}};
    for (Shape s : shapes)
        for (int type : {BF16, F32}) {
            if ((type == F32) == (e.store == PLAIN)) continue;
            if (small && (double)s.m * s.n * s.k > 1e8) continue;
            cases++;
            wrong += !check_case(e, s, type);
        }
    printf("%-30s %s, %d cases\n", e.name, wrong ? "WRONG" : "right", cases);
    return wrong;
}

/** One thing to be timed at a shape. */
struct Runner {
    std::string name;
    std::function<void()> run;
    std::vector<float> ms;
};

static void time_shape(const char* title, Shape s, bool gelu, Lt& lt, int rounds) {
    Operands o(s, F32);  // room for either type
    std::vector<Runner> runners;
    std::vector<const Entry*> used;
    for (const Entry& e : entries) {
        bool is_gelu = e.function == GELU_TANH;
        if (is_gelu != gelu) continue;
        if (e.n <= 128 && s.m > 4096 && e.cluster == 1) continue;
        o.type = e.store == PLAIN ? BF16 : F32;
        Gemm g = o.gemm(e);
        CHECK(cudaMemset(o.out, 0xFF, (size_t)s.m * s.n * 4));
        launch(e, g);
        CHECK(cudaDeviceSynchronize());
        if (!compare(e, o, 100000)) continue;
        runners.push_back({e.name, [&e, g] { launch(e, g); }, {}});
    }
    if (s.split == s.k) {
        auto plans = lt.plans(s, gelu, o.bias);
        for (size_t i = 0; i < plans.size(); i++) {
            auto p = plans[i];
            runners.push_back({"cublasLt " + std::to_string(i), [&lt, p, &o] { lt.run(p, o.b, o.a, o.out); }, {}});
        }
    }
    cudaEvent_t from, to;
    CHECK(cudaEventCreate(&from));
    CHECK(cudaEventCreate(&to));
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
    printf("%s: m %d n %d k %d%s\n", title, s.m, s.n, s.k, gelu ? " gelu" : "");
    double bytes = 2.0 * ((double)s.m * s.k + (double)s.n * s.k + (double)s.m * s.n);
    for (Runner& r : runners) {
        std::sort(r.ms.begin(), r.ms.end());
        double ms = r.ms[r.ms.size() / 2];
        printf("  %-28s %8.3f ms (%.3f-%.3f) %6.1f TFLOP/s %5.2f TB/s\n", r.name.c_str(), ms, r.ms[0], r.ms.back(),
               2.0 * s.m * s.n * s.k / ms * 1e-9, bytes / ms * 1e-9);
    }
    fflush(stdout);
}

int main(int argc, char** argv) {
    std::string what = argc > 1 ? argv[1] : "";
    if (what == "count") return printf("%d\n", ENTRIES), 0;
    if (what == "check") {
        int only = argc > 2 ? atoi(argv[2]) : -1, wrong = 0;
        for (int i = 0; i < ENTRIES; i++)
            if (only < 0 || only == i) wrong += check(entries[i]);
        return wrong != 0;
    }
    if (what == "small") return check(entries[atoi(argv[2])], true);
    if (what == "time") {
        Lt lt;
        struct { const char* title; Shape s; bool gelu; int rounds; } shapes[] = {
            {"8192", {8192, 8192, 8192, 8192}, false, 21},
            {"cog qkv", {90212, 3072, 3072, 3072}, false, 31},
            {"cog ff up", {90212, 12288, 3072, 3072}, true, 15},
            {"cog ff down", {90212, 3072, 12288, 12288}, false, 15},
            {"hunyuan qkv", {119056, 9216, 3072, 3072}, false, 11},
            {"hunyuan ff up", {119056, 12288, 3072, 3072}, true, 11},
            {"hunyuan pair", {119056, 3072, 15360, 3072}, false, 11},
            {"ff up of 8192", {8192, 12288, 3072, 3072}, true, 15},
            {"ff down of 8192", {8192, 3072, 12288, 12288}, false, 15},
            {"ff down of 8448", {8448, 3072, 12288, 12288}, false, 15},
            {"text", {256, 3072, 3072, 3072}, false, 25},
            {"text up", {452, 12288, 3072, 3072}, false, 25},
            {"modulation", {2, 18432, 3072, 3072}, false, 25},
        };
        for (auto& x : shapes) {
            bool chosen = argc == 2;
            for (int i = 2; i < argc; i++) chosen |= std::string(argv[i]) == x.title;
            if (chosen) time_shape(x.title, x.s, x.gelu, lt, x.rounds);
        }
        return 0;
    }
    printf("gemm_bench check [I] | small I | time [SHAPE...] | count\n");
    return 2;
}
