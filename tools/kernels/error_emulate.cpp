// Runs the Hopper kernel that tells how far off means of clusters are on the CPU, and compares it with the definition:
//   g++ -std=c++17 -O2 -w -o emulate tools/kernels/error_emulate.cpp && ./emulate
#include "cluster_emulator.hpp"

#include "../../cuda/src/main/cuda/cluster_error_hopper.cuh"
#include "random_normal.hpp"

static const ClusterError* argument;

template <class T>
static void thread_main() {
    cluster_errors<T>(*argument, fibers::now->block->memory.data());
    fibers::end_thread();
}

static float number(u16 b) { return as_float((u32)b << 16); }

template <class T>
static bool check(int maps, int n, int rows, int clusters, int first, int parts, float spread, unsigned seed) {
    srand(seed);
    int d = T::D, stride = clusters + 1 + first;
    std::vector<u16> q((size_t)maps * rows * d), k((size_t)maps * n * d), v(k.size()), centred(k.size());
    std::vector<double> kbar((size_t)maps * clusters * d), vbar(kbar.size());
    std::vector<float2> terms((size_t)maps * n + 66, float2{NAN, NAN});
    std::vector<float> apart((size_t)maps * clusters), masses((size_t)maps * rows * clusters), errors(masses.size(), NAN);
    std::vector<int> bounds((size_t)maps * stride);
    float scale = 1 / std::sqrt((float)d);
    for (auto& e : q) e = float_to_bf16(random_normal());
    for (int m = 0; m < maps; m++) {
        std::vector<int> cut;
        for (int c = 0; c < clusters - 1; c++) cut.push_back(first * 5 + rand() % (n - first * 5 + 1));
        cut.push_back(first * 5), cut.push_back(n);
        if (clusters > 3) cut[1] = cut[2];
        std::sort(cut.begin(), cut.end());
        if (first) bounds[(size_t)m * stride] = 0;
        for (int c = 0; c <= clusters; c++) bounds[(size_t)m * stride + first + c] = cut[c];
        for (int c = 0; c < clusters; c++) {
            std::vector<float> middle(2 * d);
            for (auto& x : middle) x = random_normal();
            for (int t = cut[c]; t < cut[c + 1]; t++)
                for (int e = 0; e < d; e++) {
                    k[((size_t)m * n + t) * d + e] = float_to_bf16(middle[e] + spread * random_normal());
                    v[((size_t)m * n + t) * d + e] = float_to_bf16(middle[d + e] + spread * random_normal());
                }
            int size = cut[c + 1] - cut[c];
            for (int e = 0; e < d; e++) {
                double a = 0, b = 0;
                for (int t = cut[c]; t < cut[c + 1]; t++) a += number(k[((size_t)m * n + t) * d + e]), b += number(v[((size_t)m * n + t) * d + e]);
                kbar[((size_t)m * clusters + c) * d + e] = size ? a / size : 0, vbar[((size_t)m * clusters + c) * d + e] = size ? b / size : 0;
            }
            double all = 0;
            for (int t = cut[c]; t < cut[c + 1]; t++) {
                double uv = 0, vv = 0;
                for (int e = 0; e < d; e++) {
                    size_t at = ((size_t)m * n + t) * d + e, mean = ((size_t)m * clusters + c) * d + e;
                    centred[at] = float_to_bf16(number(k[at]) - kbar[mean]);
                    double u = number(v[at]) - vbar[mean];
                    all += u * u, uv += u * number(v[at]), vv += number(v[at]) * number(v[at]);
                }
                terms[(size_t)m * n + t] = {(float)(2 * uv), (float)vv};
            }
            apart[(size_t)m * clusters + c] = all;
            for (int r = 0; r < rows; r++) {
                double l = 0;
                for (int e = 0; e < d; e++) l += number(q[((size_t)m * rows + r) * d + e]) * kbar[((size_t)m * clusters + c) * d + e];
                masses[((size_t)m * rows + r) * clusters + c] = scale * l;
            }
        }
    }
    ClusterError a{};
    EmulatedMap map{q.data(), rows, maps, d, T::ROWS};
    memcpy(&a.queries, &map, sizeof map);
    map = {centred.data(), n, maps, d, T::KEYS};
    memcpy(&a.keys, &map, sizeof map);
    a.terms = terms.data(), a.bounds = bounds.data(), a.sums = errors.data();
    a.maps = maps, a.n = n, a.rows = rows, a.clusters = clusters, a.stride = stride, a.first = first, a.parts = parts, a.scale = scale;
    argument = &a;
    fibers::begin(2, T::THREADS, T::SHARED, thread_main<T>);
    bool ended = fibers::run(seed);
    fibers::end();
    int bad = 0;
    double worst = 0;
    for (int m = 0; m < maps; m++)
        for (int c = 0; c < clusters; c++) {
            int from = bounds[(size_t)m * stride + first + c], to = bounds[(size_t)m * stride + first + c + 1];
            for (int r = 0; r < rows; r++) {
                double want = 0, mean = 0;
                const u16* query = &q[((size_t)m * rows + r) * d];
                const double *kb = &kbar[((size_t)m * clusters + c) * d], *vb = &vbar[((size_t)m * clusters + c) * d];
                for (int e = 0; e < d; e++) mean += number(query[e]) * kb[e];
                for (int t = from; t < to; t++) {
                    double l = 0;
                    for (int e = 0; e < d; e++) l += (double)number(query[e]) * number(k[((size_t)m * n + t) * d + e]);
                    double w = std::exp(scale * l), w0 = std::exp(scale * mean);
                    for (int e = 0; e < d; e++) {
                        double x = w * number(v[((size_t)m * n + t) * d + e]) - w0 * vb[e];
                        want += x * x;
                    }
                }
                want = to > from && want > 0 ? std::log(want / (to - from)) : -INFINITY;
                size_t at = ((size_t)m * rows + r) * clusters + c;
                float off = errors[at] + apart[(size_t)m * clusters + c], got = to > from && off > 0 ? 2 * masses[at] + std::log(off / (to - from)) : -INFINITY;
                double apart_by = want == got ? 0 : std::fabs(got - want);
                if (std::isfinite(want) && to - from > 1) worst = std::max(worst, apart_by);
                bool fine = apart_by <= 0.02 + 0.01 * std::fabs(want) || to - from == 1;  // one key is its mean but for rounding
                if (!fine && bad++ == 0) printf("  map %d row %d cluster %d of %d: %g want %g\n", m, r, c, to - from, got, want);
            }
        }
    bool ok = ended && bad == 0;
    printf("D %d maps %d n %d rows %d clusters %d: %s, worst %.1e\n", d, maps, n, rows, clusters, ok ? "ok" : "WRONG", worst);
    fflush(stdout);
    return ok;
}

template <class T>
static bool all() {
    return check<T>(2, 500, 100, 9, 0, 2, 0.5, 1) & check<T>(1, 700, 250, 40, 1, 5, 0.2, 2) & check<T>(1, 100, 3, 1, 0, 1, 1, 3) &
           check<T>(1, 300, 70, 5, 0, 7, 4, 4);
}

int main() {
    bool ok = all<ErrorVariant<64, 4, 1, 8>>() & all<ErrorVariant<128, 4, 1, 8>>();
    printf(ok ? "all right\n" : "WRONG\n");
    return !ok;
}
