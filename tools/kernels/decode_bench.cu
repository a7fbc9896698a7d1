// Checks and times the kernels of the decoders at their layers' sizes, beside a plain copy.
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o FOLDER/decode_bench tools/kernels/decode_bench.cu -ldl
//   FOLDER/decode_bench
#include "../../cuda/src/main/cuda/conv_hopper.cuh"
#ifndef GROUP_NORM
#define GROUP_NORM "../../cuda/src/main/cuda/group_norm.cu"
#endif
#include GROUP_NORM
namespace folding {
#include "../../cuda/src/main/cuda/conv_fold.cu"
}
#ifdef OLD_FOLD
#define fold_taps old_fold_taps
namespace old {
#include OLD_FOLD
}
#undef fold_taps
#endif
#include "../../cuda/src/main/cuda/conv_few.cu"
namespace moving {
#include "../../cuda/src/main/cuda/shuffles.cu"
}
#include "gemm_bench.cuh"

static int wrong = 0;

/** Median of `rounds` in ms, of `work` alone. */
template <class F>
static double timed(F work, int rounds = 9) {
    static cudaEvent_t from, to;
    static bool made = false;
    if (!made) {
        CHECK(cudaEventCreate(&from));
        CHECK(cudaEventCreate(&to));
        made = true;
    }
    std::vector<float> ms;
    for (int r = -1; r < rounds; r++) {
        CHECK(cudaEventRecord(from));
        work();
        CHECK(cudaEventRecord(to));
        CHECK(cudaEventSynchronize(to));
        CHECK(cudaGetLastError());
        float x;
        CHECK(cudaEventElapsedTime(&x, from, to));
        if (r >= 0) ms.push_back(x);
    }
    std::sort(ms.begin(), ms.end());
    return ms[ms.size() / 2];
}

__global__ void count_different(const u32* a, const u32* b, size_t n, u64* count) {
    u64 mine = 0;
    for (size_t i = thread_index(); i < n; i += thread_count()) mine += a[i] != b[i];
    if (mine) atomicAdd(count, mine);
}

static u64 different(const void* a, const void* b, size_t bytes) {
    u64* count = device<u64>(1);
    u64 h;
    CHECK(cudaMemset(count, 0, 8));
    count_different<<<1024, 256>>>((const u32*)a, (const u32*)b, bytes / 4, count);
    CHECK(cudaMemcpy(&h, count, 8, cudaMemcpyDefault));
    CHECK(cudaFree(count));
    return h;
}

// ---- group norm ----

struct NormSize {
    const char* name;
    int t, h, w, c, margin, lt, lh, lw;  // lt: latent frames of a modulation, or 0
    double times;                        // in a decode, in tiles of full size
};

__global__ void reference_sums(const u16* x, size_t pixels, int c, int width, double* sums) {
    size_t group = blockIdx.y;
    double s = 0, q = 0;
    for (size_t i = thread_index(); i < pixels * width; i += thread_count()) {
        double v = bf16_to_float(x[i / width * c + group * width + i % width]);
        s += v, q += v * v;
    }
    atomicAdd(&sums[2 * group], s), atomicAdd(&sums[2 * group + 1], q);
}

