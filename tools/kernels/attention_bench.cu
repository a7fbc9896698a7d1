// Checks and times the variants of the Hopper attention kernel. Needs no Java and no libraries:
//   tools/kernels/build_bench.sh FOLDER
//   attention_bench plan       cutting into work against the definition, on the CPU
//   attention_bench units      the building blocks
//   attention_bench check I    variant I against the reference
//   attention_bench small I    two small cases of it, for compute-sanitizer
//   attention_bench time I [ROUNDS [REST]]  TFLOP/s of variant I over the pairs that are kept; rests in ms
//   attention_bench steady I   the same of launches without a pause, one density after the other
//   attention_bench versus D [ROUNDS [REST [I...]]]  dense, all variants of D channels and FlashAttention-3, in turns
//   attention_bench watch I    check with a watchdog against hangs: 0 or 3
//   attention_bench count      how many variants there are
#include <unistd.h>

#include "attention_units.cuh"

#define VARIANT(i, ...) Entry variant_##i();
#include "attention_variants.inc"
#undef VARIANT
#define VARIANT(i, ...) variant_##i(),
static const Entry entries[] = {
#include "attention_variants.inc"
};
/** Some of them again, with a watchdog: what to run when they hang. */
Entry watched_0(), watched_3();

constexpr int ENTRIES = sizeof entries / sizeof *entries;

/** One call, ready to launch. */
struct Call {
    Shape s;
    Attention a{};
    u16 *q, *k, *v, *placed[3], *out;
    int* kinds;
    KindSpec* table;

    Call(const Entry& e, const Shape& s, const Plan& plan, float factor, bool copies) : s(s) {
        size_t nq = (size_t)s.batch * s.heads * s.queries * s.d, nk = nq / s.queries * s.keys;
        q = device<u16>(nq);
        k = device<u16>(nk);
        v = device<u16>(nk);
        out = device<u16>(nq);
        random_bf16(q, nq, 11, factor);
        random_bf16(k, nk, 12, 1);
        random_bf16(v, nk, 13, 1);
        std::vector<int> kind(s.batch * s.heads);
        for (size_t i = 0; i < kind.size(); i++) kind[i] = plan.kinds == 1 ? 0 : (i * 7 + 1) % 3 % 2;
        kinds = device<int>(kind.size());
        CHECK(cudaMemcpy(kinds, kind.data(), kind.size() * 4, cudaMemcpyDefault));
        const u16* from[] = {q, k, v};
        for (int i = 0; i < 3; i++) {
            int tokens = i == 0 ? s.queries : s.keys, rows = i == 0 ? e.rows : e.keys;
            a.maps[0][i] = a.maps[1][i] = map_of(from[i], s, tokens, rows);
            if (plan.kinds > 1 && copies) {
                placed[i] = device<u16>(nq);
                CHECK(cudaMemset(placed[i], 0xFF, nq * 2));
                a.maps[1][i] = map_of(placed[i], s, tokens, rows);
            }
        }
        a.out = out;
        a.kinds = plan.kinds == 1 ? nullptr : kinds;
        a.counter = device<int>(2);
        CHECK(cudaMemset(a.counter, 0, 8));
        a.batch = s.batch;
        a.heads = s.heads;
        a.queries = s.queries;
        use(plan);
        a.scale = 1 / std::sqrt((float)s.d);
        if (plan.kinds > 1 && copies) {
            Placement p{{(uint4*)q, (uint4*)k, (uint4*)v},
                        {(uint4*)placed[0], (uint4*)placed[1], (uint4*)placed[2]},
                        a.plan, kinds, s.batch * s.heads, s.keys, s.d / 8};
            attention_place<<<dim3(64, s.batch * s.heads, 3), 256>>>(p);
            CHECK(cudaGetLastError());
        }
        CHECK(cudaFuncSetAttribute(e.run, cudaFuncAttributeMaxDynamicSharedMemorySize, e.shared));
    }

    void use(const Plan& plan) {
        std::vector<int> ints = encode(plan);
        int* to = device<int>(ints.size());
        CHECK(cudaMemcpy(to, ints.data(), ints.size() * 4, cudaMemcpyDefault));
        a.plan = to;
        table = device<KindSpec>(KINDS);
        CHECK(cudaMemcpy(table, plan.kind, sizeof(KindSpec) * KINDS, cudaMemcpyDefault));
    }

