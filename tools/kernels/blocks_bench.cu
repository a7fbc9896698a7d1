// Checks and times the Hopper kernel for lists of key blocks, beside the kernel for bands. Needs no Java:
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o blocks_bench tools/kernels/blocks_bench.cu
//   blocks_bench check [CASES] against the definition, small cases
//   blocks_bench time D [ROUNDS [REST]]  TFLOP/s over the pairs that are kept, in turns; rests in ms
#include <unistd.h>

#include <functional>

#include "attention_bench.cuh"
#include "../../cuda/src/main/cuda/attention_block_tables.cu"
#include "../../cuda/src/main/cuda/attention_blocks_hopper.cuh"
#include "blocks_cases.hpp"

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) listed(const __grid_constant__ BlockAttention a) {
    extern __shared__ __align__(1024) unsigned char shared[];
    attend_blocks<T>(a, shared);
}

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) banded(const __grid_constant__ Attention a) {
    extern __shared__ __align__(1024) unsigned char shared[];
    attend<T>(a, shared);
}

template <int D> struct Kernels;
template <> struct Kernels<128> {
    using Listed = BlockVariant<128, 3, 128, 2, 1, true>;
    using Banded = Variant<128, 3, 128, 2, 1, true>;
};
template <> struct Kernels<64> {
    using Listed = BlockVariant<64, 3, 128, 3, 2>;
    using Banded = Variant<64, 3, 128, 3, 2>;
};

template <class X>
static X* upload(const std::vector<X>& from) {
    X* to = device<X>(std::max<size_t>(from.size(), 1));
    CHECK(cudaMemcpy(to, from.data(), from.size() * sizeof(X), cudaMemcpyDefault));
    return to;
}

/** As map_of, but boxes of one panel of 64 channels where `panel`. */
static TensorMap box_of(const u16* at, const Shape& s, int tokens, int rows, bool panel) {
    if (!panel) return map_of(at, s, tokens, rows);
    void* f = nullptr;
    cudaDriverEntryPointQueryResult found;
    CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000, cudaEnableDefault, &found));
    CUtensorMap map;
    cuuint64_t row = (cuuint64_t)s.d * 2;
    cuuint64_t sizes[] = {64, (cuuint64_t)tokens, (cuuint64_t)s.d / 64, (cuuint64_t)s.heads, (cuuint64_t)s.batch};
    cuuint64_t strides[] = {row, 128, row * tokens, row * tokens * s.heads};
    cuuint32_t box[] = {64, (cuuint32_t)rows, 1, 1, 1}, steps[] = {1, 1, 1, 1, 1};
    CUresult r = ((PFN_cuTensorMapEncodeTiled_v12000)f)(&map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 5, (void*)at, sizes, strides,
                                                        box, steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                                                        CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (r != CUDA_SUCCESS) printf("cuTensorMapEncodeTiled: error %d\n", (int)r), exit(2);
    TensorMap t;
    memcpy(&t, &map, sizeof t);
    return t;
}

/** The launch's tables and maps; q, k, v and means lie in the order of blocks. */
template <class T>
static BlockAttention call_of(const BlockData& x, const u16* q, const u16* k, const u16* v, const u16* mk, const u16* mv, u16* out,
                              BlockTables& tables) {
    Shape s{1, x.c.heads, x.c.tokens, x.c.tokens, T::D};
    BlockAttention a{};
    a.q = box_of(q, s, s.queries, 64, true);
    const u16 *kv[] = {k, v}, *means[] = {mk, mv};
    for (int i = 0; i < 2; i++) {
        for (int b = 0; b < BOXES; b++) a.boxes[b][i] = box_of(kv[i], s, s.keys, EIGHT << b, true);
        a.whole[i] = map_of(kv[i], s, s.keys, T::KEYS);
        a.means[i] = map_of(means[i], s, x.blocks, T::KEYS);
    }
    tables = {};
    tables.queries = x.c.tokens;
    tables.query_blocks = x.query_blocks, tables.blocks = x.blocks, tables.words = x.words;
    tables.pitch = (x.blocks + T::KEYS - 1) / T::KEYS * T::KEYS;
    tables.most_groups = most_groups(x.c.tokens, x.query_blocks);
    tables.scale = x.scale;
    tables.query_bounds = upload(x.query_bounds), tables.bounds = upload(x.key_bounds), tables.bits = upload(x.bits);
    tables.heavy = device<int>((size_t)s.heads * x.query_blocks);
    tables.groups = device<int>((size_t)s.heads * tables.most_groups * 4);
    tables.counts = device<int>(s.heads);
    tables.bias = device<float>((size_t)s.heads * tables.pitch);
    a.out = out, a.bounds = tables.bounds, a.bits = tables.bits, a.groups = tables.groups, a.counts = tables.counts;
    a.bias = x.c.tail ? tables.bias : nullptr;
    a.order = x.c.permuted ? upload(x.order) : nullptr;
    a.counter = device<int>(2);
    CHECK(cudaMemset(a.counter, 0, 8));
    a.batch = 1, a.heads = s.heads, a.queries = a.keys = s.keys;
    a.query_blocks = x.query_blocks, a.blocks = x.blocks, a.words = x.words;
    a.most_groups = tables.most_groups, a.bias_pitch = tables.pitch, a.scale = x.scale * 1.44269504f;
    CHECK(cudaFuncSetAttribute(listed<T>, cudaFuncAttributeMaxDynamicSharedMemorySize, T::SHARED));
    return a;
}

