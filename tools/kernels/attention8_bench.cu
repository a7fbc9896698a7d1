// Checks and times the variants of the Hopper attention kernel in 8 bits:
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o attention8_bench tools/kernels/attention8_bench.cu
//   attention8_bench check I    variant I against the reference in double precision
//   attention8_bench small I    two small cases of it, for compute-sanitizer
//   attention8_bench versus D [ROUNDS]  dense, all variants of D channels, with and without placing, and
//                               FlashAttention-3 in e4m3 where it is linked, in turns
//   attention8_bench bands I    dense and three densities, in turns
//   attention8_bench count      how many variants there are
#include <functional>

#include "attention_bench.cuh"

#include "../../cuda/src/main/cuda/attention8_hopper.cuh"
#include "../../cuda/src/main/cuda/attention8_place.cu"

static __device__ long long block_clocks[132][4];

static __device__ void read_clocks(long long* to) {
    to[0] = clock64();
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(to[1]));
}

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) kernel8(const __grid_constant__ Attention8 a) {
    extern __shared__ __align__(1024) unsigned char shared[];
    if (threadIdx.x == 0) read_clocks(block_clocks[blockIdx.x]);
    attend8<T>(a, shared);
    if (threadIdx.x == 0) read_clocks(block_clocks[blockIdx.x] + 2);
}

struct Entry8 {
    const char* name;
    int d, rows, keys, threads, shared;
    void (*run)(Attention8);
};

template <class T>
Entry8 entry(const char* name) {
    return {name, T::D, T::ROWS, T::KEYS, T::THREADS, T::SHARED, kernel8<T>};
}

#ifdef ONLY  // to hunt one
#define VARIANT8(i, ...) entry<Variant8<ONLY>>(#__VA_ARGS__),
#else
#define VARIANT8(i, ...) entry<Variant8<__VA_ARGS__>>(#__VA_ARGS__),
#endif
static const Entry8 entries[] = {
#include "attention8_variants.inc"
};
constexpr int ENTRIES = sizeof entries / sizeof *entries;

static TensorMap bytes_map(const void* at, u64 row, u64 rows, u64 heads, u32 box_row, u32 box_rows) {
    static PFN_cuTensorMapEncodeTiled_v12000 encode = nullptr;
    if (encode == nullptr) {
        void* f = nullptr;
        cudaDriverEntryPointQueryResult found;
        CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000, cudaEnableDefault, &found));
        encode = (PFN_cuTensorMapEncodeTiled_v12000)f;
    }
    CUtensorMap map;
    cuuint64_t sizes[] = {row, rows, heads}, strides[] = {row, row * rows};
    cuuint32_t box[] = {box_row, box_rows, 1}, steps[] = {1, 1, 1};
    CUresult r = encode(&map, CU_TENSOR_MAP_DATA_TYPE_UINT8, 3, (void*)at, sizes, strides, box, steps,
                        CU_TENSOR_MAP_INTERLEAVE_NONE, box_row == 64 ? CU_TENSOR_MAP_SWIZZLE_64B : CU_TENSOR_MAP_SWIZZLE_128B,
                        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (r != CUDA_SUCCESS) printf("cuTensorMapEncodeTiled: error %d\n", (int)r), exit(2);
    TensorMap t;
    memcpy(&t, &map, sizeof t);
    return t;
}

/** One call, ready to place and to launch. */
struct Call8 {
    Shape s;
    Attention8 a{};
    Placement8 p{};
    u16 *q, *k, *v, *out;
    int* kinds;
    KindSpec* table;
    std::vector<void*> owned;

    template <class X>
    X* own(size_t n) {
        X* x = device<X>(n);
        CHECK(cudaMemset(x, 0xFF, n * sizeof(X)));
        owned.push_back(x);
        return x;
    }

