// One variant of the kernel, number -DONLY=I of attention_variants.inc: a file of its own each, so
// that none takes long to compile.
#ifdef WATCHED
#define SVGEN_WATCHDOG
#endif
#include <cstdio>

#include "attention_entry.cuh"

/** Of each block: cycles and nanoseconds, at its start and at its end. */
static __device__ long long block_clocks[132][4];

static __device__ void read_clocks(long long* to) {
    to[0] = clock64();
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(to[1]));
}

template <class T>
__global__ void __launch_bounds__(T::THREADS, 1) kernel(const __grid_constant__ Attention a) {
    extern __shared__ __align__(1024) unsigned char shared[];
    if (threadIdx.x == 0) {
        read_clocks(block_clocks[blockIdx.x]);
    }
    attend<T>(a, shared);
    if (threadIdx.x == 0) {
        read_clocks(block_clocks[blockIdx.x] + 2);
    }
}

template <int I>
struct Choice;
#define VARIANT(i, ...)                                 \
    template <>                                         \
    struct Choice<i> {                                  \
        using Type = Variant<__VA_ARGS__>;              \
        static constexpr const char* NAME = #__VA_ARGS__; \
    };
#include "attention_variants.inc"

static void clocks(long long (*to)[4]) {
    cudaMemcpyFromSymbol(to, block_clocks, sizeof block_clocks);
}

#ifdef WATCHED
static void report() {
    using T = Choice<ONLY>::Type;
    int w[5] = {};
    cudaMemcpyFromSymbol(w, watchdog, sizeof w);
    if (w[0]) {
        printf("    HUNG at barrier %d (if shared memory starts at 1024), parity %d, thread %d, block %d\n",
               (w[1] - 1024 - T::BARRIERS) / 8, w[2], w[3], w[4]);
    }
}
#define PASTE(a, b) a##b
#define FUNCTION(i) PASTE(watched_, i)
#else
static void report() {}
#define PASTE(a, b) a##b
#define FUNCTION(i) PASTE(variant_, i)
#endif

Entry FUNCTION(ONLY)() {
    using T = Choice<ONLY>::Type;
    return {Choice<ONLY>::NAME, T::D, T::ROWS, T::KEYS, T::THREADS, T::SHARED, kernel<T>, clocks, report};
}