    size_t outputs() const { return (size_t)s.batch * s.heads * s.queries * s.d; }

    void launch(const Entry& e) {
        e.run<<<132, e.threads, e.shared>>>(a);
        CHECK(cudaGetLastError());
    }
};

/** Compares rows of the output with the reference; prints one line, more where it is wrong. */
static bool compare(const Call& c, const Plan& plan, const Entry& e, const u16* got,
                    const std::vector<Row>& rows) {
    Row* at = device<Row>(rows.size());
    float *scores = device<float>(rows.size() * c.s.keys), *want = device<float>(rows.size() * c.s.d);
    CHECK(cudaMemcpy(at, rows.data(), rows.size() * sizeof(Row), cudaMemcpyDefault));
    reference<<<(int)rows.size(), 128>>>(c.q, c.k, c.v, c.s, c.table, c.kinds, c.a.scale, at, scores, want);
    CHECK(cudaDeviceSynchronize());
    std::vector<float> ref(rows.size() * c.s.d);
    std::vector<int> kinds(c.s.batch * c.s.heads);
    CHECK(cudaMemcpy(ref.data(), want, ref.size() * 4, cudaMemcpyDefault));
    CHECK(cudaMemcpy(kinds.data(), c.kinds, kinds.size() * 4, cudaMemcpyDefault));
    double error = 0, norm = 0, worst = 0;
    int bad = 0, by_group[4] = {}, by_panel[2] = {}, by_kind[2] = {}, nans = 0;
    char first[400] = "";
    for (size_t r = 0; r < rows.size(); r++) {
        int head = rows[r].head, kind = kinds[head];
        int token = stored(plan.kind[kind].order, rows[r].at);
        for (int i = 0; i < c.s.d; i++) {
            size_t o = (((size_t)(head / c.s.heads) * c.s.queries + token) * c.s.heads + head % c.s.heads) * c.s.d + i;
            double x = from_bf16(got[o]), y = ref[r * c.s.d + i];
            norm += y * y;
            bool nan = !(x == x);
            if (!nan) error += (x - y) * (x - y), worst = std::max(worst, fabs(x - y));
            nans += nan;
            if (nan || fabs(x - y) > 0.02 + 0.03 * fabs(y)) {
                if (bad++ == 0) {
                    snprintf(first, sizeof first, "first: head %d kind %d position %d token %d channel %d: %g want %g",
                             head, kind, rows[r].at, token, i, x, y);
                }
                by_group[rows[r].at % e.rows / 64]++;
                by_panel[i / 64]++;
                by_kind[kind]++;
            }
        }
    }
    double relative = std::sqrt(error / (norm + 1e-30));
    bool ok = bad == 0 && relative < 1e-2;
    printf("  %-42s %s rel %.2e max %.2e\n", plan.name.c_str(), ok ? "ok" : "WRONG", relative, worst);
    if (bad) {
        printf("    %d of %zu bad, %d NaN; groups %d %d %d, panels %d %d, kinds %d %d; %s\n", bad, ref.size(),
               nans, by_group[0], by_group[1], by_group[2], by_panel[0], by_panel[1], by_kind[0], by_kind[1], first);
    }
    CHECK(cudaFree(at));
    CHECK(cudaFree(scores));
    CHECK(cudaFree(want));
    return ok;
}

static __global__ void raise_keys(u16* k, size_t rows, int keys, int d, float by) {
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < rows * d; i += (size_t)gridDim.x * blockDim.x) {
        if (i / d % keys / 20 == keys / 40) k[i] = (u16)(pack_bf16(from_bf16(k[i]) * by, 0) & 0xFFFF);
    }
}

/** `rising`: what 20 keys in the middle are multiplied by. */
static bool check_case(const Entry& e, Shape s, const Plan& plan, float factor, float rising = 1) {
    s.d = e.d;
    Call c(e, s, plan, factor, true);
    if (rising != 1) {
        raise_keys<<<1024, 256>>>(c.k, (size_t)s.batch * s.heads * s.keys, s.keys, s.d, rising);
        CHECK(cudaGetLastError());
    }
    std::vector<u16> got[2];
    for (auto& g : got) {
        CHECK(cudaMemset(c.out, 0xFF, c.outputs() * 2));
        c.launch(e);
        CHECK(cudaDeviceSynchronize());
        g.resize(c.outputs());
        CHECK(cudaMemcpy(g.data(), c.out, g.size() * 2, cudaMemcpyDefault));
    }
    if (got[0] != got[1]) {
        size_t i = 0;
        while (got[0][i] == got[1][i]) i++;
        printf("  TWO RUNS DIFFER first at element %zu: %04x %04x\n", i, got[0][i], got[1][i]);
    }
    std::vector<Row> rows;
    for (int h = 0; h < s.batch * s.heads; h++)
        for (int i = 0; i < s.queries; i++) rows.push_back({h, i});
    e.report();
    return compare(c, plan, e, got[0].data(), rows) && got[0] == got[1];
}