/** Every `stride`-th output, all copies in the margin included, against double precision. */
__global__ void compare_norm(GroupNorm g, const double* sums, double eps, int t, size_t stride, Difference* d) {
    int oh = g.h + 2 * g.margin, ow = g.w + 2 * g.margin;
    size_t all = (size_t)t * oh * ow * g.c;
    double count = (double)t * g.h * g.w * (g.c / g.groups);
    for (size_t at = thread_index() * stride; at < all; at += thread_count() * stride) {
        int c = at % g.c, x = at / g.c % ow - g.margin, y = at / g.c / ow % oh - g.margin, f = at / g.c / ow / oh;
        x = x < 0 ? 0 : x < g.w ? x : g.w - 1, y = y < 0 ? 0 : y < g.h ? y : g.h - 1;
        int group = c / (g.c / g.groups);
        double mean = sums[2 * group] / count, var = sums[2 * group + 1] / count - mean * mean;
        double v = bf16_to_float(((const u16*)g.x.at)[(((size_t)f * g.h + y) * g.w + x) * g.c + c]);
        v = (v - mean) / sqrt(var + eps) * load(g.weight, c) + load(g.bias, c);
        if (g.scale.at) {
            size_t from = (((size_t)g.scale_frame[f] * g.scale_h + (i64)y * g.scale_h / g.h) * g.scale_w + (i64)x * g.scale_w / g.w) * g.c + c;
            v = v * load(g.scale, from) + load(g.shift, from);
        }
        v = v / (1 + exp(-v));
        double e = bf16_to_float(((const u16*)g.out.at)[at]) - v;
        atomicAdd(&d->error, e * e), atomicAdd(&d->norm, v * v);
        if (!(fabs(e) <= 0.01 + 0.008 * fabs(v))) atomicAdd(&d->bad, 1ull);
    }
}

static double group_norm(NormSize s, bool quiet, double* before) {
    size_t pixels = (size_t)s.t * s.h * s.w, n = pixels * s.c, out_n = (size_t)s.t * (s.h + 2 * s.margin) * (s.w + 2 * s.margin) * s.c;
    size_t mod = (size_t)s.lt * s.lh * s.lw * s.c;
    const int GROUPS = 32;
    u16 *x = device<u16>(n), *out[3], *weight = device<u16>(s.c), *bias = device<u16>(s.c), *scale = nullptr, *shift = nullptr;
    for (auto& o : out) o = device<u16>(out_n);
    random_bf16(x, n, 1, 2), random_bf16(weight, s.c, 2, 1), random_bf16(bias, s.c, 3, 1);
    if (mod) scale = device<u16>(mod), shift = device<u16>(mod), random_bf16(scale, mod, 4, 1), random_bf16(shift, mod, 5, 1);
    FrameTable table{};
    for (int i = 0; i < s.t && s.lt; i++) table.at[i] = i * s.lt / s.t;
    int* frames = device<int>(MOST_FRAMES);
    CHECK(cudaMemcpy(frames, table.at, sizeof table.at, cudaMemcpyDefault));
    int runs = (int)std::max<size_t>(1, std::min<size_t>(1024, pixels / 128));
    float2 *partial[2] = {device<float2>(GROUPS * runs), device<float2>(GROUPS * runs)}, *moments = device<float2>(GROUPS);
    GroupNorm g{{x, BF16}, {weight, BF16}, {bias, BF16}, {scale, BF16}, {shift, BF16}, {out[0], BF16}, mod ? frames : nullptr,
                moments, s.h, s.w, s.c, GROUPS, mod ? s.lh : 1, mod ? s.lw : 1, SILU, s.margin};
    float eps = 1e-6f;
    auto old_sums = [&] { group_sums_wide<<<runs, 256>>>(g.x, (i64)pixels, s.c, GROUPS, partial[0]); };
    auto new_sums = [&] { group_sums_eights<<<runs, 128>>>((uint4*)x, (int)pixels, s.c, GROUPS, partial[1]); };
    auto means = [&] { group_moments<<<GROUPS, 32>>>(g.x, (i64)pixels, s.c, GROUPS, eps, runs, partial[1], moments); };
    auto old_apply = [&] {
        g.out.at = out[0];
        size_t threads = n / 4;
        group_normalise_wide<<<(unsigned)std::min<size_t>((threads + 255) / 256, 132 * 32), 256>>>(g, (int)pixels);
    };
    int lines = s.t * s.h, per_block = std::max(1, lines / (132 * 8));
    auto new_apply = [&](u16* to) {
        g.out.at = to;
        auto kernel = mod ? group_modulate_eights : group_normalise_eights;
        int pixels = 4 * 128 / (s.c / 8), parts = std::min(std::max(1, 132 * 8 / lines), (s.w + pixels - 1) / pixels);
        kernel<<<dim3((lines + per_block - 1) / per_block, parts), 128>>>(g, table, lines, per_block);
    };
    for (auto o : out) CHECK(cudaMemset(o, 0xFF, out_n * 2));
    CHECK(cudaMemset(partial[1], 0xFF, GROUPS * runs * 8));
    old_sums(), new_sums(), means(), old_apply(), new_apply(out[1]), new_apply(out[2]);
    CHECK(cudaDeviceSynchronize());
    u64 sums_differ = different(partial[0], partial[1], GROUPS * runs * 8), differ = different(out[0], out[1], out_n * 2),
        again = different(out[1], out[2], out_n * 2);
    double* reference = device<double>(2 * GROUPS);
    Difference *d = device<Difference>(1), found;
    CHECK(cudaMemset(reference, 0, 16 * GROUPS)); CHECK(cudaMemset(d, 0, sizeof *d));
    reference_sums<<<dim3(64, GROUPS), 256>>>(x, pixels, s.c, s.c / GROUPS, reference);
    g.out.at = out[1];
    compare_norm<<<1024, 256>>>(g, reference, eps, s.t, out_n > 4000000 ? 37 : 1, d);
    CHECK(cudaMemcpy(&found, d, sizeof found, cudaMemcpyDefault));
    double relative = std::sqrt(found.error / found.norm);
    bool ok = !sums_differ && !differ && !again && !found.bad && relative < 5e-3;
    wrong += !ok;
    double times[4] = {timed(old_sums), timed(new_sums), timed(old_apply), timed([&] { new_apply(out[1]); })};
    double m = timed(means);
    if (!quiet || !ok)
        printf("%-28s sums %.3f -> %.3f ms %.2f TB/s; apply %.3f -> %.3f ms %.2f TB/s; moments %.4f; %s\n", s.name, times[0], times[1],
               n * 2 / times[1] * 1e-9, times[2], times[3], (n + out_n) * 2 / times[3] * 1e-9, m,
               ok ? "same bits, right" : "WRONG");
    if (!ok)
        printf("  differ: %llu sums, %llu, twice %llu; bad %llu, rel %.1e\n", sums_differ, differ, again, found.bad, relative);
    for (void* p : {(void*)x, (void*)out[0], (void*)out[1], (void*)out[2], (void*)weight, (void*)bias, (void*)scale, (void*)shift, (void*)frames,
                    (void*)partial[0], (void*)partial[1], (void*)moments, (void*)reference, (void*)d})
        CHECK(cudaFree(p));
    *before += s.times * (times[0] + m + times[2]);
    return s.times * (times[1] + m + times[3]);
}

