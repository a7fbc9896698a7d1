// Checks and times variants of the Hopper convolution.
//   nvcc -std=c++17 -O3 -gencode=arch=compute_90a,code=sm_90a -o conv_bench conv_bench.cu -ldl
//   conv_bench check | time [ROUNDS]
#include "../../cuda/src/main/cuda/conv_hopper.cuh"
#include "gemm_bench.cuh"

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) kernel(const __grid_constant__ Conv c) {
    extern __shared__ __align__(1024) unsigned char shared[];
    convolve<T>(c, shared);
}

struct Entry {
    const char* name;
    int m, n, cluster, shared;
    bool add, tail;
    void (*run)(Conv);
    bool takes(int c, int channels) const { return (tail || c % 64 == 0) && (n % 64 == 0 || channels <= n); }
};

template <class T>
static Entry entry(const char* name) {
    return {name, T::M, T::N, T::CLUSTER, T::SHARED, T::ADD, T::TAIL, kernel<T>};
}

static const Entry entries[] = {
    entry<ConvVariant<1, 256, 4, 2, false>>("wide, cluster 2"),
    entry<ConvVariant<1, 256, 4, 1, false>>("wide"),
    entry<ConvVariant<2, 128, 4, 2, false>>("tall, cluster 2"),
    entry<ConvVariant<2, 128, 4, 1, false>>("tall"),
    entry<ConvVariant<1, 128, 6, 2, false>>("small, cluster 2"),
    entry<ConvVariant<1, 192, 4, 2, false>>("mid, cluster 2"),
    entry<ConvVariant<2, 96, 4, 2, false, true>>("96, cluster 2"),
    entry<ConvVariant<2, 96, 4, 1, false, true>>("96"),
    entry<ConvVariant<2, 192, 3, 2, false, true>>("192, cluster 2"),
    entry<ConvVariant<2, 192, 3, 1, false, true>>("192"),
    entry<ConvVariant<1, 192, 4, 2, false, true>>("192, half as tall, cluster 2"),
    entry<ConvVariant<2, 96, 4, 2, true, true>>("96, cluster 2, add"),
    entry<ConvVariant<2, 192, 3, 2, true, true>>("192, cluster 2, add"),
    entry<ConvVariant<1, 256, 4, 2, true>>("wide, cluster 2, add"),
    entry<ConvVariant<2, 128, 4, 2, true>>("tall, cluster 2, add"),
    entry<ConvVariant<1, 128, 6, 2, true>>("small, cluster 2, add"),
    entry<ConvVariant<1, 192, 4, 2, true>>("mid, cluster 2, add"),
};

/** Of the output: t frames of h x w pixels. */
struct Size {
    int t, h, w, c, n, kt, k;
    double operations() const { return 2.0 * t * h * w * c * n * kt * k * k; }
};

static TensorMap frames_of(const void* at, int c, int w, int h, int t, int box_w, int box_h) {
    map_of(at, 128, 64, 64);  // finds the driver's function
    void* f = nullptr;
    cudaDriverEntryPointQueryResult found;
    CHECK(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &f, 12000, cudaEnableDefault, &found));
    CUtensorMap map;
    cuuint64_t sizes[] = {(cuuint64_t)c, (cuuint64_t)w, (cuuint64_t)h, (cuuint64_t)t};
    cuuint64_t strides[] = {2ull * c, 2ull * c * w, 2ull * c * w * h};
    cuuint32_t boxes[] = {64, (cuuint32_t)box_w, (cuuint32_t)box_h, 1}, steps[] = {1, 1, 1, 1};
    CUresult r = ((PFN_cuTensorMapEncodeTiled_v12000)f)(
        &map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 4, (void*)at, sizes, strides, boxes, steps,
        CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
        CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    if (r != CUDA_SUCCESS) printf("cuTensorMapEncodeTiled: error %d\n", (int)r), exit(2);
    TensorMap t4;
    memcpy(&t4, &map, sizeof t4);
    return t4;
}

struct Tensors {
    Size s;
    u16 *x, *w, *bias, *out;
    size_t outputs;