/** `small`: two cases only, for compute-sanitizer. */
static int check(const Entry& e, bool small = false) {
    int wrong = 0;
    auto all = cases();
    if (small) all = {all[3], all[6]};
    for (auto& [shape, plan] : all) wrong += !check_case(e, shape, plan, 1);
    if (small) return wrong;
    auto peaked = cases()[2];
    peaked.second.name = "dense, scores up to 40";
    wrong += !check_case(e, peaked.first, peaked.second, 8);
    // Weights that are large by the reference of the first tile, and some that overflow.
    for (float rising : {8.f, 100.f, 1000.f}) {
        auto late = cases()[2];
        late.second.name = "dense, later scores greater by " + std::to_string((int)rising);
        wrong += !check_case(e, late.first, late.second, 2, rising);
    }
    printf("%s: %s\n", e.name, wrong ? "WRONG" : "all right");
    return wrong != 0;
}

/** Milliseconds of one launch; `mhz`: cycles over time inside the kernel, median of the blocks. */
static double milliseconds(Call& c, const Entry& e, double& mhz) {
    static cudaEvent_t a = nullptr, b = nullptr;
    if (a == nullptr) {
        CHECK(cudaEventCreate(&a));
        CHECK(cudaEventCreate(&b));
    }
    CHECK(cudaEventRecord(a));
    c.launch(e);
    CHECK(cudaEventRecord(b));
    CHECK(cudaEventSynchronize(b));
    float ms;
    CHECK(cudaEventElapsedTime(&ms, a, b));
    long long clocks[132][4];
    e.clocks(clocks);
    std::vector<double> rate;
    for (auto& t : clocks) rate.push_back(1e3 * (t[2] - t[0]) / (t[3] - t[1]));
    std::sort(rate.begin(), rate.end());
    mhz = rate[66];
    return ms;
}

template <class X>
X median(std::vector<X> x) {
    std::sort(x.begin(), x.end());
    return x[x.size() / 2];
}

/** Rows of what was just timed, against the reference. */
static bool check_some(Call& c, const Plan& plan, const Entry& e) {
    int n = c.s.queries;
    std::unique_ptr<u16[]> got(new u16[c.outputs()]);  // only some rows are ever touched
    std::vector<Row> rows;
    for (int i = 0; i < 8; i++) {
        Row r{i * 5 % (c.s.batch * c.s.heads), (int)((i * 15013LL + 7) % n)};
        size_t o = (((size_t)(r.head / c.s.heads) * n + r.at) * c.s.heads + r.head % c.s.heads) * c.s.d;
        CHECK(cudaMemcpy(&got[o], c.out + o, c.s.d * 2, cudaMemcpyDefault));
        rows.push_back(r);
    }
    return compare(c, plan, e, got.get(), rows);
}

/**
 * Dense and three densities: in turns, their order shuffled each round, with rests between; or,
 * without rounds, each for two seconds on end, of which the second counts: the clock has settled.
 */
