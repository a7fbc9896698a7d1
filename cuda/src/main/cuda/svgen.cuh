// What all kernels share: element types, loads and stores that convert, reductions over a warp.
// No toolkit header is included. tests/native/emulator.hpp, which runs kernels on the CPU, stands
// in for all that is machine language here.
#pragma once

typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

// With the 1, ptxas takes the registers that it needs instead of spilling for the sake of occupancy.
#define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads, 1)
#define DEVICE __device__ __forceinline__

#ifndef SVGEN_EMULATED

#define SHARED_BYTES(name) extern __shared__ __align__(1024) unsigned char name[]

DEVICE float half_to_float(u16 bits) {
    float f;
    asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(bits));
    return f;
}

DEVICE u16 float_to_half(float f) {
    u16 bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(f));
    return bits;
}

// Rounds to nearest, ties to even.
DEVICE u16 float_to_bf16(float f) {
    u16 bits;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(f));
    return bits;
}

DEVICE float as_float(u32 bits) { return __uint_as_float(bits); }

// Two floats as bf16, the first in the lower half.
DEVICE u32 pack_bf16(float low, float high) {
    u32 bits;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
    return bits;
}

DEVICE u32 shared_address(const void* pointer) { return (u32)__cvta_generic_to_shared(pointer); }

// Sixteen bytes from global to shared memory, asynchronously; zeros where `valid` is false.
DEVICE void copy_async(void* shared, const void* global, bool valid) {
    int bytes = valid ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(shared)),
                 "l"(global), "r"(bytes)
                 : "memory");
}

DEVICE void copies_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }

// Waits until at most `pending` of the committed groups are still on their way.
template <int pending>
DEVICE void copies_wait() {
    asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

// Four 8 x 8 matrices of 16-bit elements; lane l names row l % 8 of matrix l / 8.
DEVICE void load_matrices(u32 (&to)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared_address(row)));
}

DEVICE void load_matrices_transposed(u32 (&to)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared_address(row)));
}

// c += a b, bf16 with sums in f32: 16 x 16 times 16 x 8.
DEVICE void multiply_bf16(float (&c)[4], const u32 (&a)[4], u32 b0, u32 b1) {
    asm volatile(
        "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
        "{%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// x, but the compiler does not know that: without it, a chain of choices by the same value becomes
// a program for every way through them.
DEVICE int opaque(int x) {
    int y;
    asm volatile("mov.b32 %0, %1;" : "=r"(y) : "r"(x));
    return y;
}

// 2^x, with a relative error of 2^-22.
DEVICE float exp2_fast(float x) {
    float y;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
}

#endif

// Element types, numbered as in Elements.java.
enum Type { F32 = 0, BF16 = 1, F16 = 2, F64 = 3 };

// A tensor's elements of a type that is known when the kernel runs. All threads take the same
// branch, so that the choice costs little beside the memory access.
struct Elements {
    void* at;
    int type;
    int unused;
};

struct Four {
    float v[4];
};

DEVICE float bf16_to_float(u32 bits) { return as_float(bits << 16); }

DEVICE float load(const Elements& x, i64 i) {
    switch (opaque(x.type)) {
        case F32: return ((const float*)x.at)[i];
        case BF16: return bf16_to_float(((const u16*)x.at)[i]);
        case F16: return half_to_float(((const u16*)x.at)[i]);
        default: return (float)((const double*)x.at)[i];
    }
}

DEVICE void store(const Elements& x, i64 i, float value) {
    switch (opaque(x.type)) {
        case F32: ((float*)x.at)[i] = value; break;
        case BF16: ((u16*)x.at)[i] = float_to_bf16(value); break;
        case F16: ((u16*)x.at)[i] = float_to_half(value); break;
        default: ((double*)x.at)[i] = value;
    }
}

// Elements i to i + 3; i is a multiple of 4 and the tensor is aligned to four elements.
DEVICE Four load4(const Elements& x, i64 i) {
    switch (opaque(x.type)) {
        case F32: {
            float4 f = *(const float4*)((const float*)x.at + i);
            return {f.x, f.y, f.z, f.w};
        }
        case BF16: {
            uint2 b = *(const uint2*)((const u16*)x.at + i);
            return {as_float(b.x << 16), as_float(b.x & 0xffff0000), as_float(b.y << 16),
                    as_float(b.y & 0xffff0000)};
        }
        default: return {load(x, i), load(x, i + 1), load(x, i + 2), load(x, i + 3)};
    }
}

DEVICE void store4(const Elements& x, i64 i, const Four& f) {
    switch (opaque(x.type)) {
        case F32:
            *(float4*)((float*)x.at + i) = make_float4(f.v[0], f.v[1], f.v[2], f.v[3]);
            break;
        case BF16:
            *(uint2*)((u16*)x.at + i) =
                make_uint2(pack_bf16(f.v[0], f.v[1]), pack_bf16(f.v[2], f.v[3]));
            break;
        default:
            for (int j = 0; j < 4; j++) store(x, i + j, f.v[j]);
    }
}

// Activation functions, numbered as in org.svgen.tensor.Activation.
enum Activation { NONE, SILU, GELU, GELU_TANH, RELU };

DEVICE float activate(int f, float x) {
    switch (f) {
        case SILU: return x / (1 + expf(-x));
        case GELU: return 0.5f * x * (1 + erff(x * 0.70710678f));
        case GELU_TANH: return 0.5f * x * (1 + tanhf(0.79788456f * (x + 0.044715f * x * x * x)));
        case RELU: return x > 0 || x != x ? x : 0;
        default: return x;
    }
}

// Sum over the lanes of a warp, in the same order each time; all lanes get it.
DEVICE float warp_sum(float x) {
    for (int i = 16; i > 0; i /= 2) x += __shfl_xor_sync(0xffffffffu, x, i);
    return x;
}

DEVICE i64 thread_index() { return (i64)blockIdx.x * blockDim.x + threadIdx.x; }

DEVICE i64 thread_count() { return (i64)gridDim.x * blockDim.x; }