    Call8(const Shape& s, const Plan& plan, float factor) : s(s) {
        size_t heads = s.batch * s.heads, nq = heads * s.queries * s.d, nk = heads * s.keys * s.d;
        q = own<u16>(nq), k = own<u16>(nk), v = own<u16>(nk), out = own<u16>(nq);
        random_bf16(q, nq, 11, factor);
        random_bf16(k, nk, 12, 1);
        random_bf16(v, nk, 13, 1);
        std::vector<int> kind(heads);
        for (size_t i = 0; i < kind.size(); i++) kind[i] = plan.kinds == 1 ? 0 : (i * 7 + 1) % 3 % 2;
        kinds = own<int>(heads);
        CHECK(cudaMemcpy(kinds, kind.data(), heads * 4, cudaMemcpyDefault));
        a.operands = {own<signed char>(nq), own<signed char>(nk), own<unsigned char>(heads * s.d * ((s.keys + 127) / 128 * 128)),
                      own<float>(heads * s.queries), own<float>(heads * ((s.keys + 31) / 32 + 3)), own<float>(heads * s.d), s.keys};
        a.out = out;
        a.counter = own<int>(2);
        CHECK(cudaMemset(a.counter, 0, 8));
        a.batch = s.batch, a.heads = s.heads, a.queries = s.queries;
        p = {(uint4*)q, (uint4*)k, (uint4*)v, a.operands, own<float>(heads * PARTS * s.d), own<float>(heads * PARTS * s.d),
             own<float>(heads * s.d), nullptr, nullptr, s.queries, 1 / std::sqrt((float)s.d)};
        use(plan);
    }
    ~Call8() {
        for (void* x : owned) CHECK(cudaFree(x));
    }

    void use(const Plan& plan) {
        std::vector<int> ints = encode(plan);
        int* to = own<int>(ints.size());
        CHECK(cudaMemcpy(to, ints.data(), ints.size() * 4, cudaMemcpyDefault));
        a.plan = p.plan = to;
        a.kinds = p.kinds = plan.kinds == 1 ? nullptr : kinds;
        table = own<KindSpec>(KINDS);
        CHECK(cudaMemcpy(table, plan.kind, sizeof(KindSpec) * KINDS, cudaMemcpyDefault));
    }

    size_t outputs() const { return (size_t)s.batch * s.heads * s.queries * s.d; }

    void prepare(const Entry8& e) {
        size_t heads = s.batch * s.heads;
        a.maps[0] = bytes_map(a.operands.q, s.d, s.queries, heads, s.d, e.rows);
        a.maps[1] = bytes_map(a.operands.k, s.d, s.keys, heads, s.d, e.keys);
        a.maps[2] = bytes_map(a.operands.v, (s.keys + 127) / 128 * 128, s.d, heads, 128, s.d);
        CHECK(cudaFuncSetAttribute(e.run, cudaFuncAttributeMaxDynamicSharedMemorySize, e.shared));
    }

    void place() {
        int heads = s.batch * s.heads;
        if (s.d == 64) {
            attention8_sums_d64<<<dim3(PARTS, heads), 256>>>(p);
            attention8_scales_d64<<<heads, 64>>>(p);
            attention8_place_d64<<<dim3(64, heads, 3), 256>>>(p);
        } else {
            attention8_sums_d128<<<dim3(PARTS, heads), 256>>>(p);
            attention8_scales_d128<<<heads, 128>>>(p);
            attention8_place_d128<<<dim3(64, heads, 3), 256>>>(p);
        }
        CHECK(cudaGetLastError());
    }

    void launch(const Entry8& e) {
        e.run<<<132, e.threads, e.shared>>>(a);
        CHECK(cudaGetLastError());
    }
};