// ---- weights ----

static void weights(int n, int c, int kt, int out_kt) {
    size_t count = (size_t)n * c * kt * 9, folded = (size_t)(out_kt < kt ? 8 : 4) * n * out_kt * 4 * c;
    u16 *w = device<u16>(count), *last = device<u16>(count), *a = device<u16>(folded), *b = device<u16>(folded);
    random_bf16(w, count, 1, 0.02f);
    CHECK(cudaMemset(last, 0xFF, count * 2));
    CHECK(cudaMemset(a, 0xFF, folded * 2)); CHECK(cudaMemset(b, 0xFF, folded * 2));
    auto move = [&] { moving::channels_last<<<dim3((c + 63) / 64, n), 256>>>(w, last, c, kt * 9, 2); };
    auto fold = [&] { folding::fold_taps<<<dim3((c + 63) / 64, (n + 7) / 8), 256>>>({w, b, n, kt, out_kt, c}); };
    double moved = timed(move), folds = timed(fold), before = 0;
    bool ok = true;
    std::vector<u16> hw(count), hl(count);
    CHECK(cudaMemcpy(hw.data(), w, count * 2, cudaMemcpyDefault));
    CHECK(cudaMemcpy(hl.data(), last, count * 2, cudaMemcpyDefault));
    int taps = kt * 9;
    for (size_t i = 0; i < count; i++) ok &= hl[i] == hw[i / (taps * c) * taps * c + i % c * taps + i / c % taps];
#ifdef OLD_FOLD
    auto old_fold = [&] {
        old::old_fold_taps<<<(unsigned)std::min<size_t>((folded + 255) / 256, 132 * 32), 256>>>({last, a, n, kt, out_kt, c}, (i64)folded);
    };
    before = timed(old_fold);
    ok &= different(a, b, folded * 2) == 0;
#endif
    wrong += !ok;
    printf("weights %d x %d x %d: channels last %.4f ms, folded %.4f -> %.4f ms %s\n", n, c, kt * 9, moved, before, folds, ok ? "same bits" : "WRONG");
    for (void* p : {w, last, a, b}) CHECK(cudaFree(p));
}

