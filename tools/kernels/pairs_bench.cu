// Checks and times convolutions of pairs of frames beside those of a frame at a time, at the decoders' layers.
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o FOLDER/pairs_bench tools/kernels/pairs_bench.cu -ldl
//   FOLDER/pairs_bench
#define main decode_main
#include "decode_bench.cu"
#undef main
#include "../../cuda/src/main/cuda/conv_pairs_hopper.cuh"

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) pairs_kernel(const __grid_constant__ ConvPairs c) {
    extern __shared__ __align__(1024) unsigned char shared[];
    convolve_pairs<T>(c, shared);
}

template <class P>
static void launch(void (*run)(P), const P& p, int shared, long clusters) {
    cudaLaunchConfig_t c{};
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim = {2, 1, 1};
    c.gridDim = dim3(std::min(clusters, 66L) * 2), c.blockDim = dim3(384), c.dynamicSmemBytes = shared;
    c.attrs = &attribute, c.numAttrs = 1;
    CHECK(cudaFuncSetAttribute(run, cudaFuncAttributeMaxDynamicSharedMemorySize, shared));
    CHECK(cudaLaunchKernelEx(&c, run, p));
}

#ifndef VARIANT
#define VARIANT(add) PairsVariant<add>
#endif

static double total_direct = 0, total_paired = 0;