static int time_all(const Entry& e, int rounds, int rest_us) {
    bool wide = e.d == 128;
    int frames = wide ? 33 : 11, places = wide ? 3600 : 4080, text = wide ? 256 : 226;
    Text place = wide ? Text::LAST : Text::FIRST;
    int n = frames * places + text;
    Shape s{wide ? 1 : 2, wide ? 24 : 48, n, n, e.d};
    std::vector<Plan> plans{dense(n, n)};
    Call c(e, s, plans[0], 1, false);
    std::vector<int> kinds(s.batch * s.heads);
    for (size_t i = 0; i < kinds.size(); i++) kinds[i] = i % 2;
    CHECK(cudaMemcpy(c.kinds, kinds.data(), kinds.size() * 4, cudaMemcpyDefault));
    std::vector<const int*> at{c.a.plan};
    double densities[] = {1, 0.2, 0.25, 0.3};
    for (int i = 1; i < 4; i++) {
        int fits = 0, beyond = n;
        while (beyond - fits > 1) {
            int middle = (fits + beyond) / 2;
            (pairs(band(frames, places, place, text, text, middle, 0).kind[0]) <= densities[i] * n * n ? fits : beyond) = middle;
        }
        plans.push_back(band(frames, places, place, text, text, fits, 0));
        c.use(plans[i]);  // both sets of maps name the same rows, whatever the order: speed is the same
        at.push_back(c.a.plan);
    }
    std::vector<double> ms[4], mhz[4];
    int order[] = {0, 1, 2, 3};
    srand(5);
    auto launch = [&](int i, bool counts) {
        c.a.plan = at[i];
        c.a.kinds = i == 0 ? nullptr : c.kinds;
        double clock, t = milliseconds(c, e, clock);
        if (counts) ms[i].push_back(t), mhz[i].push_back(clock);
        return t;
    };
    for (int i = 0; rounds == 0 && i < 4; i++) {
        for (double all = 0; all < 2000;) all += launch(i, all > 1000);
    }
    for (int round = -1; round < rounds && rounds > 0; round++) {
        for (int i = 3; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
        for (int i : order) {
            launch(i, round >= 0);
            if (rest_us) usleep(rest_us);
        }
    }
    printf("%s, %s, rests of %d ms\n", e.name, rounds ? "in turns" : "steady", rest_us / 1000);
    double own = 0;
    for (int i = 0; i < 4; i++) {
        double t = median(ms[i]);
        double rate = 4 * pairs(plans[i].kind[0]) * s.d * s.batch * s.heads / t * 1e-9;
        if (i == 0) own = rate;
        printf("  %.2f %7.2f ms (%.2f-%.2f) %5.1f TFLOP/s, %.3f of dense, %.0f MHz, %.3f of the peak there\n", densities[i],
               t, *std::min_element(ms[i].begin(), ms[i].end()), *std::max_element(ms[i].begin(), ms[i].end()), rate, rate / own,
               median(mhz[i]), rate / (132 * 4096e-6 * median(mhz[i])));
    }
    c.a.plan = at[0];
    c.a.kinds = nullptr;
    c.launch(e);
    CHECK(cudaDeviceSynchronize());
    CHECK(cudaMemset(c.kinds, 0, kinds.size() * 4));
    c.table = device<KindSpec>(KINDS);
    CHECK(cudaMemcpy(c.table, plans[0].kind, sizeof(KindSpec) * KINDS, cudaMemcpyDefault));
    bool ok = check_some(c, plans[0], e);
    return !ok;
}

// FlashAttention-3, if it is linked: tools/peers/fa3.cu.
#define PEER(name)                                                                                     \
    extern "C" __attribute__((weak)) int name(const void* q, const void* k, const void* v, void* out,  \
                                              float* sums, int batch, int heads, long tokens, long keys, \
                                              int multiprocessors);
PEER(fa3_128_c1)
PEER(fa3_128_c2)
PEER(fa3_64_c1)

/** Dense attention by each variant and by FlashAttention-3, in turns, in an order drawn anew each round. */
static int versus(int d, int rounds, int rest_us, std::vector<int> only) {
    struct Size { int batch, heads, tokens, keys, d; };
    int wrong = 0;
    std::vector<Size> sizes{{1, 24, 119056, 119056, 128}, {1, 40, 75600, 75600, 128}, {1, 40, 75600, 512, 128},
                            {1, 16, 16384, 16384, 128},   {2, 48, 45106, 45106, 64},  {1, 32, 16384, 16384, 64}};
    for (Size z : sizes) {
        if (d != z.d || (getenv("TOKENS") && atoi(getenv("TOKENS")) != z.tokens)) continue;
        Shape s{z.batch, z.heads, z.tokens, z.keys, z.d};
        Plan plan = dense(z.tokens, z.keys);
        struct Way { std::string name; const Entry* e; decltype(&fa3_128_c1) peer; std::vector<double> ms; };
        std::vector<Way> ways;
        for (int i = 0; i < ENTRIES; i++)
            if (entries[i].d == d && (only.empty() || std::count(only.begin(), only.end(), i)))
                ways.push_back({std::to_string(i) + ": " + entries[i].name, &entries[i]});
        if (d == 128 && fa3_128_c1) ways.push_back({"FA3", nullptr, fa3_128_c1});
        if (d == 128 && fa3_128_c2) ways.push_back({"FA3, clusters of 2", nullptr, fa3_128_c2});
        if (d == 64 && fa3_64_c1) ways.push_back({"FA3", nullptr, fa3_64_c1});
        // One set of tensors for all: variants only differ in their boxes.
        float* sums = device<float>((size_t)z.batch * z.heads * z.tokens);
        Call first(*ways[0].e, s, plan, 1, false);
        cudaEvent_t from, to;
        CHECK(cudaEventCreate(&from));
        CHECK(cudaEventCreate(&to));
        auto launch = [&](Way& w) {
            if (w.e) {
                const u16* in[] = {first.q, first.k, first.v};
                for (int i = 0; i < 3; i++)
                    first.a.maps[0][i] = first.a.maps[1][i] = map_of(in[i], s, i == 0 ? z.tokens : z.keys, i == 0 ? w.e->rows : w.e->keys);
                CHECK(cudaFuncSetAttribute(w.e->run, cudaFuncAttributeMaxDynamicSharedMemorySize, w.e->shared));
            }
            CHECK(cudaEventRecord(from));
            if (w.e) first.launch(*w.e);
            else if (w.peer(first.q, first.k, first.v, first.out, sums, z.batch, z.heads, z.tokens, z.keys, 132)) exit(3);
            CHECK(cudaEventRecord(to));
            CHECK(cudaEventSynchronize(to));
            float ms;
            CHECK(cudaEventElapsedTime(&ms, from, to));
            return (double)ms;
        };
        printf("(%d, %d, %d x %d, %d)\n", z.batch, z.heads, z.tokens, z.keys, z.d);
        for (Way& w : ways) {
            CHECK(cudaMemset(first.out, 0xFF, first.outputs() * 2));
            launch(w);
            printf("%s", w.name.c_str());
            if (!check_some(first, plan, w.e ? *w.e : *ways[0].e)) wrong++;
        }
        std::vector<int> order(ways.size());
        for (size_t i = 0; i < order.size(); i++) order[i] = i;
        srand(3);
        for (int round = 0; round < rounds; round++) {
            for (int i = order.size() - 1; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
            for (int i : order) {
                int repeats = z.keys < 20000 ? 3 : 1;
                for (int r = 0; r < repeats; r++) ways[i].ms.push_back(launch(ways[i]));
                if (rest_us) usleep(rest_us);
            }
        }
        for (Way& w : ways) {
            double t = median(w.ms), work = 4.0 * z.tokens * z.keys * z.d * z.heads * z.batch * 1e-9;
            printf("  %-50s %7.2f ms (%.2f-%.2f) %5.1f TFLOP/s\n", w.name.c_str(), t, *std::min_element(w.ms.begin(), w.ms.end()),
                   *std::max_element(w.ms.begin(), w.ms.end()), work / t);
        }
        fflush(stdout);
        for (void* p : {(void*)first.q, (void*)first.k, (void*)first.v, (void*)first.out, (void*)sums}) CHECK(cudaFree(p));
    }
    return wrong != 0;
}

/** Bytes a second, read and written, of placing all heads of HunyuanVideo. */
static int time_placement() {
    int heads = 24, n = 33 * 3600 + 256, d = 128;
    std::vector<int> ints = encode(band(33, 3600, Text::LAST, 256, 256, 100, 0)), ones(heads, 1);
    size_t all = (size_t)heads * n * d;
    Placement p{{}, {}, device<int>(ints.size()), device<int>(heads), heads, n, d / 8};
    CHECK(cudaMemcpy((void*)p.plan, ints.data(), ints.size() * 4, cudaMemcpyDefault));
    CHECK(cudaMemcpy((void*)p.kinds, ones.data(), heads * 4, cudaMemcpyDefault));
    for (int i = 0; i < 3; i++) p.from[i] = device<uint4>(all / 8), p.to[i] = device<uint4>(all / 8);
    cudaEvent_t a, b;
    CHECK(cudaEventCreate(&a));
    CHECK(cudaEventCreate(&b));
    for (int i = 0; i < 3; i++) {
        CHECK(cudaEventRecord(a));
        attention_place<<<dim3(512, heads, 3), 256>>>(p);
        CHECK(cudaEventRecord(b));
    }
    CHECK(cudaEventSynchronize(b));
    float ms;
    CHECK(cudaEventElapsedTime(&ms, a, b));
    printf("unit place, HunyuanVideo, all heads: %.2f ms, %.2f TB/s\n", ms, 12.0 * all / ms * 1e-9);
    return 0;
}

/** Every query once, every kept key once and no other unmasked: over all cases, on the CPU. */
static int check_plans() {
    int wrong = 0;
    for (int rows : {128, 192}) {
        for (int keys : {96, 128, 176}) {
            for (auto& [s, plan] : cases()) {
                Attention a{};
                a.batch = s.batch;
                a.heads = s.heads;
                std::vector<int> ints = encode(plan);
                a.plan = ints.data();
                std::vector<int> kinds(s.batch * s.heads);
                for (size_t i = 0; i < kinds.size(); i++) kinds[i] = plan.kinds == 1 ? 0 : i % 2;
                a.kinds = kinds.data();
                int plain = most_tiles(a.plan, 0, rows), banded = most_tiles(a.plan, 1, rows);
                std::vector<int> seen((size_t)s.batch * s.heads * s.queries);
                for (int n = 0; n < (plain + banded) * s.batch * s.heads; n++) {
                    Work w;
                    if (!find_work(a, n, plain, banded, rows, keys, w)) continue;
                    const KindSpec& k = plan.kind[kinds[w.batch * s.heads + w.head]];
                    int tiles = 0;
                    std::vector<int> count((size_t)w.rows * s.keys);
                    for (int i = 0; i < w.ranges; i++) {
                        TileRange r = w.range[i];
                        bool own = r.whole_from != r.from || r.whole_to != r.to;
                        for (int key = r.from; key < r.to; key += keys, tiles++) {
                            bool whole = key >= r.whole_from && key + keys <= r.whole_to;
                            for (int row = 0; row < w.rows; row++) {
                                Range keep{key, whole ? key + keys : r.to};
                                if (!whole && own) keep = band_of(w.band, w.from + row - w.segment_from);
                                for (int j = key; j < key + keys; j++) {
                                    if (j >= keep.from && j < keep.to) {
                                        if (j >= s.keys) wrong++;
                                        else count[(size_t)row * s.keys + j]++;
                                    }
                                }
                            }
                        }
                    }
                    wrong += tiles != w.tiles;
                    for (int row = 0; row < w.rows; row++) {
                        seen[((size_t)w.batch * s.heads + w.head) * s.queries + w.from + row]++;
                        for (int j = 0; j < s.keys; j++) wrong += count[(size_t)row * s.keys + j] != keeps(k, w.from + row, j);
                    }
                }
                for (int x : seen) wrong += x != 1;
                if (wrong) printf("%s, rows %d, keys %d: %d wrong\n", plan.name.c_str(), rows, keys, wrong);
            }
        }
    }
    printf("plans: %d wrong\n", wrong);
    return wrong != 0;
}

int main(int argc, char** argv) {
    std::string what = argc > 1 ? argv[1] : "";
    int i = argc > 2 ? atoi(argv[2]) : 0;
    if (what == "count") return printf("%d\n", ENTRIES), 0;
    if (what == "plan") return check_plans();
    if (what == "units") return units() + time_placement();
    if (what == "check" && i < ENTRIES) return check(entries[i]);
    if (what == "watch") return check(i == 3 ? watched_3() : watched_0());
    if (what == "small" && i < ENTRIES) return check(entries[i], true);
    if (what == "time" && i < ENTRIES) return time_all(entries[i], argc > 3 ? atoi(argv[3]) : 5, argc > 4 ? atoi(argv[4]) * 1000 : 0);
    if (what == "steady" && i < ENTRIES) return time_all(entries[i], 0, 0);
    if (what == "versus") {
        std::vector<int> only;
        for (int j = 5; j < argc; j++) only.push_back(atoi(argv[j]));
        return versus(i ? i : 128, argc > 3 ? atoi(argv[3]) : 7, argc > 4 ? atoi(argv[4]) * 1000 : 0, only);
    }
    printf("attention_bench plan | units | check I | time I | count\n");
    return 2;
}
