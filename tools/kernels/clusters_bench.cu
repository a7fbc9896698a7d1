// Checks and times the Hopper kernels on clusters of tokens: the nearest centroids, and how far off means are.
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o clusters_bench tools/kernels/clusters_bench.cu
//   clusters_bench [ROUNDS]
#include <functional>

#include "attention_bench.cuh"
#include "../../cuda/src/main/cuda/cluster_operands.cu"
#include "../../cuda/src/main/cuda/cluster_assign_sm90.cu"
#include "../../cuda/src/main/cuda/cluster_error_sm90.cu"
#include "random_normal.hpp"

template <class X>
static X* upload(const std::vector<X>& from) {
    X* to = device<X>(std::max<size_t>(from.size(), 1));
    CHECK(cudaMemcpy(to, from.data(), from.size() * sizeof(X), cudaMemcpyDefault));
    return to;
}

template <class X>
static std::vector<X> download(const X* from, size_t n) {
    std::vector<X> to(n);
    CHECK(cudaMemcpy(to.data(), from, n * sizeof(X), cudaMemcpyDefault));
    return to;
}

static double median_of(std::vector<double> x) {
    std::sort(x.begin(), x.end());
    return x[x.size() / 2];
}

static double time_of(int rounds, const std::function<void()>& work) {
    cudaEvent_t from, to;
    CHECK(cudaEventCreate(&from));
    CHECK(cudaEventCreate(&to));
    std::vector<double> all;
    for (int i = 0; i < rounds + 2; i++) {
        CHECK(cudaEventRecord(from));
        work();
        CHECK(cudaGetLastError());
        CHECK(cudaEventRecord(to));
        CHECK(cudaEventSynchronize(to));
        float ms;
        CHECK(cudaEventElapsedTime(&ms, from, to));
        if (i >= 2) all.push_back(ms);
    }
    return median_of(all);
}