/** `single`: the first frame sees copies of itself. */
static void paired(ConvSize s, bool single, double tiles) {
    int m = s.margin ? 2 : 0, singles = single;
    size_t frame = (size_t)(s.h + m) * (s.w + m) * s.c, weights = (size_t)s.n * 27 * s.c, outputs = (size_t)s.t * s.h * s.w * s.n;
    int pairs = (s.t - singles + 1) / 2, most = std::max<size_t>(1, std::min<size_t>(pairs, (192 << 20) / (8 * frame)));
    int chunks = (pairs + most - 1) / most, each = (pairs + chunks - 1) / chunks;
    u16 *x = device<u16>((s.t + 2) * frame), *w = device<u16>(weights), *last = device<u16>(weights), *bias = device<u16>(s.n);
    u16 *out = device<u16>(outputs), *again = device<u16>(outputs), *folded = device<u16>((size_t)36 * s.n * s.c), *sums = device<u16>(4 * each * frame);
    random_bf16(x, (s.t + 2) * frame, 1, 1), random_bf16(w, weights, 2, 1 / std::sqrt(27.f * s.c)), random_bf16(bias, s.n, 3, 1);
    if (single) for (int i = 0; i < 2; i++) CHECK(cudaMemcpy(x + i * frame, x + 2 * frame, frame * 2, cudaMemcpyDefault));
    moving::channels_last<<<dim3((s.c + 63) / 64, s.n), 256>>>(w, last, s.c, 27, 2);
    const u16* from = x + 2 * frame;
    auto of_frame = [&](int pixels, int width) { return ((s.w + width - 1) / width) * ((s.h + pixels / width - 1) / (pixels / width)); };
    // a frame at a time
    const Variant* best = nullptr;
    double least = 1e30;
    int width = 16;
    for (const Variant& e : variants) {
        if (e.add != s.add || strstr(e.name, "at once")) continue;
        int wide = 16;
        for (int i = 8; i <= 128; i *= 2) if (of_frame(e.m, i) < of_frame(e.m, wide)) wide = i;
        long clusters = ((long)of_frame(e.m, wide) * s.t + 1) / 2 * ((s.n + e.n - 1) / e.n);
        double cost = (clusters + 65) / 66 * (double)e.m * e.n * (e.m * e.n == 32768 ? 1 : e.n == 192 ? 1.08 : 1.16);
        if (cost < least) least = cost, best = &e, width = wide;
    }
    Conv p{};
    auto map_x = [&](const u16* at, int t, int box_w, int box_h) { return frames_of(at, s.c, s.w + m, s.h + m, t, 1, s.w + m, s.h + m, box_w, box_h); };
    p.x = map_x(from, s.t, width, best->m / width), p.past = map_x(x, 2, width, best->m / width), p.back = p.past_frames = 2;
    p.w = map_of(last, s.n, 27 * s.c, best->n / 2);
    int stored = std::min(width, 16);
    p.out = frames_of(out, s.n, s.w, s.h, s.t, 1, s.w, s.h, stored, 16 / stored);
    p.bias = {bias, BF16}, p.channels = s.c, p.n = s.n, p.frames = s.t, p.box_w = width;
    p.tiles_w = (s.w + width - 1) / width, p.tiles = of_frame(best->m, width), p.kt = p.kh = p.kw = 3, p.top = p.left = m ? 0 : 1;
    long clusters = ((long)p.tiles * s.t + 1) / 2 * ((s.n + best->n - 1) / best->n);
    auto lay = [&] { moving::channels_last<<<dim3((s.c + 63) / 64, s.n), 256>>>(w, last, s.c, 27, 2); };
    auto direct = [&] { launch(best->run, p, best->shared, clusters); };
    // pairs
    int box = of_frame(128, 16) < of_frame(128, 8) ? 16 : 8, columns = (s.n + 127) / 128;
    auto fold = [&] { folding::pair_taps<<<dim3((s.c + 63) / 64, (s.n + 7) / 8), 256>>>(w, folded, s.n, s.c); };
    auto add_up = [&](int first, int count) {
        long size = frame / 8;
        folding::pair_frames<<<(unsigned)std::min<long>((size + 255) / 256, 132 * 32), 256>>>(
            folding::PairFrames{(const uint4*)from, (const uint4*)x, (uint4*)sums, s.t, 2, singles + 2 * first, count, size});
    };
    auto convolve_from = [&](u16* to, int first, int count) {
        ConvPairs q{};
        int only = first == 0 ? singles : 0, begin = first == 0 ? 0 : singles + 2 * first, end = std::min(s.t, singles + 2 * (first + count));
        q.sums = map_x(sums, 4 * count, box, 128 / box + 2), q.first = map_x(from, 1, box, 128 / box + 2);
        q.w = map_of(folded, 4 * s.n, 9 * s.c, 64);
        q.out = frames_of(to + (size_t)begin * s.h * s.w * s.n, s.n, s.w, s.h, end - begin, 1, s.w, s.h, box, 16 / box);
        q.bias = {bias, BF16}, q.channels = s.c, q.n = s.n, q.pairs = count, q.singles = only;
        q.tiles_w = (s.w + box - 1) / box, q.tiles = of_frame(128, box), q.box_w = box, q.top = q.left = m ? 0 : 1;
        long all = ((long)q.tiles * count + 1) / 2 * columns + only * ((q.tiles + 1) / 2) * columns;
        launch(s.add ? pairs_kernel<VARIANT(true)> : pairs_kernel<VARIANT(false)>, q, VARIANT(true)::SHARED, all);
    };
    auto whole = [&](u16* to) {
        fold();
        for (int first = 0; first < pairs; first += each) {
            int count = std::min(each, pairs - first);
            add_up(first, count), convolve_from(to, first, count);
        }
    };
    CHECK(cudaMemset(out, s.add ? 0 : 0xFF, outputs * 2)); CHECK(cudaMemset(again, s.add ? 0 : 0xFF, outputs * 2));
    CHECK(cudaMemset(sums, 0xFF, 8 * each * frame)); CHECK(cudaMemset(folded, 0xFF, (size_t)72 * s.n * s.c));
    whole(out), whole(again);
    CHECK(cudaDeviceSynchronize());
    u64 differ = different(out, again, outputs * 2);
    Difference *d = device<Difference>(1), found;
    CHECK(cudaMemset(d, 0, sizeof *d));
    compare_conv<<<1024, 256>>>(x, last, bias, out, s, m, 30000, d);
    CHECK(cudaMemcpy(&found, d, sizeof found, cudaMemcpyDefault));
    CHECK(cudaMemset(d, 0, sizeof *d));
    double relative = std::sqrt(found.error / found.norm);
    double times[6] = {timed(lay), timed(direct), timed(fold), timed([&] { add_up(0, each); }), timed([&] { convolve_from(again, 0, each); }),
                       timed([&] { whole(again); })};
    double steps = 4.0 * each + singles, ops = 2.0 * s.h * s.w * s.c * s.n * 9 * steps;
    bool ok = relative < 7e-3 && !found.bad && !differ;
    wrong += !ok;
    printf("%-28s %s %.3f + %.4f ms %.0f TFLOP/s; in pairs %.3f ms: weights %.4f, %d of %d pairs: sums %.3f (%.2f TB/s), conv %.3f, %.0f TFLOP/s; rel %.1e, bad %llu, %s\n", s.name,
           best->name, times[1], times[0], 2.0 * outputs * s.c * 27 / times[1] * 1e-9, times[5], times[2], each, pairs, times[3],
           (2 + 2 * each + 4 * each) * frame * 2 / times[3] * 1e-9, times[4], ops / times[4] * 1e-9, relative, found.bad, differ ? "OTHER BITS" : ok ? "right" : "WRONG");
    total_direct += tiles * s.times * (times[0] + times[1]), total_paired += tiles * s.times * std::min(times[5], times[0] + times[1]);
    for (void* q : {(void*)x, (void*)w, (void*)last, (void*)bias, (void*)out, (void*)again, (void*)folded, (void*)sums, (void*)d}) CHECK(cudaFree(q));
}

