// Runs variants of the Hopper attention kernel on the CPU and compares them with the definition:
//   g++ -std=c++17 -O2 -w -o emulate tools/kernels/attention_emulate.cpp && ./emulate
#include "attention_emulator.hpp"

#include "../../cuda/src/main/cuda/attention_hopper.cuh"
#include "attention_plans.hpp"

static const Attention* argument;

template <class T>
static void thread_main() {
    attend<T>(*argument, fibers::now->block->memory.data());
    fibers::end_thread();
}

static u16 random_bf16(float factor) {
    float sum = 0;
    for (int i = 0; i < 12; i++) sum += rand() / (float)RAND_MAX;
    return float_to_bf16((sum - 6) * factor);
}

template <class T>
static bool check(const char* name, Shape s, const Plan& plan, unsigned seed, float factor, float rising = 1) {
    s.d = T::D;
    srand(7);
    int heads = s.batch * s.heads;
    std::vector<u16> q((size_t)heads * s.queries * s.d), k((size_t)heads * s.keys * s.d), v(k.size());
    for (auto& x : q) x = random_bf16(factor);
    for (auto& x : k) x = random_bf16(1);
    if (rising > 1) {  // scores of some keys in the middle are far greater
        for (size_t i = 0; i < k.size(); i++)
            if ((int)(i / s.d % s.keys) / 20 == s.keys / 40) k[i] = float_to_bf16(from_bf16(k[i]) * rising);
    }
    for (auto& x : v) x = random_bf16(1);
    std::vector<int> kinds(heads), ints = encode(plan), counter(2);
    for (int i = 0; i < heads; i++) kinds[i] = plan.kinds == 1 ? 0 : (i + 1) % 2;
    std::vector<u16> out(q.size(), 0xFFFF), placed[3] = {q, k, v};
    const std::vector<u16>* from[] = {&q, &k, &v};
    Attention a{};
    for (int i = 0; i < 3; i++) {
        int tokens = i == 0 ? s.queries : s.keys;
        for (int h = 0; h < heads; h++)
            for (int t = 0; t < tokens; t++)
                for (int c = 0; c < s.d; c++)
                    placed[i][((size_t)h * tokens + t) * s.d + c] =
                            kinds[h] ? (*from[i])[((size_t)h * tokens + stored(plan.kind[1].order, t)) * s.d + c] : 0x7FC0;
        EmulatedMap m{from[i]->data(), tokens, s.heads, s.d, i == 0 ? T::ROWS : T::KEYS};
        memcpy(&a.maps[0][i], &m, sizeof m);
        m.at = placed[i].data();
        memcpy(&a.maps[1][i], &m, sizeof m);
    }
    a.out = out.data(), a.plan = ints.data(), a.kinds = plan.kinds == 1 ? nullptr : kinds.data();
    a.counter = counter.data(), a.batch = s.batch, a.heads = s.heads, a.queries = s.queries;
    a.scale = 1 / std::sqrt((float)s.d);
    argument = &a;

    fibers::begin(2, T::THREADS, T::SHARED, thread_main<T>);
    bool ended = fibers::run(seed);
    fibers::end();

    double error = 0, norm = 0;
    int bad = 0;
    std::vector<double> score(s.keys), sum(s.d);
    for (int h = 0; h < heads; h++)
        for (int i = 0; i < s.queries; i++) {
            const KindSpec& kind = plan.kind[kinds[h]];
            double most = -1e300, total = 0;
            const u16* query = &q[((size_t)h * s.queries + stored(kind.order, i)) * s.d];
            for (int j = 0; j < s.keys; j++) {
                score[j] = -1e300;
                if (!keeps(kind, i, j)) continue;
                double x = 0;
                const u16* key = &k[((size_t)h * s.keys + stored(kind.order, j)) * s.d];
                for (int c = 0; c < s.d; c++) x += (double)from_bf16(query[c]) * from_bf16(key[c]);
                most = std::max(most, score[j] = x * a.scale);
            }
            std::fill(sum.begin(), sum.end(), 0);
            for (int j = 0; j < s.keys; j++) {
                if (score[j] == -1e300) continue;
                double p = exp(score[j] - most);
                total += p;
                for (int c = 0; c < s.d; c++) sum[c] += p * from_bf16(v[((size_t)h * s.keys + stored(kind.order, j)) * s.d + c]);
            }
            for (int c = 0; c < s.d; c++) {
                double want = total > 0 ? sum[c] / total : 0;
                double got = from_bf16(out[(((size_t)(h / s.heads) * s.queries + stored(kind.order, i)) * s.heads + h % s.heads) * s.d + c]);
                error += (got - want) * (got - want);
                norm += want * want;
                if (!(fabs(got - want) < 0.02 + 0.03 * fabs(want)) && bad++ == 0)
                    printf("  head %d position %d channel %d: %g want %g\n", h, i, c, got, want);
            }
        }
    bool ok = ended && bad == 0 && counter[0] == 0 && counter[1] == 0;
    printf("%-40s %-40s %s rel %.1e bad %d\n", name, plan.name.c_str(), ok ? "ok" : "WRONG", std::sqrt(error / (norm + 1e-30)), bad);
    fflush(stdout);
    return ok;
}

int main(int argc, char** argv) {
    bool ok = true;
    auto all = cases();
    int only = argc > 1 ? atoi(argv[1]) : -1;
    int which = argc > 2 ? atoi(argv[2]) : -1;
    int n = 0;
#define TRY(...)                                                                                        \
    for (float r : {8.f, 200.f})                                                                              \
        if (which < 0 || which == n) ok &= check<Variant<__VA_ARGS__>>("rising", all[2].first, all[2].second, 3, 2, r); \
    TRY_(__VA_ARGS__)
#define TRY_(...)                                                                                        \
    if (which < 0 || which == n)                                                                        \
        for (size_t i = 0; i < all.size(); i++)                                                         \
            if ((only < 0 || only == (int)i) && all[i].first.batch * all[i].first.heads <= 6)           \
                ok &= check<Variant<__VA_ARGS__>>(#__VA_ARGS__, all[i].first, all[i].second, 3 + i, 1 + 7 * (i % 3 == 2)); \
    n++
    TRY(64, 3, 128, 3, 2);
    TRY(128, 3, 128, 2, 1, true);
    printf(ok ? "all right\n" : "WRONG\n");
    return !ok;
}