    Tensors(Size s) : s(s) {
        size_t inputs = (size_t)(s.t + s.kt - 1) * s.h * s.w * s.c, weights = (size_t)s.n * s.kt * s.k * s.k * s.c;
        outputs = (size_t)s.t * s.h * s.w * s.n;
        x = device<u16>(inputs), w = device<u16>(weights), bias = device<u16>(s.n), out = device<u16>(outputs + 8);
        random_bf16(x, inputs, 1, 1);
        random_bf16(w, weights, 2, 1 / std::sqrt((float)s.kt * s.k * s.k * s.c));
        random_bf16(bias, s.n, 3, 1);
    }
    ~Tensors() {
        for (void* p : {x, w, bias, out}) CHECK(cudaFree(p));
    }
    Conv conv(const Entry& e, int box_w) const {
        Conv p{};
        int box_h = e.m / box_w, store_w = box_w < 16 ? box_w : 16;
        p.x = frames_of(x, s.c, s.w, s.h, s.t + s.kt - 1, box_w, box_h);
        p.w = map_of(w, s.n, s.kt * s.k * s.k * s.c, e.n / e.cluster);
        p.out = frames_of(out, s.n, s.w, s.h, s.t, store_w, 16 / store_w);
        p.bias = {bias, BF16};
        p.channels = s.c, p.n = s.n, p.frames = s.t, p.box_w = box_w;
        p.tiles_w = (s.w + box_w - 1) / box_w;
        p.tiles = p.tiles_w * ((s.h + box_h - 1) / box_h);
        p.kt = s.kt, p.kh = p.kw = s.k, p.top = p.left = s.k / 2;
        return p;
    }
};

static void launch(const Entry& e, const Conv& p) {
    long clusters = ((long)p.tiles * p.frames + e.cluster - 1) / e.cluster * ((p.n + e.n - 1) / e.n);
    cudaLaunchConfig_t c{};
    cudaLaunchAttribute attribute;
    attribute.id = cudaLaunchAttributeClusterDimension;
    attribute.val.clusterDim = {(unsigned)e.cluster, 1, 1};
    c.gridDim = dim3(std::min(clusters, 132L / e.cluster) * e.cluster);
    c.blockDim = dim3(384);
    c.dynamicSmemBytes = e.shared;
    c.attrs = &attribute;
    c.numAttrs = 1;
    CHECK(cudaFuncSetAttribute(e.run, cudaFuncAttributeMaxDynamicSharedMemorySize, e.shared));
    CHECK(cudaLaunchKernelEx(&c, e.run, p));
}

/** Some outputs against the definition in double precision; a warp each. */
__global__ void compare_conv(const u16* x, const u16* w, const u16* bias, const u16* old, const u16* out, Size s, size_t count, Difference* d) {
    size_t outputs = (size_t)s.t * s.h * s.w * s.n;
    for (size_t i = thread_index() / 32; i < count; i += thread_count() / 32) {
        size_t at = count >= outputs ? i : (size_t)((double)i / count * outputs) + i % 61;
        if (at >= outputs) continue;
        int n = at % s.n, xx = at / s.n % s.w, y = at / s.n / s.w % s.h, t = at / s.n / s.w / s.h;
        int taps = s.kt * s.k * s.k;
        double sum = 0;
        for (int k = threadIdx.x % 32; k < taps * s.c; k += 32) {
            int tap = k / s.c, c = k % s.c;
            int iy = y + tap / s.k % s.k - s.k / 2, ix = xx + tap % s.k - s.k / 2, it = t + tap / (s.k * s.k);
            if (iy < 0 || iy >= s.h || ix < 0 || ix >= s.w) continue;
            sum += (double)bf16_to_float(x[(((size_t)it * s.h + iy) * s.w + ix) * s.c + c]) * bf16_to_float(w[(size_t)n * taps * s.c + k]);
        }
        for (int j = 16; j > 0; j /= 2) sum += __shfl_xor_sync(~0u, sum, j);
        if (threadIdx.x % 32) continue;
        sum += bf16_to_float(bias[n]) + (old ? bf16_to_float(old[at]) : 0);
        double got = bf16_to_float(out[at]), e = got - sum;
        atomicAdd(&d->error, e * e), atomicAdd(&d->norm, sum * sum);
        if (!(fabs(e) <= 0.05 + 0.02 * fabs(sum)) && atomicAdd(&d->bad, 1ull) == 0) d->first = at;
    }
}

static bool right(const Entry& e, const Tensors& o, const u16* old, size_t count, const char* what) {
    Difference* d = device<Difference>(1);
    CHECK(cudaMemset(d, 0, sizeof *d));
    compare_conv<<<1024, 256>>>(o.x, o.w, o.bias, old, o.out, o.s, std::min(count, o.outputs), d);
    CHECK(cudaDeviceSynchronize());
    Difference h;
    CHECK(cudaMemcpy(&h, d, sizeof h, cudaMemcpyDefault));
    CHECK(cudaFree(d));
    double relative = std::sqrt(h.error / h.norm);
    bool ok = h.bad == 0 && relative < 5e-3;
    if (!ok) printf("  %s %s: WRONG, %llu bad, first at %llu, rel %.1e\n", e.name, what, h.bad, h.first, relative);
    return ok;
}