/** Compares rows of the output with the reference. */
static bool compare(const Call8& c, const Plan& plan, const u16* got, const std::vector<Row>& rows, double limit) {
    Row* at = device<Row>(rows.size());
    float *scores = device<float>(rows.size() * c.s.keys), *want = device<float>(rows.size() * c.s.d);
    CHECK(cudaMemcpy(at, rows.data(), rows.size() * sizeof(Row), cudaMemcpyDefault));
    reference<<<(int)rows.size(), 128>>>(c.q, c.k, c.v, c.s, c.table, c.kinds, 1 / std::sqrt((float)c.s.d), at, scores, want);
    CHECK(cudaDeviceSynchronize());
    std::vector<float> ref(rows.size() * c.s.d);
    std::vector<int> kinds(c.s.batch * c.s.heads);
    CHECK(cudaMemcpy(ref.data(), want, ref.size() * 4, cudaMemcpyDefault));
    CHECK(cudaMemcpy(kinds.data(), c.kinds, kinds.size() * 4, cudaMemcpyDefault));
    double error = 0, norm = 0, worst = 0, along = 0;
    int nans = 0, bad = 0;
    char first[300] = "";
    for (size_t r = 0; r < rows.size(); r++) {
        int head = rows[r].head, token = stored(plan.kind[plan.kinds == 1 ? 0 : kinds[head]].order, rows[r].at);
        double row_error = 0, row_norm = 0;
        for (int i = 0; i < c.s.d; i++) {
            size_t o = (((size_t)(head / c.s.heads) * c.s.queries + token) * c.s.heads + head % c.s.heads) * c.s.d + i;
            double x = from_bf16(got[o]), y = ref[r * c.s.d + i];
            nans += !(x == x);
            row_norm += y * y, along += x * y;
            if (x == x) row_error += (x - y) * (x - y), worst = std::max(worst, fabs(x - y));
        }
        error += row_error, norm += row_norm;
        if (limit < 0.1 && !(row_error <= 0.09 * row_norm + 1e-9) && bad++ == 0)  // else near ties are lost
            snprintf(first, sizeof first, "first: head %d position %d token %d: error %g of %g", head, rows[r].at, token, std::sqrt(row_error), std::sqrt(row_norm));
    }
    double relative = std::sqrt(error / (norm + 1e-30));
    bool ok = nans == 0 && bad == 0 && relative < limit;
    printf("  %-46s %s rel %.4f max %.2e length %.5f\n", plan.name.c_str(), ok ? "ok" : "WRONG", relative, worst, norm > 0 ? along / norm : 1);
    if (nans || bad) printf("    %d NaN, %d of %zu rows bad; %s\n", nans, bad, rows.size(), first);
    CHECK(cudaFree(at));
    CHECK(cudaFree(scores));
    CHECK(cudaFree(want));
    return ok;
}

static __global__ void raise_keys(u16* k, size_t rows, int keys, int d, float by) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < rows * d; i += (size_t)gridDim.x * blockDim.x)
        if (i / d % keys / 20 == keys / 40) k[i] = (u16)(pack_bf16(from_bf16(k[i]) * by, 0) & 0xFFFF);
}

static bool check_case(const Entry8& e, Shape s, const Plan& plan, float factor, float rising, double limit) {
    s.d = e.d;
    Call8 c(s, plan, factor);
    if (rising != 1) raise_keys<<<1024, 256>>>(c.k, (size_t)s.batch * s.heads * s.keys, s.keys, s.d, rising);
    c.prepare(e);
    std::vector<u16> got[2];
    for (auto& g : got) {
        CHECK(cudaMemset(c.out, 0xFF, c.outputs() * 2));
        c.place();
        c.launch(e);
        CHECK(cudaDeviceSynchronize());
        g.resize(c.outputs());
        CHECK(cudaMemcpy(g.data(), c.out, g.size() * 2, cudaMemcpyDefault));
    }
    if (got[0] != got[1]) printf("  TWO RUNS DIFFER\n");
    std::vector<Row> rows;
    for (int h = 0; h < s.batch * s.heads; h++)
        for (int i = 0; i < s.queries; i++) rows.push_back({h, i});
    return compare(c, plan, got[0].data(), rows, limit) && got[0] == got[1];
}

static int check(const Entry8& e, bool small) {
    int wrong = 0;
    auto all = cases();
    if (small) all = {all[3], all[6]};
    for (auto& [shape, plan] : all) wrong += !check_case(e, shape, plan, 1, 1, 0.045);
    if (small) return wrong;
    auto longer = dense(500, 9001);
    wrong += !check_case(e, {1, 2, 500, 9001, 0}, longer, 1, 1, 0.04);
    longer.name = "dense, scores up to 12";
    wrong += !check_case(e, {1, 2, 500, 9001, 0}, longer, 3, 1, 0.06);
    for (float rising : {8.f, 100.f, 1000.f}) {
        longer.name = "dense, later scores greater by " + std::to_string((int)rising);
        wrong += !check_case(e, {1, 2, 500, 3001, 0}, longer, 2, rising, 0.3);  // scores of up to 1000
    }
    printf("%s: %s\n", e.name, wrong ? "WRONG" : "all right");
    return wrong != 0;
}

template <class X>
X median(std::vector<X> x) {
    std::sort(x.begin(), x.end());
    return x[x.size() / 2];
}

