// Checks, then times, attention by mma.sync. Needs no Java and no libraries; compiled as the portable
// kernels are, to PTX that the driver compiles:
//   nvcc -std=c++17 -O3 -gencode=arch=compute_80,code=compute_80 -o mma_bench tools/kernels/mma_bench.cu
//   mma_bench check | time [ROUNDS]
#include "attention_bench.cuh"

#include "../../cuda/src/main/cuda/attention_tile.cuh"

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) kernel(const __grid_constant__ TiledAttention a) {
    SHARED_BYTES(shared);
    attend<T>(a, shared);
}

/** A call of one variant, ready to launch. */
template <class T>
struct Call {
    Shape s;
    TiledAttention a{};
    KindSpec* table = device<KindSpec>(KINDS);
    int* kinds;
    size_t outputs;

    Call(Shape shape, const Plan& plan, float factor) : s(shape) {
        s.d = T::D;
        outputs = (size_t)s.batch * s.heads * s.queries * s.d;
        size_t nk = outputs / s.queries * s.keys;
        u16 *q = device<u16>(outputs), *k = device<u16>(nk), *v = device<u16>(nk);
        random_bf16(q, outputs, 11, factor);
        random_bf16(k, nk, 12, 1);
        random_bf16(v, nk, 13, 1);
        std::vector<int> kind(s.batch * s.heads);
        for (size_t i = 0; i < kind.size(); i++) kind[i] = plan.kinds == 1 ? 0 : (i * 7 + 1) % 3 % 2;
        kinds = device<int>(kind.size());
        CHECK(cudaMemcpy(kinds, kind.data(), kind.size() * 4, cudaMemcpyDefault));
        a = {q, k, v, device<u16>(outputs), nullptr, kinds, s.batch, s.heads, s.queries, s.keys, 0, 0, 1 / std::sqrt((float)s.d)};
        use(plan);
        CHECK(cudaFuncSetAttribute(kernel<T>, cudaFuncAttributeMaxDynamicSharedMemorySize, T::SHARED));
    }

    void use(const Plan& plan) {
        std::vector<int> ints = encode(plan);
        int* to = device<int>(ints.size());
        CHECK(cudaMemcpy(to, ints.data(), ints.size() * 4, cudaMemcpyDefault));
        CHECK(cudaMemcpy(table, plan.kind, sizeof(KindSpec) * KINDS, cudaMemcpyDefault));
        a.plan = to;
        a.plain = most_tiles(ints.data(), 0, T::ROWS);
        a.banded = most_tiles(ints.data(), 1, T::ROWS);
        a.kinds = plan.kinds == 1 ? nullptr : kinds;
    }

    void launch() {
        kernel<T><<<(a.plain + a.banded) * s.batch * s.heads, T::THREADS, T::SHARED>>>(a);
        CHECK(cudaGetLastError());
    }

    std::vector<u16> run() {
        CHECK(cudaMemset(a.out, 0xFF, outputs * 2));
        launch();
        CHECK(cudaDeviceSynchronize());
        std::vector<u16> got(outputs);
        CHECK(cudaMemcpy(got.data(), a.out, outputs * 2, cudaMemcpyDefault));
        return got;
    }

    /** Relative error of some rows, at least `most` in all heads together. */
    double error(const Plan& plan, const std::vector<u16>& got, int most) {
        std::vector<Row> rows;
        int heads = s.batch * s.heads, step = std::max(1, heads * s.queries / most);
        for (int i = 0; i < heads * s.queries; i += step) rows.push_back({i / s.queries, i % s.queries});
        Row* at = device<Row>(rows.size());
        float *scores = device<float>(rows.size() * s.keys), *want = device<float>(rows.size() * s.d);
        int* of = device<int>(heads);
        CHECK(cudaMemset(of, 0, heads * 4));
        CHECK(cudaMemcpy(at, rows.data(), rows.size() * sizeof(Row), cudaMemcpyDefault));
        reference<<<(int)rows.size(), 128>>>(a.q, a.k, a.v, s, table, a.kinds ? kinds : of, a.scale, at, scores, want);
        std::vector<float> ref(rows.size() * s.d);
        std::vector<int> kind(heads);
        CHECK(cudaMemcpy(ref.data(), want, ref.size() * 4, cudaMemcpyDefault));
        CHECK(cudaMemcpy(kind.data(), a.kinds ? kinds : of, heads * 4, cudaMemcpyDefault));
        double wrong = 0, norm = 1e-30;
        for (size_t r = 0; r < rows.size(); r++) {
            int head = rows[r].head, token = stored(plan.kind[kind[head]].order, rows[r].at);
            size_t o = (((size_t)(head / s.heads) * s.queries + token) * s.heads + head % s.heads) * s.d;
            for (int i = 0; i < s.d; i++) {
                double x = from_bf16(got[o + i]), y = ref[r * s.d + i];
                wrong += (x - y) * (x - y), norm += y * y;
            }
        }
        for (void* p : {(void*)at, (void*)scores, (void*)want, (void*)of}) CHECK(cudaFree(p));
        return std::sqrt(wrong / norm);  // NaN where anything is
    }
};

