// Runs the Hopper kernel for lists of key blocks on the CPU and compares it with the definition:
//   g++ -std=c++17 -O2 -w -o emulate tools/kernels/blocks_emulate.cpp && ./emulate
#include "attention_emulator.hpp"

#include "../../cuda/src/main/cuda/attention_blocks_hopper.cuh"
#include "blocks_cases.hpp"

static const BlockAttention* argument;

template <class T>
static void thread_main() {
    attend_blocks<T>(*argument, fibers::now->block->memory.data());
    fibers::end_thread();
}

template <class T>
static bool check(const BlockCase& c, unsigned seed) {
    BlockData data = make(c, T::D, seed);
    ExpectedTables tables = tables_of(data, T::KEYS);
    std::vector<u16> out((size_t)c.heads * c.tokens * T::D, 0x7FC0);
    std::vector<int> counter(2);
    BlockAttention a{};
    auto map = [&](TensorMap& to, const std::vector<u16>& from, int tokens, int rows) {
        EmulatedMap m{from.data(), tokens, c.heads, T::D, rows};
        memcpy(&to, &m, sizeof m);
    };
    map(a.q, data.q, c.tokens, 64);
    const std::vector<u16>* kv[] = {&data.k, &data.v};
    const std::vector<u16>* means[] = {&data.mean_k, &data.mean_v};
    for (int i = 0; i < 2; i++) {
        for (int b = 0; b < BOXES; b++) map(a.boxes[b][i], *kv[i], c.tokens, EIGHT << b);
        map(a.whole[i], *kv[i], c.tokens, T::KEYS);
        map(a.means[i], *means[i], data.blocks, T::KEYS);
    }
    a.out = out.data(), a.bounds = data.key_bounds.data(), a.bits = data.bits.data();
    a.groups = tables.groups.data(), a.counts = tables.counts.data();
    a.bias = c.tail ? tables.bias.data() : nullptr;
    a.order = c.permuted ? data.order.data() : nullptr;
    a.counter = counter.data(), a.batch = 1, a.heads = c.heads, a.queries = a.keys = c.tokens;
    a.query_blocks = data.query_blocks, a.blocks = data.blocks, a.words = data.words;
    a.most_groups = tables.most, a.bias_pitch = tables.pitch, a.scale = data.scale * 1.44269504f;
    argument = &a;
    fibers::begin(2, T::THREADS, T::SHARED, thread_main<T>);
    bool ended = fibers::run(seed);
    fibers::end();
    double worst = 0, error = 0, norm = 0;
    int bad = 0;
    std::vector<double> want(T::D);
    for (int h = 0; h < c.heads; h++)
        for (int i = 0; i < c.tokens; i++) {
            expected(data, h, i, want.data());
            int token = c.permuted ? data.order[(size_t)h * c.tokens + i] : i;
            for (int d = 0; d < T::D; d++) {
                double got = float_of(out[((size_t)token * c.heads + h) * T::D + d]);
                error += (got - want[d]) * (got - want[d]), norm += want[d] * want[d];
                if (!(fabs(got - want[d]) < 0.02 + 0.03 * fabs(want[d])) && bad++ == 0)
                    printf("  head %d position %d channel %d: %g want %g\n", h, i, d, got, want[d]);
            }
        }
    bool ok = ended && bad == 0 && counter[0] == 0 && counter[1] == 0;
    printf("D %d %-50s %s rel %.1e bad %d\n", T::D, c.name, ok ? "ok" : "WRONG", std::sqrt(error / (norm + 1e-30)), bad);
    fflush(stdout);
    return ok;
}

int main(int argc, char** argv) {
    bool ok = true;
    int only = argc > 1 ? atoi(argv[1]) : -1;
    auto all = block_cases();
    for (size_t i = 0; i < all.size(); i++)
        if (only < 0 || only == (int)i) {
            ok &= check<BlockVariant<64, 3, 128, 3, 2>>(all[i], 3 + i);
            ok &= check<BlockVariant<128, 3, 128, 2, 1, true>>(all[i], 5 + i);
        }
    printf(ok ? "all right\n" : "WRONG\n");
    return !ok;
}