// ---- convolutions ----

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) convolution(const __grid_constant__ Conv c) {
    extern __shared__ __align__(1024) unsigned char shared[];
    convolve<T>(c, shared);
}

struct Variant {
    const char* name;
    int m, n, cluster, shared;
    bool add;
    void (*run)(Conv);
};

template <class T>
static Variant variant(const char* name) {
    return {name, T::M, T::N, T::CLUSTER, T::SHARED, T::ADD, convolution<T>};
}

static const Variant variants[] = {
    variant<ConvVariant<1, 256, 4, 2, false, false, false>>("wide, stored at once"),
    variant<ConvVariant<1, 256, 4, 2, true, false, false>>("wide, stored at once"),
    variant<ConvVariant<2, 128, 4, 2, false, false, false>>("tall, stored at once"),
    variant<ConvVariant<2, 128, 4, 2, true, false, false>>("tall, stored at once"),
    variant<ConvVariant<1, 128, 6, 1, false, false, false>>("small, stored at once"),
    variant<ConvVariant<1, 128, 6, 1, true, false, false>>("small, stored at once"),
    variant<ConvVariant<1, 256, 4, 2, false>>("wide"),
    variant<ConvVariant<1, 256, 4, 2, true>>("wide"),
    variant<ConvVariant<2, 128, 4, 2, false>>("tall"),
    variant<ConvVariant<2, 128, 4, 2, true>>("tall"),
    variant<ConvVariant<1, 192, 4, 2, false>>("mid"),
    variant<ConvVariant<1, 192, 4, 2, true>>("mid"),
    variant<ConvVariant<1, 128, 6, 2, false>>("small"),
    variant<ConvVariant<1, 128, 6, 2, true>>("small"),
};

static TensorMap frames_of(const void* at, int c, int w, int h, int t, int pixel, int line, int frame, int box_w, int box_h) {
    void* f = nullptr;
    cudaDriverEntryPointQueryResult found;
    CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000, cudaEnableDefault, &found));
    CUtensorMap map;
    cuuint64_t sizes[] = {(cuuint64_t)c, (cuuint64_t)w, (cuuint64_t)h, (cuuint64_t)t};
    cuuint64_t strides[] = {2ull * c * pixel, 2ull * c * pixel * line, 2ull * c * pixel * line * frame};
    cuuint32_t boxes[] = {64, (cuuint32_t)box_w, (cuuint32_t)box_h, 1}, steps[] = {1, 1, 1, 1};
    CUresult r = ((PFN_cuTensorMapEncodeTiled_v12000)f)(
        &map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 4, (void*)at, sizes, strides, boxes, steps, CU_TENSOR_MAP_INTERLEAVE_NONE,
        CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (r != CUDA_SUCCESS) printf("cuTensorMapEncodeTiled: error %d\n", (int)r), exit(2);
    TensorMap t4;
    memcpy(&t4, &map, sizeof t4);
    return t4;
}

