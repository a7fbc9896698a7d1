// Runs the Hopper kernel that finds the nearest centroids on the CPU and compares it with the definition:
//   g++ -std=c++17 -O2 -w -o emulate tools/kernels/assign_emulate.cpp && ./emulate
#include "cluster_emulator.hpp"

#include "../../cuda/src/main/cuda/cluster_assign_hopper.cuh"
#include "random_normal.hpp"

static const ClusterAssign* argument;

template <class T>
static void thread_main() {
    assign<T>(*argument, fibers::now->block->memory.data());
    fibers::end_thread();
}

static float number(u16 b) { return as_float((u32)b << 16); }

template <class T>
static bool check(int batch, int heads, int tokens, int from, int count, int clusters, bool equal, unsigned seed) {
    srand(seed);
    int maps = batch * heads, columns = (clusters + T::COLUMNS - 1) / T::COLUMNS * T::COLUMNS;
    std::vector<u16> x((size_t)maps * tokens * T::D), w((size_t)maps * columns * T::D);
    std::vector<float> squares((size_t)maps * columns, INFINITY);
    std::vector<int> labels((size_t)maps * count, -7);
    for (auto& e : x) e = float_to_bf16(random_normal());
    for (int m = 0; m < maps; m++)
        for (int c = 0; c < clusters; c++) {
            float sum = 0;
            for (int i = 0; i < T::D; i++) {
                u16& e = w[((size_t)m * columns + c) * T::D + i];
                e = equal && c >= clusters / 2 ? w[((size_t)m * columns + c - clusters / 2) * T::D + i] : float_to_bf16(random_normal());
                sum += number(e) * number(e);
            }
            squares[(size_t)m * columns + c] = sum;
        }
    if (count > 5)  // one token is no number
        for (int i = 0; i < T::D; i++) x[((size_t)from + 5) * T::D + i] = 0x7FC0;
    ClusterAssign a{};
    EmulatedMap map{x.data(), tokens, heads, T::D, T::ROWS};
    memcpy(&a.x, &map, sizeof map);
    map = {w.data(), columns, maps, T::D, T::COLUMNS};
    memcpy(&a.centroids, &map, sizeof map);
    a.squares = squares.data(), a.labels = labels.data();
    a.maps = maps, a.heads = heads, a.from = from, a.count = count, a.columns = columns;
    argument = &a;
    fibers::begin(2, T::THREADS, T::SHARED, thread_main<T>);
    bool ended = fibers::run(seed);
    fibers::end();
    int bad = 0, others = 0;
    for (int m = 0; m < maps; m++)
        for (int i = 0; i < count; i++) {
            double least = INFINITY, mine = INFINITY;
            int best = 0, label = labels[(size_t)m * count + i];
            for (int c = 0; c < clusters; c++) {
                double sum = 0;
                for (int e = 0; e < T::D; e++)
                    sum += (double)number(x[((size_t)m * tokens + from + i) * T::D + e]) * number(w[((size_t)m * columns + c) * T::D + e]);
                double distance = squares[(size_t)m * columns + c] - 2 * sum;
                if (distance < least) least = distance, best = c;
                if (c == label) mine = distance;
            }
            others += label != best;
            if (!(label >= 0 && label < clusters && (label == best || mine <= least + 1e-3)) && bad++ == 0)
                printf("  map %d token %d: %d at %g want %d at %g\n", m, i, label, mine, best, least);
        }
    bool ok = ended && bad == 0 && (!equal || others == 0);
    printf("D %d [%d, %d, %d] from %d count %d, %d clusters%s: %s, %d other\n", T::D, batch, heads, tokens, from, count, clusters,
           equal ? ", in pairs" : "", ok ? "ok" : "WRONG", others);
    fflush(stdout);
    return ok;
}

template <class T>
static bool all() {
    return check<T>(1, 2, 600, 0, 600, 300, false, 1) & check<T>(2, 3, 333, 11, 280, 128, false, 2) &
           check<T>(1, 1, 1, 0, 1, 1, false, 3) & check<T>(1, 2, 500, 100, 400, 90, true, 4) & check<T>(1, 1, 700, 0, 691, 513, false, 5);
}

int main() {
    bool ok = all<AssignVariant<64, 3, 1, 128, 6>>() & all<AssignVariant<128, 3, 1, 144, 4>>();
    printf(ok ? "all right\n" : "WRONG\n");
    return !ok;
}
