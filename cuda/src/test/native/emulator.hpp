// Runs kernels on the CPU, one block after the other: every thread of a block is a fiber, which
// gives way at barriers and warp operations. Included before a kernel's source in place of what
// nvcc brings. Slow, but exact in what it says about indices, barriers and shared memory.
#pragma once
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <algorithm>
#include <functional>
#include <utility>

#define SVGEN_EMULATED
#define __global__
#define __device__
#define __noinline__ __attribute__((noinline))
#define __forceinline__ inline
#define __restrict__
#define __grid_constant__
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
// One block runs at a time.
#define __shared__ static
#define SHARED_BYTES(name) unsigned char* name = emulator::dynamic_shared

struct float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) uint2 { unsigned x, y; };
struct alignas(8) int2 { int x, y; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline int2 make_int2(int x, int y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

namespace emulator {
struct Index { unsigned x, y, z; };
extern Index thread, block, block_size, grid_size;
extern unsigned char* dynamic_shared;

// All threads of the block have arrived.
void block_barrier();
// What one lane shows to the others of its warp.
struct alignas(64) Slot {
    unsigned char bytes[64];

    template <class T>
    operator T() const {
        T value;
        memcpy(&value, bytes, sizeof value);
        return value;
    }
};
// Those of the calling thread's warp. They stay as they are up to the barrier after the next: slots take turns.
Slot* warp_slots();
// All threads of the calling thread's warp have arrived; who comes last does `all` to their slots before.
void warp_barrier(void (*all)(Slot*) = nullptr);

// Shows the lanes of the warp a value; `look` reads those of all.
template <class T, class F>
void share(const T& value, F look, void (*all)(Slot*) = nullptr) {
    static_assert(sizeof value <= sizeof(Slot));
    Slot* lanes = warp_slots();
    memcpy(&lanes[thread.x % 32], &value, sizeof value);
    warp_barrier(all);
    look(lanes);
}

template <class T>
T exchange(T value, int lane) {
    T other;
    share(value, [&](const Slot* lanes) { other = lanes[lane]; });
    return other;
}

using Entry = void (*)(void** arguments);
bool add_kernel(const char* name, Entry entry);
// Runs the threads of one block, whose sizes are set; false if they wait for each other forever.
bool run_block(Entry kernel, void** arguments);

template <class... A, size_t... I>
void call(void (*kernel)(A...), void** arguments, std::index_sequence<I...>) {
    kernel(*(std::remove_const_t<A>*)arguments[I]...);
}

template <class... A>
void call(void (*kernel)(A...), void** arguments) {
    call(kernel, arguments, std::index_sequence_for<A...>());
}

// What the emulated driver writes for a map of a matrix, of frames, or of heads.
struct EmulatedMap {
    void* address;
    uint64_t sizes[5], stride, strides[3];
    unsigned box[5];
    int type, swizzle;
};
static_assert(sizeof(EmulatedMap) <= 128);
}  // namespace emulator

#define threadIdx emulator::thread
#define blockIdx emulator::block
#define blockDim emulator::block_size
#define gridDim emulator::grid_size

inline void __syncthreads() { emulator::block_barrier(); }
inline void __syncwarp() { emulator::warp_barrier(); }

template <class T>
T __shfl_xor_sync(unsigned, T value, int mask) {
    return emulator::exchange(value, (int)(threadIdx.x % 32) ^ mask);
}

inline bool __any_sync(unsigned, bool value) {
    unsigned any = value;
    for (int i = 16; i > 0; i /= 2) any |= __shfl_xor_sync(0xffffffffu, any, i);
    return any;
}

inline int atomicAdd(int* to, int value) {
    int before = *to;
    *to += value;
    return before;
}

inline int atomicMin(int* to, int value) {
    int before = *to;
    if (value < before) *to = value;
    return before;
}

inline unsigned atomicAdd(unsigned* to, unsigned value) {
    unsigned before = *to;
    *to += value;
    return before;
}

inline unsigned long long atomicAdd(unsigned long long* to, unsigned long long value) {
    unsigned long long before = *to;
    *to += value;
    return before;
}

inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fadd_rn(float a, float b) { return a + b; }
inline int __popc(unsigned x) { return __builtin_popcount(x); }

inline float rsqrtf(float x) { return 1 / sqrtf(x); }

// What svgen.cuh says in machine language.
inline float as_float(unsigned bits) {
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

inline float half_to_float(unsigned short bits) {
    _Float16 h;
    memcpy(&h, &bits, 2);
    return (float)h;
}

inline unsigned short float_to_half(float f) {
    _Float16 h = (_Float16)f;
    unsigned short bits;
    memcpy(&bits, &h, 2);
    return bits;
}

inline unsigned short float_to_bf16(float f) {
    unsigned bits;
    memcpy(&bits, &f, 4);
    if (f != f) return 0x7fff;
    return (unsigned short)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline unsigned pack_bf16(float low, float high) {
    return float_to_bf16(low) | (unsigned)float_to_bf16(high) << 16;
}

/** To e4m3, as cvt.rn.satfinite does. */
inline unsigned e4m3(float f) {
    unsigned sign = std::signbit(f) ? 128 : 0;
    if (f != f) return 0x7f;
    float size = std::fabs(f) < 448 ? std::fabs(f) : 448;
    if (size < 0x1p-6f) return sign | (unsigned)std::nearbyint(size * 512);
    unsigned bits;
    memcpy(&bits, &size, 4);
    return sign | (((bits + 0x7ffff + (bits >> 20 & 1)) >> 20) - 960);
}

inline unsigned pack_e4m3(float a, float b, float c, float d) {
    return e4m3(a) | e4m3(b) << 8 | e4m3(c) << 16 | e4m3(d) << 24;
}

inline void copy_async(void* shared, const void* global, bool valid) {
    if (valid) {
        memcpy(shared, __builtin_assume_aligned(global, 16), 16);
    } else {
        memset(shared, 0, 16);
    }
}

inline void copies_commit() {}

template <int pending>
void copies_wait() {}

// Lane l gets elements 2 (l % 4) and the next of row l / 4 of each of four matrices, whose rows
// lanes 8 j to 8 j + 7 name.
inline void load_matrices(unsigned (&to)[4], const void* row) {
    int lane = threadIdx.x % 32;
    emulator::share((const char*)row, [&](const emulator::Slot* rows) {
        for (int j = 0; j < 4; j++) {
            const char* from = rows[8 * j + lane / 4];
            memcpy(&to[j], from + lane % 4 * 4, 4);
        }
    });
}

inline void load_matrices_transposed(unsigned (&to)[4], const void* row) {
    int lane = threadIdx.x % 32;
    emulator::share((const char*)row, [&](const emulator::Slot* rows) {
        for (int j = 0; j < 4; j++) {
            const char *low = rows[8 * j + lane % 4 * 2], *high = rows[8 * j + lane % 4 * 2 + 1];
            unsigned short a, b;
            memcpy(&a, low + lane / 4 * 2, 2);
            memcpy(&b, high + lane / 4 * 2, 2);
            to[j] = a | (unsigned)b << 16;
        }
    });
}

struct WarpProduct {
    unsigned a[4], b[2];
    float c[4];
};

// Of a whole warp: c += a b, of 16 rows, 8 columns and 16 numbers in a row, one after the other.
inline void multiply_in_warp(emulator::Slot* lanes) {
    typedef float Row __attribute__((vector_size(32)));
    auto half = [](unsigned word, int i) { return as_float(i ? word & 0xffff0000 : word << 16); };
    float a[16][16];
    Row b[16], c[16];
    for (int lane = 0; lane < 32; lane++) {
        WarpProduct f;
        memcpy(&f, &lanes[lane], sizeof f);
        int row = lane / 4, pair = lane % 4 * 2;
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 4; j++) a[row + j % 2 * 8][pair + i + j / 2 * 8] = half(f.a[j], i);
            for (int j = 0; j < 2; j++) {
                b[pair + i + j * 8][row] = half(f.b[j], i);
                c[row + j * 8][pair + i] = f.c[2 * j + i];
            }
        }
    }
    for (int row = 0; row < 16; row++) {
        Row sum = c[row];
        for (int k = 0; k < 16; k++) sum += a[row][k] * b[k];
        c[row] = sum;
    }
    for (int lane = 0; lane < 32; lane++) {
        float out[4];
        for (int i = 0; i < 4; i++) out[i] = c[lane / 4 + i / 2 * 8][lane % 4 * 2 + i % 2];
        memcpy(lanes[lane].bytes + offsetof(WarpProduct, c), out, sizeof out);
    }
}

inline void multiply_bf16(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
    emulator::share(
        WarpProduct{{a[0], a[1], a[2], a[3]}, {b0, b1}, {c[0], c[1], c[2], c[3]}},
        [&](const emulator::Slot* lanes) {
            memcpy(c, lanes[threadIdx.x % 32].bytes + offsetof(WarpProduct, c), sizeof c);
        },
        multiply_in_warp);
}

inline int opaque(int x) { return x; }

inline float exp2_fast(float x) { return exp2f(x); }