struct ConvSize {
    const char* name;
    int t, h, w, c, n, kt, k;  // of the output
    bool add, margin, enlarged;
    double times;
};

/** Some outputs against the definition in double precision; a warp each. */
__global__ void compare_conv(const u16* x, const u16* w, const u16* bias, const u16* out, ConvSize s, int m, size_t count, Difference* d) {
    size_t outputs = (size_t)s.t * s.h * s.w * s.n;
    for (size_t i = thread_index() / 32; i < count; i += thread_count() / 32) {
        size_t at = (size_t)((double)i / count * outputs) + i % 61;
        if (at >= outputs) continue;
        int n = at % s.n, xx = at / s.n % s.w, y = at / s.n / s.w % s.h, t = at / s.n / s.w / s.h;
        int taps = s.kt * s.k * s.k, top = m ? 0 : s.k / 2;
        double sum = 0;
        for (int k = threadIdx.x % 32; k < taps * s.c; k += 32) {
            int tap = k / s.c, c = k % s.c;
            int iy = y + tap / s.k % s.k - top, ix = xx + tap % s.k - top, it = t + tap / (s.k * s.k);
            if (iy < 0 || iy >= s.h + m || ix < 0 || ix >= s.w + m) continue;
            sum += (double)bf16_to_float(x[(((size_t)it * (s.h + m) + iy) * (s.w + m) + ix) * s.c + c]) * bf16_to_float(w[(size_t)n * taps * s.c + k]);
        }
        for (int j = 16; j > 0; j /= 2) sum += __shfl_xor_sync(~0u, sum, j);
        if (threadIdx.x % 32) continue;
        sum += bf16_to_float(bias[n]);
        size_t place = s.enlarged ? (((size_t)t * s.h + y) * 2 * (2 * s.w) + 2 * xx) * s.n + n : at;
        double e = bf16_to_float(out[place]) - sum;
        atomicAdd(&d->error, e * e), atomicAdd(&d->norm, sum * sum);
        if (!(fabs(e) <= 0.05 + 0.02 * fabs(sum))) atomicAdd(&d->bad, 1ull);
    }
}