static float timed(const std::function<void()>& f) {
    static cudaEvent_t a = nullptr, b = nullptr;
    if (a == nullptr) {
        CHECK(cudaEventCreate(&a));
        CHECK(cudaEventCreate(&b));
    }
    CHECK(cudaEventRecord(a));
    f();
    CHECK(cudaEventRecord(b));
    CHECK(cudaEventSynchronize(b));
    float ms;
    CHECK(cudaEventElapsedTime(&ms, a, b));
    return ms;
}

static double megahertz() {
    long long t[132][4];
    CHECK(cudaMemcpyFromSymbol(t, block_clocks, sizeof t));
    std::vector<double> rate;
    for (auto& x : t) rate.push_back(1e3 * (x[2] - x[0]) / (x[3] - x[1]));
    return median(rate);
}

static bool check_some(Call8& c, const Plan& plan) {
    int n = c.s.queries;
    std::unique_ptr<u16[]> got(new u16[c.outputs()]);
    std::vector<Row> rows;
    for (int i = 0; i < 48; i++) {
        Row r{i * 5 % (c.s.batch * c.s.heads), (int)((i * 15013LL + 7) % n)};
        size_t o = (((size_t)(r.head / c.s.heads) * n + r.at) * c.s.heads + r.head % c.s.heads) * c.s.d;
        CHECK(cudaMemcpy(&got[o], c.out + o, c.s.d * 2, cudaMemcpyDefault));
        rows.push_back(r);
    }
    return compare(c, plan, got.get(), rows, 0.04);
}

#define PEER8(name)                                                                                                 \
    extern "C" __attribute__((weak)) int name(const void* q, const void* k, const void* v, void* out, float* sums,  \
                                              const float* scale, int batch, int heads, long tokens, long keys, int sms);
PEER8(fa3_128_fp8)
PEER8(fa3_64_fp8)

static __global__ void to_e4m3(const u16* from, u32* to, size_t n) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < n; i += (size_t)gridDim.x * blockDim.x)
        to[i] = pack_e4m3(from_bf16(from[4 * i]), from_bf16(from[4 * i + 1]), from_bf16(from[4 * i + 2]), from_bf16(from[4 * i + 3]));
}

struct Way {
    std::string name;
    std::function<void()> run;
    bool ours;
    std::vector<double> ms, mhz;
};

