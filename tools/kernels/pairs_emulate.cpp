// Runs the Hopper convolution of pairs of frames on the CPU and compares it with the definition:
//   g++ -std=c++17 -O2 -w -o emulate tools/kernels/pairs_emulate.cpp && ./emulate
#define OTHER_CONVOLUTIONS
#include "conv_emulate.cpp"  // its instructions

#include "../../cuda/src/main/cuda/conv_pairs_hopper.cuh"

static const ConvPairs* pairs;

template <class T>
static void pairs_thread() {
    convolve_pairs<T>(*pairs, fibers::now->block->memory.data());
    fibers::end_thread();
}

static u16 rounded(float x) { return float_to_bf16(x); }

/** t frames of h x w behind two others, or behind copies of the first if `single`; zeros at the edges. */
template <class T>
static bool check_pairs(int t, bool single, int h, int w, int c, int n, int box_w, unsigned seed) {
    srand(seed);
    cluster = T::CLUSTER;
    size_t frame = (size_t)h * w * c;
    std::vector<u16> x((t + 2) * frame), weight((size_t)n * 27 * c), bias(n), out((size_t)t * h * w * n, 0x7FC0);
    fill(x), fill(weight), fill(bias);
    if (single) {
        for (size_t i = 0; i < 2 * frame; i++) x[i] = x[2 * frame + i % frame];
    }
    if (T::ADD) fill(out);
    std::vector<u16> old = out;
    int singles = single, count = (t - singles + 1) / 2;
    std::vector<u16> sums(4 * count * frame), folded((size_t)4 * n * 9 * c), first(x.begin() + 2 * frame, x.begin() + 3 * frame);
    for (int j = 0; j < count; j++) {
        for (size_t i = 0; i < frame; i++) {
            float d[4];
            for (int k = 0; k < 4; k++) {
                size_t from = singles + 2 * j + k;
                d[k] = from < t + 2 ? from_bf16(x[from * frame + i]) : 0;
            }
            u16* to = &sums[4 * j * frame + i];
            to[0] = rounded((d[1] + d[2]) / 2), to[frame] = rounded((d[2] - d[1]) / 2);
            to[2 * frame] = rounded(d[0] - d[2]), to[3 * frame] = rounded(d[3] - d[1]);
        }
    }
    for (size_t o = 0; o < n; o++)
        for (size_t i = 0; i < 9 * c; i++) {
            float g[3];
            for (int k = 0; k < 3; k++) g[k] = from_bf16(weight[(o * 3 + k) * 9 * c + i]);
            size_t matrix = (size_t)n * 9 * c, at = o * 9 * c + i;
            folded[at] = rounded(g[0] + g[1] + g[2]), folded[matrix + at] = rounded(g[0] - g[1] + g[2]);
            folded[2 * matrix + at] = rounded(g[0]), folded[3 * matrix + at] = rounded(g[2]);
        }
    ConvPairs p{};
    p.sums = frames_of(sums, c, w, h, 4 * count, box_w, T::M / box_w + 2);
    p.first = frames_of(first, c, w, h, 1, box_w, T::M / box_w + 2);
    p.w = map_of(folded, 4 * n, 9 * c, T::N / T::CLUSTER);
    p.out = frames_of(out, n, w, h, t, box_w, 16 / box_w);
    p.bias = {bias.data(), BF16};
    p.channels = c, p.n = n, p.pairs = count, p.singles = singles, p.box_w = box_w, p.top = p.left = 1;
    int box_h = T::M / box_w;
    p.tiles_w = (w + box_w - 1) / box_w;
    p.tiles = p.tiles_w * ((h + box_h - 1) / box_h);
    pairs = &p;
    fibers::begin(2, T::THREADS, T::SHARED, pairs_thread<T>);
    bool ended = fibers::run(seed);
    ended &= fibers::copies.empty() && stores.empty();
    fibers::end();
    stores.clear();
    double error = 0, norm = 0;
    for (int f = 0; f < t; f++)
        for (int y = 0; y < h; y++)
            for (int xx = 0; xx < w; xx++)
                for (int o = 0; o < n; o++) {
                    double sum = from_bf16(bias[o]);
                    for (int tap = 0; tap < 27; tap++) {
                        int iy = y + tap / 3 % 3 - 1, ix = xx + tap % 3 - 1;
                        if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
                        size_t from = (((size_t)(f + tap / 9) * h + iy) * w + ix) * c;
                        for (int i = 0; i < c; i++)
                            sum += (double)from_bf16(x[from + i]) * from_bf16(weight[((size_t)o * 27 + tap) * c + i]);
                    }
                    size_t at = (((size_t)f * h + y) * w + xx) * n + o;
                    if (T::ADD) sum += from_bf16(old[at]);
                    double got = from_bf16(out[at]);
                    error += (got - sum) * (got - sum), norm += sum * sum;
                }
    double rel = std::sqrt(error / norm);
    bool ok = ended && rel < 7e-3;
    printf("pairs t %d single %d h %d w %d c %d n %d, box %d: %s, rel %.1e\n", t, single, h, w, c, n, box_w, ok ? "ok" : "WRONG", rel);
    fflush(stdout);
    return ok;
}

int main(int argc, char** argv) {
    unsigned seed = argc > 1 ? atoi(argv[1]) : 1;
    bool ok = true;
    ok &= check_pairs<PairsVariant<false>>(5, true, 9, 19, 64, 128, 16, seed++);
    ok &= check_pairs<PairsVariant<true>>(2, false, 17, 9, 128, 192, 8, seed++);
    ok &= check_pairs<PairsVariant<false>>(3, false, 20, 10, 64, 64, 8, seed++);
    return !ok;
}