/** Each variant; the first is the one that was chosen before. Returns the best time. */
static double convolution_of(ConvSize s, double* operations, double* before) {
    int m = s.margin ? s.k - 1 : 0;
    size_t inputs = (size_t)(s.t + s.kt - 1) * (s.h + m) * (s.w + m) * s.c, weights = (size_t)s.n * s.kt * s.k * s.k * s.c;
    size_t outputs = (size_t)s.t * s.h * s.w * s.n * (s.enlarged ? 4 : 1);
    u16 *x = device<u16>(inputs), *w = device<u16>(weights), *bias = device<u16>(s.n), *out = device<u16>(outputs), *first = device<u16>(outputs);
    random_bf16(x, inputs, 1, 1), random_bf16(w, weights, 2, 1 / std::sqrt((float)s.kt * s.k * s.k * s.c)), random_bf16(bias, s.n, 3, 1);
    auto of_frame = [&](const Variant& e, int width) { return ((s.w + width - 1) / width) * ((s.h + e.m / width - 1) / (e.m / width)); };
    auto width_of = [&](const Variant& e) {
        int best = 16;
        for (int width = 8; width <= 128; width *= 2)
            if (of_frame(e, width) < of_frame(e, best)) best = width;
        return best;
    };
    auto clusters_of = [&](const Variant& e) {
        return ((long)of_frame(e, width_of(e)) * s.t + e.cluster - 1) / e.cluster * ((s.n + e.n - 1) / e.n);
    };
    struct Launch {
        const Variant* e;
        Conv p;
        std::vector<float> ms;
    };
    std::vector<Launch> launches;
    for (const Variant& e : variants) {
        bool old = strstr(e.name, "at once"), tall = s.n <= 128;
        if (e.add != s.add || e.n > s.n && e.n > 192) continue;
        const Variant& usual = variants[(tall ? 2 : 0) + s.add];
        bool few = (long)of_frame(usual, width_of(usual)) * s.t * ((s.n + usual.n - 1) / usual.n) < 132;
        if (old && e.run != (few ? variants[4 + s.add] : usual).run) continue;
        if (!old && (double)clusters_of(e) * e.cluster / 132 > 9 && e.n != usual.n) continue;
        int width = width_of(e), stored = std::min(width, 16);
        Conv p{};
        p.x = frames_of(x, s.c, s.w + m, s.h + m, s.t + s.kt - 1, 1, s.w + m, s.h + m, width, e.m / width);
        p.w = map_of(w, s.n, s.kt * s.k * s.k * s.c, e.n / e.cluster);
        p.out = s.enlarged ? frames_of(out, s.n, s.w, s.h, s.t, 2, 2 * s.w, s.h, stored, 16 / stored)
                           : frames_of(out, s.n, s.w, s.h, s.t, 1, s.w, s.h, stored, 16 / stored);
        p.bias = {bias, BF16}, p.channels = s.c, p.n = s.n, p.frames = s.t, p.box_w = width;
        p.tiles_w = (s.w + width - 1) / width, p.tiles = of_frame(e, width), p.kt = s.kt, p.kh = p.kw = s.k;
        p.top = p.left = s.margin ? 0 : s.k / 2;
        if (!old) {  // the frames before lie elsewhere
            int pixels = (s.w + m) * (s.h + m);
            p.back = p.past_frames = s.kt - 1;
            p.past = frames_of(x, s.c, s.w + m, s.h + m, std::max(1, p.back), 1, s.w + m, s.h + m, width, e.m / width);
            p.x = frames_of(x + (size_t)p.back * pixels * s.c, s.c, s.w + m, s.h + m, s.t, 1, s.w + m, s.h + m, width, e.m / width);
        }
        launches.push_back({&e, p, {}});
    }
    cudaEvent_t from, to;
    CHECK(cudaEventCreate(&from));
    CHECK(cudaEventCreate(&to));
    for (int r = -1; r < 9; r++)
        for (Launch& l : launches) {
            cudaLaunchConfig_t c{};
            cudaLaunchAttribute attribute;
            attribute.id = cudaLaunchAttributeClusterDimension;
            attribute.val.clusterDim = {(unsigned)l.e->cluster, 1, 1};
            c.gridDim = dim3(std::min(clusters_of(*l.e), 132L / l.e->cluster) * l.e->cluster), c.blockDim = dim3(384), c.dynamicSmemBytes = l.e->shared;
            c.attrs = &attribute, c.numAttrs = 1;
            CHECK(cudaFuncSetAttribute(l.e->run, cudaFuncAttributeMaxDynamicSharedMemorySize, l.e->shared));
            if (r < 0) CHECK(cudaMemset(out, s.add ? 0 : 0xFF, outputs * 2));
            CHECK(cudaEventRecord(from));
            CHECK(cudaLaunchKernelEx(&c, l.e->run, l.p));
            CHECK(cudaEventRecord(to));
            CHECK(cudaEventSynchronize(to));
            float ms;
            CHECK(cudaEventElapsedTime(&ms, from, to));
            if (r >= 0) {
                l.ms.push_back(ms);
                continue;
            }
            if (&l == &launches[0]) {
                CHECK(cudaMemcpy(first, out, outputs * 2, cudaMemcpyDefault));
                Difference *d = device<Difference>(1), found;
                CHECK(cudaMemset(d, 0, sizeof *d));
                compare_conv<<<1024, 256>>>(x, w, bias, out, s, m, 30000, d);
                CHECK(cudaMemcpy(&found, d, sizeof found, cudaMemcpyDefault));
                CHECK(cudaFree(d));
                double relative = std::sqrt(found.error / found.norm);
                if (found.bad || !(relative < 5e-3)) printf("  WRONG: %llu bad, rel %.1e\n", found.bad, relative), wrong++;
            }
            u64 differ = different(first, out, outputs * 2);
            if (differ) printf("  %s: %llu OTHER BITS\n", l.e->name, differ), wrong++;
        }
    double ops = 2.0 * s.t * s.h * s.w * s.c * s.n * s.kt * s.k * s.k, best = 1e9;
    printf("%-30s", s.name);
    for (Launch& l : launches) {
        std::sort(l.ms.begin(), l.ms.end());
        double ms = l.ms[4];
        best = std::min(best, ms);
        printf(" %s %.3f,", l.e->name, ms);
    }
    printf(" %.0f -> %.0f TFLOP/s\n", ops / launches[0].ms[4] * 1e-9, ops / best * 1e-9);
    *operations += s.times * ops;
    *before += s.times * launches[0].ms[4];
    for (void* q : {x, w, bias, out, first}) CHECK(cudaFree(q));
    return s.times * best;
}

