// Runs variants of the Hopper matrix product on the CPU and compares them with the definition:
//   g++ -std=c++17 -O2 -w -o emulate tools/kernels/gemm_emulate.cpp && ./emulate
#include "attention_emulator.hpp"

using fibers::blocks;
static int cluster;

struct EmulatedMatrix {
    void* at;
    int rows, columns, box_rows, element;  // bytes
};

/** Does something as if the fiber ran in another block. */
template <class F>
static void within(fibers::Fiber* f, fibers::Block* block, F action) {
    fibers::Fiber* before = fibers::now;
    fibers::Block* own = f->block;
    fibers::now = f;
    f->block = block;
    action();
    f->block = own;
    fibers::now = before;
}

static fibers::Block* of_cluster(int i) {
    return blocks[fibers::now->block->index / cluster * cluster + i];
}

static u32 swizzled(u32 address) { return address ^ (address >> 7 & 7) << 4; }

static fibers::Named whole_cluster[8];
template <int CLUSTER>
void cluster_sync() {
    fibers::rendezvous(whole_cluster[fibers::now->block->index / CLUSTER], CLUSTER * 384, "cluster");
}
template <int CLUSTER>
void barrier_arrive_at(u32 barrier, u32 block) {
    within(fibers::now, of_cluster(block), [=] { barrier_arrive(barrier); });
}
template <int SHARERS>
void load_tile(u32 to, const TensorMap* map, int column, int row, u32 barrier, u64) {
    EmulatedMatrix m;
    memcpy(&m, map, sizeof m);
    fibers::Fiber* issuer = fibers::now;
    for (int s = 0; s < SHARERS; s++) {
        fibers::Block* block = SHARERS == 1 ? issuer->block : of_cluster(s);
        fibers::copies.push_back([=] {
            within(issuer, block, [=] {
                for (int i = 0; i < m.box_rows; i++)
                    for (int c = 0; c < 64; c++) {
                        bool inside = row + i < m.rows && column + c < m.columns;
                        u16 x = inside ? ((u16*)m.at)[(size_t)(row + i) * m.columns + column + c] : 0;
                        memcpy(fibers::memory(swizzled(to + i * 128 + c * 2)), &x, 2);
                    }
                barrier_at(barrier)->bytes -= m.box_rows * 128;
                fibers::settle(barrier_at(barrier));
            });
        });
    }
}

/** Stores read as late as they may. */
static std::vector<std::pair<fibers::Fiber*, std::function<void()>>> stores;
void store_tile(const TensorMap* map, u32 from, int column, int row) {
    EmulatedMatrix m;
    memcpy(&m, map, sizeof m);
    stores.push_back({fibers::now, [=] {
        for (int i = 0; i < m.box_rows && row + i < m.rows; i++)
            for (int c = 0; c < 128 / m.element && column + c < m.columns; c++) {
                char* to = (char*)m.at + ((size_t)(row + i) * m.columns + column + c) * m.element;
                const void* x = fibers::memory(swizzled(from + i * 128 + c * m.element));
                memcpy(to, x, m.element);
            }
    }});
}
inline void stores_commit() { stores.push_back({fibers::now, nullptr}); }
template <int PENDING>
void stores_wait() {
    int groups = 0;
    for (auto& s : stores) groups += s.first == fibers::now && !s.second;
    for (size_t i = 0; i < stores.size() && groups > PENDING;) {
        if (stores[i].first != fibers::now) { i++; continue; }
        if (stores[i].second) stores[i].second(); else groups--;
        stores.erase(stores.begin() + i);
    }
}
inline void stores_fence() {}
inline void store_matrices(u32 row, const u32 (&words)[4]) {
    int lane = threadIdx.x % 32;
    for (int j = 0; j < 4; j++) {
        u32 to = fibers::exchange(row, 8 * j + lane / 4);
        memcpy(fibers::memory(to + lane % 4 * 4), &words[j], 4);
    }
}
inline void store_pair(u32 to, float x, float y) {
    memcpy(fibers::memory(to), &x, 4);
    memcpy(fibers::memory(to + 4), &y, 4);
}
inline u32 kept(u32 x) { return x; }
inline float tanh_fast(float x) { return tanhf(x); }