/** The first `most` cases. */
template <class T>
static int check(size_t most) {
    int wrong = 0;
    auto all = block_cases();
    all.push_back({"larger, clusters, tail, text", 6, 9000, -300, -90, 0.25, true, true, 226});
    all.push_back({"larger, blocks of 64", 6, 9999, 192, 64, 0.25, true, false, 15});
    for (size_t i = 0; i < all.size() && i < most; i++) {
        BlockData x = make(all[i], T::D, 3 + i);
        size_t n = (size_t)x.c.heads * x.c.tokens * T::D;
        u16* out = device<u16>(n);
        BlockTables tables;
        // Rows as they are stored, then placed as a launch places them.
        std::vector<u16> stored_rows[3] = {x.q, x.k, x.v};
        const std::vector<u16>* from[] = {&x.q, &x.k, &x.v};
        u16 *at[3], *placed[3];
        BlockPlacement p{};
        int* order = upload(x.order);
        for (int j = 0; j < 3; j++) {
            for (int h = 0; h < x.c.heads; h++)
                for (int t = 0; t < x.c.tokens; t++)
                    for (int d = 0; d < T::D; d++)
                        stored_rows[j][((size_t)h * x.c.tokens + x.order[(size_t)h * x.c.tokens + t]) * T::D + d] =
                                (*from[j])[((size_t)h * x.c.tokens + t) * T::D + d];
            at[j] = upload(stored_rows[j]), placed[j] = device<u16>(n);
            CHECK(cudaMemset(placed[j], 0xFF, n * 2));
            p.from[j] = (uint4*)at[j], p.to[j] = (uint4*)placed[j], p.order[j] = order, p.tokens[j] = x.c.tokens;
        }
        p.row = T::D / 8;
        attention_block_place<<<dim3(64, x.c.heads, 3), 256>>>(p);
        CHECK(cudaGetLastError());
        BlockAttention a = call_of<T>(x, placed[0], placed[1], placed[2], upload(x.mean_k), upload(x.mean_v), out, tables);
        std::vector<u16> got(n), again(n);
        for (int run = 0; run < 2; run++) {
            CHECK(cudaMemset(out, 0xFF, n * 2));
            CHECK(cudaMemset(tables.groups, 0xFF, (size_t)x.c.heads * tables.most_groups * 16));
            attention_block_tables<<<x.c.heads, 256>>>(tables);
            listed<T><<<132, T::THREADS, T::SHARED>>>(a);
            CHECK(cudaGetLastError());
            CHECK(cudaDeviceSynchronize());
            CHECK(cudaMemcpy((run ? again : got).data(), out, n * 2, cudaMemcpyDefault));
        }
        double error = 0, norm = 0;
        int bad = 0, step = x.c.tokens > 2000 ? 37 : 1;
        std::vector<double> want(T::D);
        for (int h = 0; h < x.c.heads; h++)
            for (int t = 0; t < x.c.tokens; t += step) {
                expected(x, h, t, want.data());
                int token = x.c.permuted ? x.order[(size_t)h * x.c.tokens + t] : t;
                for (int d = 0; d < T::D; d++) {
                    double y = float_of(got[((size_t)token * x.c.heads + h) * T::D + d]);
                    error += (y - want[d]) * (y - want[d]), norm += want[d] * want[d];
                    if (!(fabs(y - want[d]) < 0.02 + 0.03 * fabs(want[d])) && bad++ == 0)
                        printf("  head %d position %d channel %d: %g want %g\n", h, t, d, y, want[d]);
                }
            }
        bool ok = bad == 0 && got == again;
        wrong += !ok;
        printf("D %d %-40s %s rel %.1e bad %d%s\n", T::D, x.c.name, ok ? "ok" : "WRONG", std::sqrt(error / (norm + 1e-30)), bad,
               got == again ? "" : " DIFFERENT BITS");
        fflush(stdout);
    }
    printf(wrong ? "%d WRONG\n" : "all right\n", wrong);
    return wrong != 0;
}

