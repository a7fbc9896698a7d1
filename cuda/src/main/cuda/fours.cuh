// Four elements of a row at once, of any type, several of them under way at the same time.
#pragma once
#include "svgen.cuh"

// Four elements of a row as they are stored: they are asked for now and converted when they are there. A thread has
// asked for AHEAD rows before it adds the first.
struct FourBf16 {
    static const int AHEAD = 6;
    uint2 bits;
    DEVICE void ask(const Elements& x, i64 i, int) { bits = *(const uint2*)((const u16*)x.at + i); }
    DEVICE Four floats() const {
        return {as_float(bits.x << 16), as_float(bits.x & 0xffff0000), as_float(bits.y << 16),
                as_float(bits.y & 0xffff0000)};
    }
};

struct FourF32 {
    static const int AHEAD = 2;
    float4 f;
    DEVICE void ask(const Elements& x, i64 i, int) { f = *(const float4*)((const float*)x.at + i); }
    DEVICE Four floats() const { return {f.x, f.y, f.z, f.w}; }
};

struct FourOfAny {
    static const int AHEAD = 1;
    Four f;
    DEVICE void ask(const Elements& x, i64 i, int there) {
        for (int j = 0; j < 4; j++) f.v[j] = j < there ? load(x, i + j) : 0;
    }
    DEVICE Four floats() const { return f; }
};

// Whether FourBf16 and FourF32 can read rows of `dim` elements.
DEVICE bool by_fours(const Elements& x, int dim) { return dim % 4 == 0 && (u64)x.at % (x.type == F32 ? 16 : 8) == 0; }
