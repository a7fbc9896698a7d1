// Runs variants of the Hopper convolution on the CPU and compares them with the definition:
//   g++ -std=c++17 -O2 -w -o emulate tools/kernels/conv_emulate.cpp && ./emulate
#define main gemm_main
#include "gemm_emulate.cpp"  // its instructions
#undef main

struct EmulatedFrames {
    u16* at;
    int c, w, h, t, box_c, box_w, box_h;
};

inline void load_pixels(u32 to, const TensorMap* map, int channel, int x, int y, int frame, u32 barrier) {
    EmulatedFrames m;
    memcpy(&m, map, sizeof m);
    fibers::Fiber* issuer = fibers::now;
    fibers::copies.push_back([=] {
        within(issuer, issuer->block, [=] {
            for (int i = 0; i < m.box_h * m.box_w; i++)
                for (int j = 0; j < 64; j++) {
                    int yy = y + i / m.box_w, xx = x + i % m.box_w, cc = channel + j;
                    bool inside = yy >= 0 && yy < m.h && xx >= 0 && xx < m.w && frame < m.t && cc < m.c;
                    u16 v = inside ? m.at[(((size_t)frame * m.h + yy) * m.w + xx) * m.c + cc] : 0;
                    memcpy(fibers::memory(swizzled(to + i * 128 + j * 2)), &v, 2);
                }
            barrier_at(barrier)->bytes -= m.box_h * m.box_w * 128;
            fibers::settle(barrier_at(barrier));
        });
    });
}

template <bool ADD>
void store_pixels(const TensorMap* map, u32 from, int channel, int x, int y, int frame) {
    EmulatedFrames m;
    memcpy(&m, map, sizeof m);
    stores.push_back({fibers::now, [=] {
        for (int i = 0; i < m.box_h * m.box_w; i++)
            for (int j = 0; j < 64; j++) {
                int yy = y + i / m.box_w, xx = x + i % m.box_w, cc = channel + j;
                if (yy >= m.h || xx >= m.w || frame >= m.t || cc >= m.c) continue;
                u16* to = m.at + (((size_t)frame * m.h + yy) * m.w + xx) * m.c + cc;
                u16 v = *(const u16*)fibers::memory(swizzled(from + i * 128 + j * 2));
                *to = ADD ? float_to_bf16(from_bf16(*to) + from_bf16(v)) : v;
            }
    }});
}

#include "../../cuda/src/main/cuda/conv_hopper.cuh"

static const Conv* conv;

template <class T>
static void conv_thread() {
    convolve<T>(*conv, fibers::now->block->memory.data());
    fibers::end_thread();
}

template <class T>
static bool run_blocks(int count, unsigned seed) {
    fibers::begin(count, T::THREADS, T::SHARED, conv_thread<T>);
    bool ended = fibers::run(seed);
    ended &= fibers::copies.empty() && stores.empty();
    fibers::end();
    stores.clear();
    return ended;
}

static TensorMap frames_of(std::vector<u16>& x, int c, int w, int h, int t, int box_w, int box_h) {
    TensorMap map{};
    EmulatedFrames m{x.data(), c, w, h, t, 64, box_w, box_h};
    memcpy(&map, &m, sizeof m);
    return map;
}