static double median_of(std::vector<double> x) {
    std::sort(x.begin(), x.end());
    return x[x.size() / 2];
}

static float once(cudaEvent_t from, cudaEvent_t to, const std::function<void()>& work) {
    CHECK(cudaEventRecord(from));
    work();
    CHECK(cudaEventRecord(to));
    CHECK(cudaEventSynchronize(to));
    float ms;
    CHECK(cudaEventElapsedTime(&ms, from, to));
    return ms;
}

/** Lists that a method would make: of random blocks, of blocks near the query's own, of clusters; and bands. */
template <int D>
static int time_all(int rounds, int rest_us) {
    using L = typename Kernels<D>::Listed;
    using B = typename Kernels<D>::Banded;
    bool wide = D == 128;
    int frames = wide ? 33 : 11, places = wide ? 3600 : 4080, text = wide ? 256 : 226;
    int heads = wide ? 24 : 96, n = frames * places + text;
    size_t count = (size_t)heads * n * D;
    Shape s{1, heads, n, n, D};
    u16 *q = device<u16>(count), *k = device<u16>(count), *v = device<u16>(count), *out = device<u16>(count);
    random_bf16(q, count, 11, 1), random_bf16(k, count, 12, 1), random_bf16(v, count, 13, 1);
    struct Way {
        std::string name;
        std::function<void()> run;
        double pairs;
        std::vector<double> ms;
    };
    std::vector<Way> ways;
    auto band_way = [&](const char* name, const Plan& plan) {
        Attention a{};
        const u16* in[] = {q, k, v};
        for (int i = 0; i < 3; i++) a.maps[0][i] = a.maps[1][i] = map_of(in[i], s, n, i == 0 ? B::ROWS : B::KEYS);
        a.plan = upload(encode(plan)), a.out = out, a.counter = device<int>(2), a.batch = 1, a.heads = heads, a.queries = n;
        a.scale = 1 / std::sqrt((float)D);
        CHECK(cudaMemset(a.counter, 0, 8));
        CHECK(cudaFuncSetAttribute(banded<B>, cudaFuncAttributeMaxDynamicSharedMemorySize, B::SHARED));
        ways.push_back({name, [a] { banded<B><<<132, B::THREADS, B::SHARED>>>(a); }, pairs(plan.kind[0]) * heads});
    };
    band_way("dense", dense(n, n));
    int fits = 0, beyond = n;
    Text where = wide ? Text::LAST : Text::FIRST;
    while (beyond - fits > 1) {
        int middle = (fits + beyond) / 2;
        (pairs(band(frames, places, where, text, text, middle, 0).kind[0]) <= 0.25 * n * n ? fits : beyond) = middle;
    }
    band_way("band .25", band(frames, places, where, text, text, fits, 0));
    auto list_way = [&](const char* name, BlockCase c, int near, bool tables_too) {
        c.heads = heads, c.tokens = n, c.text = text;
        srand(7);
        BlockData x{c, D};
        x.scale = 1 / std::sqrt((float)D);
        x.query_bounds = bounds_of(heads, n, c.query_block, text, x.query_blocks);
        x.key_bounds = bounds_of(heads, n, c.key_block, text, x.blocks);
        x.words = (x.blocks + 31) / 32;
        double kept = 0;
        x.bits.assign((size_t)heads * x.query_blocks * x.words, 0);
        for (int h = 0; h < heads; h++)
            for (int b = 0; b < x.query_blocks; b++) {
                const int* qb = &x.query_bounds[h * (x.query_blocks + 1) + b];
                const int* kb = &x.key_bounds[h * (x.blocks + 1)];
                for (int j = 0; j < x.blocks; j++) {
                    double away = fabs((j + .5) / x.blocks - (b + .5) / x.query_blocks);
                    double chance = near ? (away < .1 ? .9 : .0875) : c.density;
                    bool is_text = b == x.query_blocks - 1 || j == x.blocks - 1;
                    if (!is_text && rand() / (double)RAND_MAX >= chance) continue;
                    x.bits[((size_t)h * x.query_blocks + b) * x.words + j / 32] |= 1u << j % 32;
                    kept += (double)(qb[1] - qb[0]) * (kb[j + 1] - kb[j]);
                }
            }
        u16 *mk = device<u16>((size_t)heads * x.blocks * D), *mv = device<u16>((size_t)heads * x.blocks * D);
        random_bf16(mk, (size_t)heads * x.blocks * D, 14, .3f), random_bf16(mv, (size_t)heads * x.blocks * D, 15, .3f);
        x.order.resize((size_t)heads * n);
        if (c.permuted) {
            for (int h = 0; h < heads; h++) {
                for (int i = 0; i < n; i++) x.order[(size_t)h * n + i] = i;
                for (int i = n - 1; i > 0; i--) std::swap(x.order[(size_t)h * n + i], x.order[(size_t)h * n + (int)(((long long)rand() << 16 ^ rand()) % (i + 1))]);
            }
        }
        BlockTables t;
        BlockAttention a = call_of<L>(x, q, k, v, mk, mv, out, t);
        attention_block_tables<<<heads, 256>>>(t);
        CHECK(cudaDeviceSynchronize());
        ways.push_back({name, [a] { listed<L><<<132, L::THREADS, L::SHARED>>>(a); }, kept});
        if (tables_too) {
            ways.push_back({"  its tables", [t, heads] { attention_block_tables<<<heads, 256>>>(t); }, 0});
        }
        if (c.permuted) {
            static u16* to[3] = {device<u16>(count), device<u16>(count), device<u16>(count)};
            BlockPlacement p{};
            const u16* in[] = {q, k, v};
            for (int j = 0; j < 3; j++)
                p.from[j] = (const uint4*)in[j], p.to[j] = (uint4*)to[j], p.order[j] = a.order, p.tokens[j] = n;
            p.row = D / 8;
            ways.push_back({"  its placement", [p, heads] { attention_block_place<<<dim3(512, heads, 3), 256>>>(p); }, 0});
        }
    };
    list_way("blocks of 64, queries of 192, random .25", {"", 0, 0, 192, 64, .25, false, false, 0}, 0, true);
    list_way("the same with a tail", {"", 0, 0, 192, 64, .25, true, false, 0}, 0, false);
    list_way("blocks of 64, queries of 192, near .25", {"", 0, 0, 192, 64, .25, false, false, 0}, 1, false);
    list_way("blocks of 64, queries of 128, random .25", {"", 0, 0, 128, 64, .25, false, false, 0}, 0, false);
    list_way("blocks of 64, queries of 64, random .25", {"", 0, 0, 64, 64, .25, false, false, 0}, 0, false);
    list_way("blocks of 128, queries of 192, random .25", {"", 0, 0, 192, 128, .25, false, false, 0}, 0, false);
    list_way("blocks of 64, queries of 192, all", {"", 0, 0, 192, 64, 1, false, false, 0}, 0, false);
    list_way("clusters of 240 and 120, order, random .25", {"", 0, 0, -240, -120, .25, false, true, 0}, 0, true);
    list_way("the same with a tail", {"", 0, 0, -240, -120, .25, true, true, 0}, 0, false);
    list_way("clusters of 400 and 120, order, tail", {"", 0, 0, -400, -120, .25, true, true, 0}, 0, false);
    cudaEvent_t from, to;
    CHECK(cudaEventCreate(&from));
    CHECK(cudaEventCreate(&to));
    std::vector<int> order(ways.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    for (int round = -1; round < rounds; round++) {
        for (int i = order.size() - 1; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
        for (int i : order) {
            float ms = once(from, to, ways[i].run);
            CHECK(cudaGetLastError());
            if (round >= 0) ways[i].ms.push_back(ms);
            if (rest_us) usleep(rest_us);
        }
    }
    double bands = 0;
    for (Way& w : ways) {
        double t = median_of(w.ms), rate = 4 * w.pairs * D / t * 1e-9;
        if (w.name == "band .25") bands = rate;
        printf("  %-46s density %.3f %8.3f ms (%.3f-%.3f) %6.1f TFLOP/s, %.3f of the band\n", w.name.c_str(),
               w.pairs / heads / n / n, t, *std::min_element(w.ms.begin(), w.ms.end()), *std::max_element(w.ms.begin(), w.ms.end()),
               rate, bands ? rate / bands : 0);
    }
    return 0;
}

int main(int argc, char** argv) {
    std::string what = argc > 1 ? argv[1] : "";
    if (what == "check") {
        int most = argc > 2 ? atoi(argv[2]) : 100;
        return check<Kernels<64>::Listed>(most) | check<Kernels<128>::Listed>(most);
    }
    if (what == "time") {
        int rounds = argc > 3 ? atoi(argv[3]) : 7, rest = argc > 4 ? atoi(argv[4]) * 1000 : 0;
        return atoi(argv[2]) == 64 ? time_all<64>(rounds, rest) : time_all<128>(rounds, rest);
    }
    printf("blocks_bench check [CASES] | time D [ROUNDS [REST]]\n");
    return 2;
}