template <class T>
static int check(const char* name) {
    int wrong = 0;
    auto all = cases();
    all.push_back(all[2]);  // with scores up to 40
    for (size_t i = 0; i < all.size(); i++) {
        Call<T> c(all[i].first, all[i].second, i + 1 == all.size() ? 8 : 1);
        std::vector<u16> got = c.run();
        double error = c.error(all[i].second, got, 1 << 30);
        bool same = got == c.run(), ok = error < 1e-2 && same;
        if (!ok) printf("  %s, %s: relative error %.2e%s\n", name, all[i].second.name.c_str(), error, same ? "" : ", TWO RUNS DIFFER");
        wrong += !ok;
    }
    printf("%s: %s\n", name, wrong ? "WRONG" : "all right");
    return wrong;
}

/** Dense and a band in turns, medians; rates count the pairs that are kept. */
template <class T>
static int time_all(const char* name, int rounds) {
    bool wide = T::D == 128;
    int frames = wide ? 33 : 11, places = wide ? 3600 : 4080, text = wide ? 256 : 226;
    Text place = wide ? Text::LAST : Text::FIRST;
    int n = frames * places + text;
    Shape s{wide ? 1 : 2, wide ? 24 : 48, n, n, T::D};
    int fits = 0, beyond = n;
    while (beyond - fits > 1) {
        int middle = (fits + beyond) / 2;
        (pairs(band(frames, places, place, text, text, middle, 0).kind[0]) <= 0.25 * n * n ? fits : beyond) = middle;
    }
    Plan plans[] = {dense(n, n), band(frames, places, place, text, text, fits, 0)};
    Call<T> c(s, plans[0], 1);
    cudaEvent_t from, to;
    CHECK(cudaEventCreate(&from));
    CHECK(cudaEventCreate(&to));
    std::vector<float> ms[2];
    for (int i = 0; i < 2 * rounds + 2; i++) {
        c.use(plans[i % 2]);
        CHECK(cudaEventRecord(from));
        c.launch();
        CHECK(cudaEventRecord(to));
        CHECK(cudaEventSynchronize(to));
        float t;
        CHECK(cudaEventElapsedTime(&t, from, to));
        if (i > 1) ms[i % 2].push_back(t);
    }
    std::vector<u16> got(c.outputs);
    CHECK(cudaMemcpy(got.data(), c.a.out, c.outputs * 2, cudaMemcpyDefault));
    double rate[2], error = c.error(plans[1], got, 60);
    for (int i = 0; i < 2; i++) {
        std::sort(ms[i].begin(), ms[i].end());
        rate[i] = 4 * pairs(plans[i].kind[0]) * s.d * s.batch * s.heads / ms[i][rounds / 2] * 1e-9;
    }
    printf("%s: dense %.1f ms, %.1f TFLOP/s; kept 0.25 %.1f ms, %.1f TFLOP/s, %.3f of dense; error %.1e\n", name,
           ms[0][rounds / 2], rate[0], ms[1][rounds / 2], rate[1], rate[1] / rate[0], error);
    return !(error < 1e-2);
}

int main(int argc, char** argv) {
    std::string what = argc > 1 ? argv[1] : "check";
    int rounds = argc > 2 ? atoi(argv[2]) : 3, wrong = 0;
#define VARIANT(d, keys)                                                              \
    wrong += what == "time" ? time_all<Tile<d, keys>>("128 x " #keys ", D = " #d, rounds) \
                            : check<Tile<d, keys>>("128 x " #keys ", D = " #d);
    VARIANT(128, 32)
    VARIANT(128, 48)
    VARIANT(64, 64)
    VARIANT(64, 32)
    VARIANT(64, 96)
    return wrong != 0;
}
