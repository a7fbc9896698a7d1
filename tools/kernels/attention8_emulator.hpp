// What the Hopper attention kernel in 8 bits needs of the emulator besides.
#pragma once
#include "attention_emulator.hpp"

template <class X> X __ldg(const X* x) { return *x; }

inline float from_e4m3(unsigned char x) {
    int exponent = x >> 3 & 15, mantissa = x & 7;
    float y = (x & 0x7F) == 0x7F ? NAN
              : exponent == 0   ? std::ldexp((float)mantissa, -9)
                                : std::ldexp(8.f + mantissa, exponent - 10);
    return x & 0x80 ? -y : y;
}


/** Byte of an operand whose rows are 64 or 128 bytes of a panel. */
inline unsigned char byte_of(u64 descriptor, int row, int column) {
    u32 address = (u32)(descriptor & 0x3FFF) << 4, stride = (u32)(descriptor >> 32 & 0x3FFF) << 4;
    bool narrow = descriptor >> 62 == 2;
    u32 at = address + row / 8 * stride + row % 8 * (narrow ? 64 : 128) + column;
    at ^= narrow ? (at >> 7 & 3) << 4 : (at >> 7 & 7) << 4;
    return *fibers::memory(at);
}

/** What stands in a TensorMap of three dimensions here. */
struct EmulatedMap8 {
    const unsigned char* at;
    int row, rows, box_row, box_rows;
};

inline void load_box(u32 to, const TensorMap* map, int byte, int row, int head, u32 barrier, u64) {
    EmulatedMap8 m;
    memcpy(&m, map, sizeof m);
    fibers::Fiber* issuer = fibers::now;
    fibers::copies.push_back([=] {
        fibers::Fiber* before = fibers::now;
        fibers::now = issuer;
        for (int i = 0; i < m.box_rows; i++)
            for (int j = 0; j < m.box_row; j++) {
                bool there = row + i < m.rows && byte + j < m.row;
                u32 address = to + i * m.box_row + j;
                address ^= m.box_row == 64 ? (address >> 7 & 3) << 4 : (address >> 7 & 7) << 4;
                *fibers::memory(address) = there ? m.at[((size_t)head * m.rows + row + i) * m.row + byte + j] : 0;
            }
        fibers::Barrier* b = (fibers::Barrier*)fibers::memory(barrier);
        b->bytes -= m.box_row * m.box_rows;
        fibers::settle(b);
        fibers::now = before;
    });
}

inline bool barrier_test(u32 a, u32 parity) { return rand() % 2 && barrier_at(a)->phase != parity; }

template <int N>
struct Scores8 {
    static void add(u32 (&s)[N / 2], u64 queries, u64 keys) {
        int row = threadIdx.x % 128 / 32 * 16 + threadIdx.x % 32 / 4, column = threadIdx.x % 4 * 2;
        fibers::now->open.push_back([=, &s] {
            for (int i = 0; i < N / 2; i++)
                for (int k = 0; k < 32; k++)
                    s[i] += (int)(signed char)byte_of(queries, row + i / 2 % 2 * 8, k) *
                            (int)(signed char)byte_of(keys, i / 4 * 8 + column + i % 2, k);
        });
    }
};

template <int D>
struct Values8 {
    static void add(float (&o)[D / 2], u64 weights, u64 values) {
        int row = threadIdx.x % 128 / 32 * 16 + threadIdx.x % 32 / 4, column = threadIdx.x % 4 * 2;
        fibers::now->open.push_back([=, &o] {
            for (int i = 0; i < D / 2; i++)
                for (int k = 0; k < 32; k++)
                    o[i] += from_e4m3(byte_of(weights, row + i / 2 % 2 * 8, k)) *
                            from_e4m3(byte_of(values, i / 4 * 8 + column + i % 2, k));
        });
    }
    static void add(float (&o)[D / 2], const u32* p, u64 values) {
        fibers::now->open.push_back([=, &o] {
            float a[2][32];
            struct Four { u32 x[4]; } mine{{p[0], p[1], p[2], p[3]}};
            for (int t = 0; t < 4; t++) {
                Four other = fibers::exchange(mine, (int)(threadIdx.x % 32) / 4 * 4 + t);
                for (int half = 0; half < 2; half++)
                    for (int k = 0; k < 8; k++) a[half][k / 4 * 16 + 4 * t + k % 4] = from_e4m3(other.x[half + k / 4 * 2] >> k % 4 * 8 & 0xFF);
            }
            for (int i = 0; i < D / 2; i++)
                for (int k = 0; k < 32; k++)
                    o[i] += a[i / 2 % 2][k] * from_e4m3(byte_of(values, i / 4 * 8 + threadIdx.x % 4 * 2 + i % 2, k));
        });
    }
};
