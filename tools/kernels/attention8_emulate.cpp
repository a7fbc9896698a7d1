// Runs variants of the Hopper attention kernel in 8 bits on the CPU and compares them with the definition:
//   g++ -std=c++17 -O2 -w -o emulate8 tools/kernels/attention8_emulate.cpp && ./emulate8
#include "attention8_emulator.hpp"

#include "../../cuda/src/main/cuda/attention8_hopper.cuh"
#include "attention_plans.hpp"

static const Attention8* argument;

template <class T>
static void thread_main() {
    attend8<T>(*argument, fibers::now->block->memory.data());
    fibers::end_thread();
}

static u16 random_bf16(float factor) {
    float sum = 0;
    for (int i = 0; i < 12; i++) sum += rand() / (float)RAND_MAX;
    return float_to_bf16((sum - 6) * factor);
}

/** Operands in 8 bits as attention8_operands.cuh says, token by token. */
struct Placed {
    std::vector<signed char> q, k;
    std::vector<unsigned char> v;
    std::vector<float> q_scale, k_scale, v_scale;

    Placed(const Shape& s, const Plan& plan, const std::vector<int>& kinds, const u16* from_q, const u16* from_k, const u16* from_v, float scale) {
        int heads = s.batch * s.heads, blocks = key_scales(s.keys), padded = value_tokens(s.keys);
        q.resize((size_t)heads * s.queries * s.d), k.resize((size_t)heads * s.keys * s.d), v.resize((size_t)heads * s.d * padded);
        q_scale.resize(heads * s.queries), k_scale.assign(heads * blocks, 1e-15f), v_scale.resize(heads * s.d);
        for (int h = 0; h < heads; h++) {
            const Order& order = plan.kind[kinds[h]].order;
            auto at = [&](const u16* x, int tokens, int i, int c) { return from_bf16(x[((size_t)h * tokens + stored(order, i)) * s.d + c]); };
            for (int i = 0; i < s.queries; i++) {
                float most = 0;
                for (int c = 0; c < s.d; c++) most = std::max(most, std::fabs(at(from_q, s.queries, i, c)));
                for (int c = 0; c < s.d; c++) q[((size_t)h * s.queries + i) * s.d + c] = (signed char)std::nearbyint(at(from_q, s.queries, i, c) * 127 / most);
                q_scale[h * s.queries + i] = most / 127 * scale * 1.44269504f;
            }
            std::vector<float> mean(s.d);
            for (int c = 0; c < s.d; c++)
                for (int i = 0; i < s.keys; i++) mean[c] += at(from_k, s.keys, i, c) / s.keys;
            for (int b = 0; b * KEY_BLOCK < s.keys; b++) {
                int end = std::min(s.keys, (b + 1) * KEY_BLOCK);
                float most = 0;
                for (int i = b * KEY_BLOCK; i < end; i++)
                    for (int c = 0; c < s.d; c++) most = std::max(most, std::fabs(at(from_k, s.keys, i, c) - mean[c]));
                for (int i = b * KEY_BLOCK; i < end; i++)
                    for (int c = 0; c < s.d; c++) k[((size_t)h * s.keys + i) * s.d + c] = (signed char)std::nearbyint((at(from_k, s.keys, i, c) - mean[c]) * 127 / most);
                k_scale[h * blocks + b] = most / 127;
            }
            for (int c = 0; c < s.d; c++) {
                float most = 0;
                for (int i = 0; i < s.keys; i++) most = std::max(most, std::fabs(at(from_v, s.keys, i, c)));
                v_scale[h * s.d + c] = most / 448;
                for (int i = 0; i < s.keys; i++) {
                    int j = i % 16, to = i - j + j % 8 / 2 * 4 + j / 8 * 2 + j % 2;
                    v[((size_t)h * s.d + c) * padded + to] = e4m3(at(from_v, s.keys, i, c) * 448 / most);
                }
            }
        }
    }
};

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
    std::vector<u16> out(q.size(), 0xFFFF);
    float scale = 1 / std::sqrt((float)s.d);
    Placed p(s, plan, kinds, q.data(), k.data(), v.data(), scale);
    Attention8 a{};
    EmulatedMap8 maps[3] = {{(unsigned char*)p.q.data(), s.d, s.queries, s.d, T::ROWS},
                            {(unsigned char*)p.k.data(), s.d, s.keys, s.d, T::KEYS},
                            {p.v.data(), value_tokens(s.keys), s.d, 128, s.d}};
    for (int i = 0; i < 3; i++) memcpy(&a.maps[i], &maps[i], sizeof maps[i]);
    a.operands = {p.q.data(), p.k.data(), p.v.data(), p.q_scale.data(), p.k_scale.data(), p.v_scale.data(), s.keys};
    a.out = out.data(), a.plan = ints.data(), a.kinds = plan.kinds == 1 ? nullptr : kinds.data();
    a.counter = counter.data(), a.batch = s.batch, a.heads = s.heads, a.queries = s.queries;
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
                most = std::max(most, score[j] = x * scale);
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
                if (!(fabs(got - want) < (rising > 1 ? 8 : 0.3) + 0.1 * fabs(want)) && bad++ == 0)
                    printf("  head %d position %d channel %d: %g want %g\n", h, i, c, got, want);
            }
        }
    double relative = std::sqrt(error / (norm + 1e-30));
    bool ok = ended && bad == 0 && relative < (rising > 1 ? 0.3 : 0.06) && counter[0] == 0 && counter[1] == 0;
    printf("%-40s %-40s %s rel %.4f bad %d\n", name, plan.name.c_str(), ok ? "ok" : "WRONG", relative, bad);
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
        if (which < 0 || which == n) ok &= check<Variant8<__VA_ARGS__>>("rising", all[2].first, all[2].second, 3, 2, r); \
    TRY_(__VA_ARGS__)
#define TRY_(...)                                                                                        \
    if (which < 0 || which == n)                                                                        \
        for (size_t i = 0; i < all.size(); i++)                                                         \
            if ((only < 0 || only == (int)i) && all[i].first.batch * all[i].first.heads <= 6)           \
                ok &= check<Variant8<__VA_ARGS__>>(#__VA_ARGS__, all[i].first, all[i].second, 3 + i, 1 + 2 * (i % 3 == 2)); \
    n++
    TRY(64, 3, 128, 4, 2);
    TRY(128, 3, 128, 2, 1, true);
    printf(ok ? "all right\n" : "WRONG\n");
    return !ok;
}
