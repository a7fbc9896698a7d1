// arch: sm_80 sm_90a sm_120 compute_80
// Numbers of weights that lie in fewer bits: blocks as ggml defines them, and floats with a scale. They are
// made before they are multiplied, so that every product has them. Products of a scale and whole numbers
// are exact in f32, so each number is rounded once to f32 at most, contracted or not, and once more to the
// type of the result: the bits are those of the CPU.
#include "svgen.cuh"

typedef unsigned char u8;

static const int EACH = 8;  // numbers that a thread makes at a time

// Row `ids[i]` of blocks [n, width / numbers of a block], or row i without ids, becomes row i of `out`.
struct Blocks {
    const u8* bytes;
    const int* ids;
    Elements out;
    i64 count;  // of all numbers of `out`
    int width;  // numbers of a row
};

// Bytes at an even place.
struct Bytes {
    int v[EACH];

    DEVICE explicit Bytes(const u8* from) {
#pragma unroll
        for (int i = 0; i < EACH; i += 2) {
            u16 two = *(const u16*)(from + i);
            v[i] = two & 255;
            v[i + 1] = two >> 8;
        }
    }
};

DEVICE float half_at(const u8* from) { return half_to_float(*(const u16*)from); }

// Eight nibbles of a block of 32, whose lower halves are the first 16 numbers.
DEVICE void nibbles(const u8* from, int i, int (&to)[EACH]) {
    Bytes both(from + i % 16);
#pragma unroll
    for (int j = 0; j < EACH; j++) to[j] = both.v[j] >> (i < 16 ? 0 : 4) & 15;
}

DEVICE void fifths(const u8* from, int i, int (&to)[EACH]) {
    int bits = from[i / 8];
#pragma unroll
    for (int j = 0; j < EACH; j++) to[j] |= (bits >> j & 1) << 4;
}

// Each has NUMBERS in BYTES, and numbers i to i + 7 of a block by `eight`.
struct Q4_0 {
    static const int NUMBERS = 32, BYTES = 18;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int n[EACH];
        nibbles(b + 2, i, n);
        float scale = half_at(b);
        for (int j = 0; j < EACH; j++) to[j] = scale * (float)(n[j] - 8);
    }
};

struct Q4_1 {
    static const int NUMBERS = 32, BYTES = 20;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int n[EACH];
        nibbles(b + 4, i, n);
        float scale = half_at(b), least = half_at(b + 2);
        for (int j = 0; j < EACH; j++) to[j] = scale * (float)n[j] + least;
    }
};

struct Q5_0 {
    static const int NUMBERS = 32, BYTES = 22;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int n[EACH];
        nibbles(b + 6, i, n);
        fifths(b + 2, i, n);
        float scale = half_at(b);
        for (int j = 0; j < EACH; j++) to[j] = scale * (float)(n[j] - 16);
    }
};

struct Q5_1 {
    static const int NUMBERS = 32, BYTES = 24;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int n[EACH];
        nibbles(b + 8, i, n);
        fifths(b + 4, i, n);
        float scale = half_at(b), least = half_at(b + 2);
        for (int j = 0; j < EACH; j++) to[j] = scale * (float)n[j] + least;
    }
};

struct Q8_0 {
    static const int NUMBERS = 32, BYTES = 34;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        Bytes n(b + 2 + i);
        float scale = half_at(b);
        for (int j = 0; j < EACH; j++) to[j] = scale * (float)(signed char)n.v[j];
    }
};

// Of 8 parts, a scale and a least number of 6 bits each in 12 bytes.
struct Parts {
    float scale, least;

    DEVICE Parts(const u8* b, int part) {
        const u8* s = b + 4;
        int own = part < 4 ? s[part] & 63 : (s[part + 4] & 15) | (s[part - 4] >> 6) << 4;
        int low = part < 4 ? s[part + 4] & 63 : (s[part + 4] >> 4) | (s[part] >> 6) << 4;
        scale = half_at(b) * (float)own;
        least = half_at(b + 2) * (float)low;
    }
};

struct Q4_K {
    static const int NUMBERS = 256, BYTES = 144;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int part = i / 32;
        Parts of(b, part);
        Bytes both(b + 16 + part / 2 * 32 + i % 32);
        for (int j = 0; j < EACH; j++)
            to[j] = of.scale * (float)(both.v[j] >> part % 2 * 4 & 15) - of.least;
    }
};

struct Q5_K {
    static const int NUMBERS = 256, BYTES = 176;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int part = i / 32;
        Parts of(b, part);
        Bytes both(b + 48 + part / 2 * 32 + i % 32), fifth(b + 16 + i % 32);
        for (int j = 0; j < EACH; j++) {
            int n = (both.v[j] >> part % 2 * 4 & 15) | (fifth.v[j] >> part & 1) << 4;
            to[j] = of.scale * (float)n - of.least;
        }
    }
};