#include "../../cuda/src/main/cuda/gemm_hopper.cuh"

static const Gemm* argument;

template <class T>
static void thread_main() {
    multiply<T>(*argument, fibers::now->block->memory.data());
    fibers::end_thread();
}

static float from_bf16(u16 x) { return as_float((u32)x << 16); }

static void fill(std::vector<u16>& x) {
    for (u16& v : x) v = float_to_bf16(rand() / (float)RAND_MAX * 2 - 1);
}

template <class X>
static TensorMap map_of(X& x, int rows, int columns, int box_rows) {
    TensorMap map{};
    EmulatedMatrix m{x.data(), rows, columns, box_rows, sizeof x[0]};
    memcpy(&map, &m, sizeof m);
    return map;
}

template <class T>
static bool check(const char* name, int m, int n, int k, int split, int type, unsigned seed) {
    srand(seed);
    cluster = T::CLUSTER;
    std::vector<u16> a((size_t)m * split), a2((size_t)m * (k - split)), b((size_t)n * k), bias(n), out16((size_t)m * n, 0x7FC0);
    fill(a), fill(a2), fill(b), fill(bias);
    std::vector<float> out32(out16.size(), NAN);
    Gemm g{};
    g.a = map_of(a, m, split, 128), g.a2 = map_of(a2, m, k - split, 128);
    g.b = map_of(b, n, k, T::N / T::CLUSTER), g.out = type == BF16 ? map_of(out16, m, n, 16) : map_of(out32, m, n, 8);
    g.bias = {bias.data(), BF16};
    g.m = m, g.n = n, g.k = k, g.split = split, g.group = 2;
    argument = &g;
    fibers::begin(2, T::THREADS, T::SHARED, thread_main<T>);
    bool ended = fibers::run(seed);
    ended &= fibers::copies.empty() && stores.empty();
    fibers::end();
    stores.clear();

    double error = 0, norm = 0;
    int bad = 0;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            double y = from_bf16(bias[j]);
            for (int c = 0; c < k; c++)
                y += (double)from_bf16(c < split ? a[(size_t)i * split + c] : a2[(size_t)i * (k - split) + c - split]) * from_bf16(b[(size_t)j * k + c]);
            y = activate(T::FUNCTION, y);
            size_t at = (size_t)i * n + j;
            double x = type == BF16 ? from_bf16(out16[at]) : out32[at];
            bad += !(std::fabs(x - y) <= 0.02 + 0.01 * std::fabs(y));
            error += (x - y) * (x - y), norm += y * y;
        }
    bool ok = ended && bad == 0 && std::sqrt(error / norm) < 3e-3;
    printf("%-40s m %d n %d k %d+%d: %s, %d bad, rel %.1e\n", name, m, n, split, k - split, ok ? "ok" : "WRONG", bad, std::sqrt(error / norm));
    fflush(stdout);
    return ok;
}

#define CHECK(type, m, n, k, split, ...) ok &= check<GemmVariant<__VA_ARGS__>>(#__VA_ARGS__, m, n, k, split, type, seed++)

int main(int argc, char** argv) {
    unsigned seed = argc > 1 ? atoi(argv[1]) : 1;
    bool ok = true;
    CHECK(BF16, 300, 520, 136, 136, 256, 4, 2, NONE, PLAIN);
    CHECK(BF16, 300, 264, 328, 192, 256, 4, 2, GELU_TANH, PLAIN);
    CHECK(F32, 130, 300, 136, 136, 256, 4, 2, NONE, WIDE);
    CHECK(F32, 70, 264, 72, 72, 256, 4, 2, SILU, WIDE);
    CHECK(BF16, 140, 264, 460, 460, 128, 6, 1, NONE, PLAIN);
    CHECK(F32, 2, 392, 520, 520, 128, 6, 1, SILU, WIDE);
    CHECK(BF16, 140, 264, 460, 460, 64, 8, 1, GELU_TANH, PLAIN);
    CHECK(F32, 2, 392, 520, 520, 64, 8, 1, NONE, WIDE);
    return !ok;
}