// Tiles of full size in a decode of 720p with 129 frames and of 1360 x 768 with 81, and how often a tile has a layer.
static const double H = 244, C = 171;

static void norms() {
    double before = 0, after = 0;
    for (NormSize s : {NormSize{"H 5 x 32 x 32, 512", 5, 32, 32, 512, 1, 0, 0, 0, 11}, {"H 5 x 64 x 64, 512", 5, 64, 64, 512, 1, 0, 0, 0, 6},
                       {"H 9 x 128 x 128, 512", 9, 128, 128, 512, 1, 0, 0, 0, 1}, {"H 9 x 128 x 128, 256", 9, 128, 128, 256, 1, 0, 0, 0, 5},
                       {"H 17 x 256 x 256, 256", 17, 256, 256, 256, 1, 0, 0, 0, 1}, {"H 17 x 256 x 256, 128", 17, 256, 256, 128, 1, 0, 0, 0, 6}})
        after += group_norm(s, false, &before);
    printf("HunyuanVideo's group norms: %.2f -> %.2f s of a decode\n", before * H * 1e-3, after * H * 1e-3);
    before = after = 0;
    for (NormSize s : {NormSize{"C 2 x 30 x 45, 512", 2, 30, 45, 512, 0, 2, 30, 45, 12}, {"C 4 x 60 x 90, 512", 4, 60, 90, 512, 0, 2, 30, 45, 1},
                       {"C 4 x 60 x 90, 256", 4, 60, 90, 256, 0, 2, 30, 45, 7}, {"C 8 x 120 x 180, 256", 8, 120, 180, 256, 0, 2, 30, 45, 8},
                       {"C 8 x 240 x 360, 256", 8, 240, 360, 256, 0, 2, 30, 45, 1}, {"C 8 x 240 x 360, 128", 8, 240, 360, 128, 0, 2, 30, 45, 8}})
        after += group_norm(s, false, &before);
    printf("CogVideoX's group norms: %.2f -> %.2f s of a decode\n", before * C * 1e-3, after * C * 1e-3);
    for (NormSize s : {NormSize{"odd", 3, 17, 33, 128, 2, 0, 0, 0, 0}, {"odd, modulated", 5, 18, 26, 256, 0, 2, 9, 13, 0},
                       {"modulated, margin", 2, 24, 40, 128, 1, 1, 5, 7, 0}, {"one line", 1, 1, 3, 1024, 0, 0, 0, 0, 0}})
        group_norm(s, true, &before);
}