static int check() {
    const Size sizes[] = {{3, 17, 33, 64, 128, 3, 3}, {2, 40, 72, 128, 264, 3, 3}, {5, 32, 32, 512, 512, 3, 3},
                          {1, 9, 100, 64, 64, 1, 3}, {4, 36, 64, 256, 128, 2, 2}, {3, 8, 8, 64, 8, 1, 1},
                          {3, 17, 33, 96, 96, 3, 3}, {2, 20, 40, 160, 160, 1, 3}, {2, 19, 30, 96, 192, 3, 1}};
    int wrong = 0, cases = 0;
    for (const Entry& e : entries)
        for (Size s : sizes)
            for (int box : {8, 16, 32, 128}) {
                if (!e.takes(s.c, s.n)) continue;
                Tensors o(s);
                u16* old = nullptr;
                std::vector<u16> got[2];
                bool ok = true;
                if (e.add) old = device<u16>(o.outputs), random_bf16(old, o.outputs, 7, 1);
                for (auto& x : got) {
                    CHECK(cudaMemset(o.out, 0xFF, o.outputs * 2 + 16));
                    if (old) CHECK(cudaMemcpy(o.out, old, o.outputs * 2, cudaMemcpyDefault));
                    launch(e, o.conv(e, box));
                    CHECK(cudaDeviceSynchronize());
                    if (&x == got) ok = right(e, o, old, 300000, "check");
                    x.resize(o.outputs + 8);
                    CHECK(cudaMemcpy(x.data(), o.out, o.outputs * 2 + 16, cudaMemcpyDefault));
                }
                for (int i = 0; i < 8; i++) ok &= got[0][o.outputs + i] == 0xFFFF;
                if (got[0] != got[1]) printf("  %s: TWO RUNS DIFFER\n", e.name), ok = false;
                if (old) CHECK(cudaFree(old));
                wrong += !ok, cases++;
            }
    printf("%s, %d cases\n", wrong ? "WRONG" : "right", cases);
    return wrong;
}

struct Runner {
    std::string name;
    const Entry* e;
    Conv p;
    std::vector<float> ms;
};

static void time_size(Size s, int rounds) {
    Tensors o(s);
    std::vector<Runner> runners;
    for (const Entry& e : entries) {
        if (e.n > s.n || !e.takes(s.c, s.n)) continue;
        for (int box : {16, 32, 64, 128}) {
            if (box > s.w || (e.add && box != 32) || (s.w > 64 && box == 128)) continue;
            CHECK(cudaMemset(o.out, e.add ? 0 : 0xFF, o.outputs * 2));
            Conv p = o.conv(e, box);
            launch(e, p);
            CHECK(cudaDeviceSynchronize());
            if (!right(e, o, nullptr, 20000, "time")) continue;
            runners.push_back({e.name + std::string(", box ") + std::to_string(box), &e, p, {}});
        }
    }
    cudaEvent_t from, to;
    CHECK(cudaEventCreate(&from));
    CHECK(cudaEventCreate(&to));
    std::vector<int> order(runners.size());
    for (size_t i = 0; i < order.size(); i++) order[i] = i;
    for (int r = -1; r < rounds; r++) {
        for (size_t i = order.size() - 1; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
        for (int i : order) {
            CHECK(cudaEventRecord(from));
            launch(*runners[i].e, runners[i].p);
            CHECK(cudaEventRecord(to));
            CHECK(cudaEventSynchronize(to));
            float ms;
            CHECK(cudaEventElapsedTime(&ms, from, to));
            if (r >= 0) runners[i].ms.push_back(ms);
        }
    }
    printf("%d x %d x %d, %d to %d, %d x %d x %d:\n", s.t, s.h, s.w, s.c, s.n, s.kt, s.k, s.k);
    for (Runner& r : runners) {
        std::sort(r.ms.begin(), r.ms.end());
        double ms = r.ms[r.ms.size() / 2];
        printf("  %-32s %8.3f ms %6.1f TFLOP/s\n", r.name.c_str(), ms, s.operations() / ms * 1e-9);
    }
    fflush(stdout);
}

int main(int argc, char** argv) {
    std::string what = argc > 1 ? argv[1] : "";
    if (what == "check") return check() != 0;
    if (what == "time") {
        int rounds = argc > 2 ? atoi(argv[2]) : 9;
        for (Size s : {Size{17, 256, 256, 128, 128, 3, 3}, {17, 256, 256, 256, 128, 3, 3}, {17, 256, 256, 256, 256, 2, 2},
                       {9, 128, 128, 512, 512, 3, 3}, {9, 128, 128, 512, 256, 3, 3}, {9, 128, 128, 256, 256, 3, 3},
                       {5, 64, 64, 512, 512, 3, 3}, {5, 32, 32, 512, 512, 3, 3},
                       {4, 720, 1280, 96, 96, 3, 3}, {4, 360, 640, 192, 192, 3, 3}, {2, 180, 320, 384, 384, 3, 3},
                       {1, 90, 160, 384, 384, 3, 3}, {4, 720, 1280, 192, 96, 1, 2}, {4, 360, 640, 384, 192, 1, 2},
                       {2, 180, 320, 384, 768, 3, 1}})
            time_size(s, rounds);
        return 0;
    }
    printf("conv_bench check | time [ROUNDS]\n");
    return 2;
}