template <int D, class A, class E>
static int run(int heads, int n, int text, int rows, int clusters, int rounds, bool timed,
               void (*assign_kernel)(ClusterAssign), void (*error_kernel)(ClusterError)) {
    int wrong = 0, video = n - text;
    size_t count = (size_t)heads * n * D;
    Shape s{1, heads, n, n, D};
    u16 *x = device<u16>(count), *v = device<u16>(count), *centred = device<u16>(count);
    random_bf16(x, count, 21, 1), random_bf16(v, count, 22, 1);
    CHECK(cudaMemset(centred, 0xFF, count * 2));
    int columns = (clusters + A::COLUMNS - 1) / A::COLUMNS * A::COLUMNS, padded = (rows + E::ROWS - 1) / E::ROWS * E::ROWS;
    std::vector<float> c((size_t)heads * clusters * D), q((size_t)heads * rows * D), values(c.size());
    for (auto& e : c) e = random_normal();
    for (auto& e : q) e = random_normal();
    // The nearest centroids.
    u16 *rounded = device<u16>((size_t)heads * columns * D), *queries = device<u16>((size_t)heads * padded * D);
    float *squares = device<float>((size_t)heads * columns), *unused = device<float>((size_t)heads * padded);
    float *centroids = upload(c), *rows_at = upload(q);
    ClusterRound round{centroids, centroids, rounded, squares, heads, clusters, columns, D};
    ClusterRound round_q{rows_at, rows_at, queries, unused, heads, rows, padded, D};
    int* labels = device<int>((size_t)heads * video);
    CHECK(cudaMemset(labels, 0xFF, (size_t)heads * video * 4));
    ClusterAssign a{};
    a.x = map_of(x, s, n, A::ROWS);
    a.centroids = map_of(rounded, Shape{1, heads, columns, columns, D}, columns, A::COLUMNS);
    a.squares = squares, a.labels = labels, a.maps = a.heads = heads, a.from = 0, a.count = video, a.columns = columns;
    CHECK(cudaFuncSetAttribute(assign_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, A::SHARED));
    auto assign_all = [&] {
        cluster_round<<<1024, 256>>>(round);
        assign_kernel<<<132, A::THREADS, A::SHARED>>>(a);
    };
    assign_all();
    CHECK(cudaDeviceSynchronize());
    std::vector<int> got = download(labels, (size_t)heads * video);
    std::vector<u16> w = download(rounded, (size_t)heads * columns * D), xs(D);
    std::vector<float> sq = download(squares, (size_t)heads * columns);
    int other = 0, checked = 0;
    for (int h = 0; h < heads; h++)
        for (int t = h; t < video; t += std::max(1, video / 60)) {
            CHECK(cudaMemcpy(xs.data(), x + ((size_t)h * n + t) * D, D * 2, cudaMemcpyDefault));
            double least = 1e300, mine = 1e300;
            int best = -1, label = got[(size_t)h * video + t];
            for (int j = 0; j < clusters; j++) {
                double sum = 0;
                for (int i = 0; i < D; i++) sum += (double)from_bf16(xs[i]) * from_bf16(w[((size_t)h * columns + j) * D + i]);
                double distance = sq[(size_t)h * columns + j] - 2 * sum;
                if (distance < least) least = distance, best = j;
                if (j == label) mine = distance;
            }
            checked++, other += best != label;
            if (!(mine <= least + 1e-2)) wrong++, printf("  head %d token %d: %d at %g want %d at %g\n", h, t, label, mine, best, least);
        }
    printf("assign (%d, %d, %d) to %d: %d checked, %d other, %d wrong\n", heads, n, D, clusters, checked, other, wrong);
    if (timed) {
        double t = time_of(rounds, assign_all), only = time_of(rounds, [&] { assign_kernel<<<132, A::THREADS, A::SHARED>>>(a); });
        printf("  %.3f ms, the kernel alone %.3f ms, %.0f TFLOP/s\n", t, only, 2.0 * heads * video * clusters * D / only * 1e-9);
    }
    // How far off means are: clusters of random sizes, in a random order.
    std::vector<int> bounds, order;
    for (int h = 0; h < heads; h++) {
        std::vector<int> cut{0, video};
        for (int i = 1; i < clusters; i++) cut.push_back(rand() % (video + 1));
        std::sort(cut.begin(), cut.end());
        bounds.insert(bounds.end(), cut.begin(), cut.end());
        std::vector<int> o(n);
        for (int i = 0; i < n; i++) o[i] = i;
        for (int i = video - 1; i > 0; i--) std::swap(o[i], o[(int)(((long long)rand() << 16 ^ rand()) % (i + 1))]);
        order.insert(order.end(), o.begin(), o.end());
    }
    for (auto& e : values) e = .1f * random_normal();
    for (auto& e : c) e *= .1f;
    float2* terms = device<float2>((size_t)heads * n + E::KEYS + 2);
    float *apart = device<float>((size_t)heads * clusters), *errors = device<float>((size_t)heads * rows * clusters);
    float* means = upload(c);
    ClusterApart p{x, v, upload(bounds), upload(order), means, upload(values), centred, terms, apart, n, D, clusters, clusters + 1, 0};
    ClusterError e{};
    e.queries = map_of(queries, Shape{1, heads, padded, padded, D}, padded, E::ROWS);
    e.keys = map_of(centred, s, n, E::KEYS);
    e.terms = terms, e.bounds = p.bounds, e.sums = errors;
    e.maps = heads, e.n = n, e.rows = rows, e.clusters = clusters, e.stride = clusters + 1, e.first = 0;
    e.parts = 16, e.scale = 1 / std::sqrt((float)D);
    CHECK(cudaFuncSetAttribute(error_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, E::SHARED));
    auto apart_all = [&] { cluster_apart<<<dim3(clusters, heads), 256>>>(p); };
    auto errors_all = [&] { error_kernel<<<132, E::THREADS, E::SHARED>>>(e); };
    cluster_round<<<1024, 256>>>(round_q);
    apart_all();
    errors_all();
    CHECK(cudaDeviceSynchronize());
    std::vector<float> off = download(errors, (size_t)heads * rows * clusters), us = download(apart, (size_t)heads * clusters);
    std::vector<u16> qs = download(queries, (size_t)heads * padded * D);
    int bad = 0, seen = 0;
    double worst = 0;
    for (int i = 0; i < 400; i++) {
        int h = rand() % heads, r = rand() % rows, j = rand() % clusters;
        const int* at = &bounds[(size_t)h * (clusters + 1) + j];
        double sum = 0;
        for (int t = at[0]; t < at[1]; t++) {
            std::vector<u16> k(D), vs(D);
            size_t from = ((size_t)h * n + order[(size_t)h * n + t]) * D;
            CHECK(cudaMemcpy(k.data(), x + from, D * 2, cudaMemcpyDefault));
            CHECK(cudaMemcpy(vs.data(), v + from, D * 2, cudaMemcpyDefault));
            double l = 0, uu = 0, uv = 0, vv = 0;
            for (int d = 0; d < D; d++) {
                double kbar = c[((size_t)h * clusters + j) * D + d], vbar = values[((size_t)h * clusters + j) * D + d], y = from_bf16(vs[d]);
                l += from_bf16(qs[((size_t)h * padded + r) * D + d]) * (from_bf16(k[d]) - kbar);
                uu += (y - vbar) * (y - vbar), uv += (y - vbar) * y, vv += y * y;
            }
            double f = std::exp(l * e.scale) - 1;
            sum += uu + f * (2 * uv + f * vv);
        }
        int size = at[1] - at[0];
        double want = size ? std::log(sum / size) : -INFINITY;
        float y = off[((size_t)h * rows + r) * clusters + j] + us[(size_t)h * clusters + j];
        y = size ? std::log(y / size) : -INFINITY;
        double apart_by = want == y ? 0 : std::fabs(want - y);
        seen++, worst = std::max(worst, apart_by);
        if (!(apart_by < 0.03) && bad++ < 3) printf("  head %d row %d cluster %d of %d: %g want %g\n", h, r, j, size, y, want);
    }
    printf("errors (%d, %d, %d), %d x %d: %d checked, %d wrong, worst %.1e\n", heads, n, D, rows, clusters, seen, bad, worst);
    wrong += bad;
    if (timed) {
        for (int parts : {11, 16, 22}) {
            e.parts = parts;
            double t = time_of(rounds, errors_all);
            printf("  %d parts: errors %.3f ms, %.0f TFLOP/s\n", parts, t, 2.0 * heads * video * rows * D / t * 1e-9);
        }
        printf("  apart %.3f ms\n", time_of(rounds, apart_all));
    }
    return wrong;
}

#ifdef SVGEN_VARIANTS  // other tiles
#include SVGEN_VARIANTS
#endif

int main(int argc, char** argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 11, wrong = 0;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    srand(3);
    wrong += run<128, Assign128, Error128>(3, 3000, 77, 90, 200, 1, false, cluster_assign_d128, cluster_error_d128);
    wrong += run<64, Assign64, Error64>(3, 3000, 77, 90, 200, 1, false, cluster_assign_d64, cluster_error_d64);
    if (argc > 1) {
        wrong += run<128, Assign128, Error128>(24, 119056, 256, 431, 1000, rounds, true, cluster_assign_d128, cluster_error_d128);
        wrong += run<64, Assign64, Error64>(96, 45106, 226, 265, 500, rounds, true, cluster_assign_d64, cluster_error_d64);
#ifdef SVGEN_VARIANTS
        wrong += variants(rounds);
#endif
    }
    printf(wrong ? "%d WRONG\n" : "all right\n", wrong);
    return wrong != 0;
}