static void convolutions() {
    double operations = 0, before = 0, after = 0;
    for (ConvSize s : {ConvSize{"H 5 x 32 x 32, 512 to 512", 5, 32, 32, 512, 512, 3, 3, false, true, false, 5},
                       {"H the same, add", 5, 32, 32, 512, 512, 3, 3, true, true, false, 5},
                       {"H 5 x 32 x 32, 512, enlarged", 5, 32, 32, 512, 512, 3, 2, false, true, true, 4},
                       {"H 5 x 64 x 64, 512 to 512", 5, 64, 64, 512, 512, 3, 3, false, true, false, 3},
                       {"H the same, add", 5, 64, 64, 512, 512, 3, 3, true, true, false, 3},
                       {"H 5 x 64 x 64, 512, enlarged", 5, 64, 64, 512, 512, 2, 2, false, true, true, 7.2},
                       {"H 9 x 128 x 128, 512 to 256", 9, 128, 128, 512, 256, 3, 3, false, true, false, 1},
                       {"H 9 x 128 x 128, 256 to 256", 9, 128, 128, 256, 256, 3, 3, false, true, false, 2},
                       {"H the same, add", 9, 128, 128, 256, 256, 3, 3, true, true, false, 3},
                       {"H 9 x 128 x 128, 256, enlarged", 9, 128, 128, 256, 256, 2, 2, false, true, true, 7.56},
                       {"H 17 x 256 x 256, 256 to 128", 17, 256, 256, 256, 128, 3, 3, false, true, false, 1},
                       {"H 17 x 256 x 256, 128 to 128", 17, 256, 256, 128, 128, 3, 3, false, true, false, 2},
                       {"H the same, add", 17, 256, 256, 128, 128, 3, 3, true, true, false, 3}})
        after += convolution_of(s, &operations, &before);
    printf("HunyuanVideo's convolutions: %.2f -> %.2f s of a decode, %.1f TFLOP/s\n", before * H * 1e-3, after * H * 1e-3, operations / after * 1e-9);
    operations = before = after = 0;
    for (ConvSize s : {ConvSize{"C 2 x 30 x 45, 512 to 512", 2, 30, 45, 512, 512, 3, 3, false, false, false, 12},
                       {"C 4 x 60 x 90, 512 to 256", 4, 60, 90, 512, 256, 3, 3, false, false, false, 1},
                       {"C 4 x 60 x 90, 256 to 256", 4, 60, 90, 256, 256, 3, 3, true, false, false, 7},
                       {"C 8 x 120 x 180, 256 to 256", 8, 120, 180, 256, 256, 3, 3, true, false, false, 8},
                       {"C 8 x 120 x 180, 256, enlarged", 8, 120, 180, 256, 256, 1, 2, false, false, true, 4},
                       {"C 8 x 240 x 360, 256 to 128", 8, 240, 360, 256, 128, 3, 3, false, false, false, 1},
                       {"C 8 x 240 x 360, 128 to 128", 8, 240, 360, 128, 128, 3, 3, true, false, false, 7}})
        after += convolution_of(s, &operations, &before);
    printf("CogVideoX's convolutions: %.2f -> %.2f s of a decode, %.1f TFLOP/s\n", before * C * 1e-3, after * C * 1e-3, operations / after * 1e-9);
}

int main(int argc, char** argv) {
    std::string only = argc > 1 ? argv[1] : "";
    size_t bytes = 285212672;
    char *a = device<char>(bytes), *b = device<char>(bytes);
    double ms = timed([&] { CHECK(cudaMemcpyAsync(b, a, bytes, cudaMemcpyDeviceToDevice)); });
    printf("copy of %.0f MB: %.3f ms, %.2f TB/s read and written\n", bytes * 1e-6, ms, 2 * bytes / ms * 1e-9);
    CHECK(cudaFree(a));
    CHECK(cudaFree(b));
    if (only.empty() || only == "norms") norms();
    if (only.empty() || only == "weights") {
        weights(512, 512, 3, 3);
        weights(512, 512, 3, 2);
        weights(256, 256, 3, 2);
        weights(512, 512, 1, 1);
    }
    if (only.empty() || only == "convolutions") convolutions();
    printf(wrong ? "WRONG: %d\n" : "all right\n", wrong);
    return wrong != 0;
}