struct Q6_K {
    static const int NUMBERS = 256, BYTES = 210;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int half = i / 128, quarter = i / 32 % 4;
        Bytes lows(b + half * 64 + quarter % 2 * 32 + i % 32), highs(b + 128 + half * 32 + i % 32);
        float scale = half_at(b + 208) * (float)(signed char)b[192 + i / 16];
        for (int j = 0; j < EACH; j++) {
            int n = (lows.v[j] >> quarter / 2 * 4 & 15) | (highs.v[j] >> quarter * 2 & 3) << 4;
            to[j] = scale * (float)(n - 32);
        }
    }
};

struct Q3_K {
    static const int NUMBERS = 256, BYTES = 110;
    static DEVICE void eight(const u8* b, int i, float (&to)[EACH]) {
        int half = i / 128, quarter = i / 32 % 4, part = i / 16;
        Bytes lows(b + 32 + half * 32 + i % 32), thirds(b + i % 32);
        int four = b[96 + part % 8] >> part / 8 * 4 & 15;
        int two = b[104 + part % 4] >> part / 4 * 2 & 3;
        float scale = half_at(b + 108) * (float)((four | two << 4) - 32);
        for (int j = 0; j < EACH; j++) {
            int third = thirds.v[j] >> (half * 4 + quarter) & 1;
            to[j] = scale * (float)((lows.v[j] >> quarter * 2 & 3) - 4 + 4 * third);
        }
    }
};

template <class Format>
DEVICE void make(const Blocks& x) {
    for (i64 at = EACH * thread_index(); at < x.count; at += EACH * thread_count()) {
        i64 from = at;
        if (x.ids) {
            i64 row = at / x.width;
            from = (i64)x.ids[row] * x.width + (at - row * x.width);
        }
        i64 block = from / Format::NUMBERS;
        float made[EACH];
        Format::eight(x.bytes + block * Format::BYTES, (int)(from - block * Format::NUMBERS), made);
        store4(x.out, at, {made[0], made[1], made[2], made[3]});
        store4(x.out, at + 4, {made[4], made[5], made[6], made[7]});
    }
}

KERNEL(256) dequantise_q4_0(Blocks x) { make<Q4_0>(x); }
KERNEL(256) dequantise_q4_1(Blocks x) { make<Q4_1>(x); }
KERNEL(256) dequantise_q5_0(Blocks x) { make<Q5_0>(x); }
KERNEL(256) dequantise_q5_1(Blocks x) { make<Q5_1>(x); }
KERNEL(256) dequantise_q8_0(Blocks x) { make<Q8_0>(x); }
KERNEL(256) dequantise_q3_k(Blocks x) { make<Q3_K>(x); }
KERNEL(256) dequantise_q4_k(Blocks x) { make<Q4_K>(x); }
KERNEL(256) dequantise_q5_k(Blocks x) { make<Q5_K>(x); }
KERNEL(256) dequantise_q6_k(Blocks x) { make<Q6_K>(x); }

// Floats [n, width] times a scale of all or of each row.
struct Scaled {
    Elements values;  // or bytes, by `kind`
    const float* scale;
    const int* ids;
    Elements out;
    i64 count;
    int width, kind, each;  // each: 1 where each row has a scale
};

// Numbered as in Numbers.java.
enum Kind { ELEMENTS, E4M3, E5M2 };

DEVICE float float8(int kind, u32 bits) {
    if (kind == E5M2) return half_to_float((u16)(bits << 8));
    u32 size = bits & 127;
    // As an f32 it is 2^-120 of what it is; all but one of all ones are finite.
    float f = as_float(size == 127 ? 0x7fc00000 : size << 20) * as_float((127 + 120) << 23);
    return bits < 128 ? f : -f;
}

// Row `ids[i]`, or row i without ids, becomes row i of `out`.
KERNEL(256) scale_values(Scaled x) {
    for (i64 at = thread_index(); at < x.count; at += thread_count()) {
        i64 row = at / x.width;
        i64 from = x.ids ? x.ids[row] : row;
        i64 i = from * x.width + (at - row * x.width);
        float value = x.kind == ELEMENTS ? load(x.values, i)
                                         : float8(x.kind, ((const u8*)x.values.at)[i]);
        store(x.out, at, value * x.scale[x.each ? from : 0]);
    }
}

// The same of bytes in rows of a multiple of eight.
KERNEL(256) scale_bytes(Scaled x) {
    for (i64 at = EACH * thread_index(); at < x.count; at += EACH * thread_count()) {
        i64 row = at / x.width;
        i64 from = x.ids ? x.ids[row] : row;
        Bytes bytes((const u8*)x.values.at + from * x.width + (at - row * x.width));
        float scale = x.scale[x.each ? from : 0];
        float made[EACH];
        for (int j = 0; j < EACH; j++) made[j] = float8(x.kind, bytes.v[j]) * scale;
        store4(x.out, at, {made[0], made[1], made[2], made[3]});
        store4(x.out, at + 4, {made[4], made[5], made[6], made[7]});
    }
}