int main() {
    for (ConvSize s : {ConvSize{"H 5 x 32 x 32, 512 to 512", 5, 32, 32, 512, 512, 3, 3, false, true, false, 10},
                       {"H 5 x 64 x 64, 512 to 512", 5, 64, 64, 512, 512, 3, 3, false, true, false, 6},
                       {"H 9 x 128 x 128, 512 to 256", 9, 128, 128, 512, 256, 3, 3, false, true, false, 1},
                       {"H 9 x 128 x 128, 256, add", 9, 128, 128, 256, 256, 3, 3, true, true, false, 5},
                       {"H 17 x 256 x 256, 256 to 128", 17, 256, 256, 256, 128, 3, 3, false, true, false, 1},
                       {"H 17 x 256 x 256, 128", 17, 256, 256, 128, 128, 3, 3, false, true, false, 2},
                       {"H the same, add", 17, 256, 256, 128, 128, 3, 3, true, true, false, 3}})
        paired(s, true, H);
    printf("HunyuanVideo: %.2f -> %.2f s\n", total_direct * 1e-3, total_paired * 1e-3);
    total_direct = total_paired = 0;
    for (ConvSize s : {ConvSize{"C 2 x 30 x 45, 512 to 512", 2, 30, 45, 512, 512, 3, 3, false, false, false, 12},
                       {"C 4 x 60 x 90, 512 to 256", 4, 60, 90, 512, 256, 3, 3, false, false, false, 1},
                       {"C 4 x 60 x 90, 256, add", 4, 60, 90, 256, 256, 3, 3, true, false, false, 7},
                       {"C 8 x 120 x 180, 256, add", 8, 120, 180, 256, 256, 3, 3, true, false, false, 8},
                       {"C 8 x 240 x 360, 256 to 128", 8, 240, 360, 256, 128, 3, 3, false, false, false, 1},
                       {"C 8 x 240 x 360, 128, add", 8, 240, 360, 128, 128, 3, 3, true, false, false, 7}})
        paired(s, false, C);
    printf("CogVideoX: %.2f -> %.2f s\n", total_direct * 1e-3, total_paired * 1e-3);
    paired({"odd: 4 x 19 x 21, 64 to 192", 4, 19, 21, 64, 192, 3, 3, false, false, false, 0}, true, 0);
    paired({"odd: 3 x 9 x 70, 192 to 64", 3, 9, 70, 192, 64, 3, 3, true, true, false, 0}, false, 0);
    printf(wrong ? "WRONG: %d\n" : "all right\n", wrong);
    return wrong != 0;
}