static void in_turns(std::vector<Way>& ways, int rounds, int repeats) {
    std::vector<int> order(ways.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    srand(3);
    for (int round = 0; round < rounds; round++) {
        for (int i = order.size() - 1; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
        for (int i : order)
            for (int r = 0; r < repeats; r++) {
                ways[i].ms.push_back(timed(ways[i].run));
                ways[i].mhz.push_back(ways[i].ours ? megahertz() : 0);
            }
    }
}

static int versus(int d, int rounds) {
    struct Size { int batch, heads, tokens, keys, d; };
    int wrong = 0;
    for (Size z : {Size{1, 24, 119056, 119056, 128}, Size{1, 40, 75600, 75600, 128}, Size{1, 16, 16384, 16384, 128},
                   Size{2, 48, 45106, 45106, 64}, Size{1, 32, 16384, 16384, 64}}) {
        if (d != z.d) continue;
        Shape s{z.batch, z.heads, z.tokens, z.keys, z.d};
        Plan plan = dense(z.tokens, z.keys);
        Call8 c(s, plan, 1);
        std::vector<Way> ways;
        printf("(%d, %d, %d, %d)\n", z.batch, z.heads, z.tokens, z.d);
        c.place();
        for (const Entry8& e : entries)
            if (e.d == d) {
                c.prepare(e);
                CHECK(cudaMemset(c.out, 0xFF, c.outputs() * 2));
                c.launch(e);
                printf("%s", e.name);
                wrong += !check_some(c, plan);
                ways.push_back({e.name, [&c, &e] { c.prepare(e); c.launch(e); }, true});
                ways.push_back({std::string(e.name) + ", placed", [&c, &e] { c.prepare(e); c.place(); c.launch(e); }, true});
            }
        ways.push_back({"placing", [&c] { c.place(); }, false});
        float* sums = c.own<float>((size_t)z.batch * z.heads * z.tokens);
        float* scale = c.own<float>(4096);
        std::vector<float> ones(4096, 1);
        CHECK(cudaMemcpy(scale, ones.data(), 4096 * 4, cudaMemcpyDefault));
        auto peer = d == 128 ? fa3_128_fp8 : fa3_64_fp8;
        // Values as we place them are normal numbers, too.
        unsigned char *peer_q = c.own<unsigned char>((size_t)z.batch * z.heads * z.tokens * d), *peer_k = c.own<unsigned char>((size_t)z.batch * z.heads * z.keys * d);
        to_e4m3<<<1024, 256>>>(c.q, (u32*)peer_q, (size_t)z.batch * z.heads * z.tokens * d / 4);
        to_e4m3<<<1024, 256>>>(c.k, (u32*)peer_k, (size_t)z.batch * z.heads * z.keys * d / 4);
        if (peer) ways.push_back({"FA3 e4m3", [&c, peer, sums, scale, z, peer_q, peer_k] {
            if (peer(peer_q, peer_k, c.a.operands.v, c.out, sums, scale, z.batch, z.heads, z.tokens / 128 * 128, z.keys / 128 * 128, 132)) exit(3);
        }, false});
        in_turns(ways, rounds, z.keys < 20000 ? 3 : 1);
        for (Way& w : ways) {
            double t = median(w.ms), work = 4.0 * z.tokens * z.keys * z.d * z.heads * z.batch * 1e-9;
            if (w.name == "FA3 e4m3") work = 4.0 * (z.tokens / 128 * 128) * (z.keys / 128 * 128) * z.d * z.heads * z.batch * 1e-9;
            printf("  %-40s %7.2f ms (%.2f-%.2f) %6.1f TFLOP/s %4.0f MHz\n", w.name.c_str(), t, *std::min_element(w.ms.begin(), w.ms.end()),
                   *std::max_element(w.ms.begin(), w.ms.end()), w.name == "placing" ? 0 : work / t, median(w.mhz));
        }
        fflush(stdout);
    }
    return wrong != 0;
}

/** Dense and three densities: in turns. */
static int bands(const Entry8& e, int rounds) {
    bool wide = e.d == 128;
    int frames = wide ? 33 : 11, places = wide ? 3600 : 4080, text = wide ? 256 : 226;
    Text place = wide ? Text::LAST : Text::FIRST;
    int n = frames * places + text;
    Shape s{wide ? 1 : 2, wide ? 24 : 48, n, n, e.d};
    std::vector<Plan> plans{dense(n, n)};
    double densities[] = {1, 0.2, 0.25, 0.3};
    for (int i = 1; i < 4; i++) {
        int fits = 0, beyond = n;
        while (beyond - fits > 1) {
            int middle = (fits + beyond) / 2;
            (pairs(band(frames, places, place, text, text, middle, 0).kind[0]) <= densities[i] * n * n ? fits : beyond) = middle;
        }
        plans.push_back(band(frames, places, place, text, text, fits, 0));
    }
    Call8 c(s, plans[0], 1);
    c.prepare(e);
    c.place();
    std::vector<Way> ways;
    std::vector<std::pair<const int*, const int*>> at;
    for (Plan& plan : plans) {
        c.use(plan);
        const int *to = c.a.plan, *kinds = c.a.kinds;
        ways.push_back({plan.name, [&c, &e, to, kinds] { c.a.plan = to, c.a.kinds = kinds; c.launch(e); }, true});
    }
    in_turns(ways, rounds, 1);
    double own = 0;
    for (int i = 0; i < 4; i++) {
        double t = median(ways[i].ms), rate = 4 * pairs(plans[i].kind[0]) * s.d * s.batch * s.heads / t * 1e-9;
        if (i == 0) own = rate;
        printf("  %.2f %7.2f ms %6.1f TFLOP/s, %.3f of dense, %4.0f MHz\n", densities[i], t, rate, rate / own, median(ways[i].mhz));
    }
    return 0;
}

int main(int argc, char** argv) {
    std::string what = argc > 1 ? argv[1] : "";
    int i = argc > 2 ? atoi(argv[2]) : 0;
    if (what == "count") return printf("%d\n", ENTRIES), 0;
    if (what == "check" && i < ENTRIES) return check(entries[i], false);
    if (what == "small" && i < ENTRIES) return check(entries[i], true);
    if (what == "versus") return versus(i ? i : 128, argc > 3 ? atoi(argv[3]) : 5);
    if (what == "bands" && i < ENTRIES) return bands(entries[i], argc > 3 ? atoi(argv[3]) : 5);
    printf("attention8_bench check I | small I | versus D | bands I | count\n");
    return 2;
}
