// What cluster_instructions.cuh says in machine language, on the CPU. Included before a kernel's source.
#pragma once
#include "attention_emulator.hpp"

inline void read_matrices(u32 (&to)[4], u32 row) {
    int lane = threadIdx.x % 32;
    for (int i = 0; i < 4; i++) memcpy(&to[i], fibers::memory(fibers::exchange(row, i * 8 + lane / 4) + lane % 4 * 4), 4);
    fibers::exchange(0, 0);
}

inline void load_bytes(u32 to, const void* from, u32 bytes, u32 barrier) {
    if (to % 16 || (size_t)from % 16 || bytes % 16) printf("copy of %u bytes to %u is not aligned\n", bytes, to), exit(1);
    fibers::Fiber* issuer = fibers::now;
    fibers::copies.push_back([=] {
        fibers::Fiber* before = fibers::now;
        fibers::now = issuer;
        memcpy(fibers::memory(to), from, bytes);
        fibers::Barrier* b = (fibers::Barrier*)fibers::memory(barrier);
        b->bytes -= bytes;
        fibers::settle(b);
        fibers::now = before;
    });
}

inline float2 read_pair(u32 at) {
    float2 x;
    memcpy(&x, fibers::memory(at), 8);
    return x;
}

template <int N>
struct RowScores {
    /** Rows are read from their registers when the product is waited for, as late as may be. */
    static void add(float (&s)[N / 2], const u32 (&rows)[4], u64 columns, int accumulate) {
        if (!accumulate) std::fill(s, s + N / 2, NAN);
        const u32* mine = rows;
        fibers::now->open.push_back([=, &s] {
            struct Four { u32 x[4]; } own{{mine[0], mine[1], mine[2], mine[3]}};
            float a[2][16];
            int lane = threadIdx.x % 32;
            for (int t = 0; t < 4; t++) {
                Four other = fibers::exchange(own, lane / 4 * 4 + t);
                for (int half = 0; half < 2; half++)
                    for (int k = 0; k < 2; k++) {
                        u32 word = other.x[half + 2 * k];
                        a[half][8 * k + 2 * t] = as_float(word << 16);
                        a[half][8 * k + 2 * t + 1] = as_float(word & 0xFFFF0000u);
                    }
            }
            for (int i = 0; i < N / 2; i++) {
                float x = accumulate ? s[i] : 0;
                for (int k = 0; k < 16; k++)
                    x += a[i / 2 % 2][k] * fibers::element(columns, i / 4 * 8 + lane % 4 * 2 + i % 2, k, false);
                s[i] = x;
            }
        });
    }
};