/** Output of h x w, taps kt x k x k, zeros at the edges. */
template <class T>
static bool check_conv(const char* name, int t, int h, int w, int c, int n, int kt, int k, int box_w, unsigned seed) {
    srand(seed);
    cluster = T::CLUSTER;
    int pad = k / 2, taps = kt * k * k;
    std::vector<u16> x((size_t)(t + kt - 1) * h * w * c), weight((size_t)n * taps * c), bias(n), out((size_t)t * h * w * n, 0x7FC0);
    fill(x), fill(weight), fill(bias);
    if (T::ADD) fill(out);
    std::vector<u16> old = out;
    Conv p{};
    p.x = frames_of(x, c, w, h, t + kt - 1, box_w, T::M / box_w);
    p.w = map_of(weight, n, taps * c, T::N / T::CLUSTER);
    int store_w = box_w < 16 ? box_w : 16;
    p.out = frames_of(out, n, w, h, t, store_w, 16 / store_w);
    p.bias = {bias.data(), BF16};
    p.channels = c, p.n = n, p.frames = t, p.box_w = box_w;
    int box_h = T::M / box_w;
    p.tiles_w = (w + box_w - 1) / box_w;
    p.tiles = p.tiles_w * ((h + box_h - 1) / box_h);
    p.kt = kt, p.kh = p.kw = k, p.top = p.left = pad;
    if (seed % 2) {  // the first frames lie elsewhere
        p.back = p.past_frames = kt - 1;
        p.past = p.x;
        EmulatedFrames m;
        memcpy(&m, &p.x, sizeof m);
        m.at += (size_t)p.back * h * w * c, m.t = t;
        memcpy(&p.x, &m, sizeof m);
    }
    conv = &p;
    bool ended = run_blocks<T>(2, seed);
    double error = 0, norm = 0;
    int bad = 0;
    for (int f = 0; f < t; f++)
        for (int y = 0; y < h; y++)
            for (int xx = 0; xx < w; xx++)
                for (int o = 0; o < n; o++) {
                    double sum = from_bf16(bias[o]);
                    for (int tap = 0; tap < taps; tap++) {
                        int iy = y + tap / k % k - pad, ix = xx + tap % k - pad;
                        if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
                        size_t from = (((size_t)(f + tap / (k * k)) * h + iy) * w + ix) * c;
                        for (int i = 0; i < c; i++)
                            sum += (double)from_bf16(x[from + i]) * from_bf16(weight[((size_t)o * taps + tap) * c + i]);
                    }
                    size_t at = (((size_t)f * h + y) * w + xx) * n + o;
                    if (T::ADD) sum += from_bf16(old[at]);
                    double got = from_bf16(out[at]);
                    bad += !(std::fabs(got - sum) <= 0.05 + 0.02 * std::fabs(sum));
                    error += (got - sum) * (got - sum), norm += sum * sum;
                }
    bool ok = ended && bad == 0 && std::sqrt(error / norm) < 5e-3;
    printf("%-24s t %d h %d w %d c %d n %d taps %d x %d, box %d: %s, %d bad, rel %.1e\n", name, t, h, w, c, n, kt, k, box_w, ok ? "ok" : "WRONG", bad, std::sqrt(error / norm));
    fflush(stdout);
    return ok;
}

#define CONV(t, h, w, c, n, kt, k, box, ...) ok &= check_conv<ConvVariant<__VA_ARGS__>>(#__VA_ARGS__, t, h, w, c, n, kt, k, box, seed++)

#ifndef OTHER_CONVOLUTIONS
int main(int argc, char** argv) {
    unsigned seed = argc > 1 ? atoi(argv[1]) : 1;
    bool ok = true;
    CONV(2, 9, 19, 64, 256, 3, 3, 16, 1, 256, 4, 2, false);
    CONV(1, 6, 40, 128, 320, 1, 3, 32, 1, 256, 4, 2, true);
    CONV(3, 17, 9, 64, 128, 3, 3, 8, 2, 128, 4, 2, false);
    CONV(1, 9, 33, 64, 64, 2, 2, 32, 2, 128, 4, 2, true);
    CONV(1, 10, 70, 64, 128, 1, 3, 64, 1, 128, 6, 2, false);
    CONV(3, 9, 20, 64, 256, 3, 1, 16, 1, 192, 4, 2, true);
    CONV(2, 9, 19, 96, 96, 3, 3, 16, 2, 96, 4, 2, false, true);
    CONV(1, 9, 40, 96, 96, 2, 3, 32, 2, 96, 4, 2, true, true);
    CONV(2, 9, 19, 192, 96, 1, 2, 16, 2, 96, 4, 2, false, true);
    CONV(2, 9, 19, 96, 192, 1, 3, 16, 2, 192, 3, 2, false, true);
    CONV(1, 9, 40, 160, 160, 1, 3, 32, 2, 192, 3, 2, true, true);
    CONV(1, 6, 20, 128, 320, 3, 1, 16, 2, 192, 3, 2, false, true);
    return !ok;
}
#endif
