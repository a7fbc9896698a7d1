// Operations that treat each element alone, limited by memory.
#include "svgen.cuh"

// Numbered as in Elementwise.java.
enum Operation { FILL, COMBINE, MULTIPLY, ACTIVATE, ADD_GATED };

struct Elementwise {
    int operation;
    int function;  // Activation
    float a, b;
    Elements x, y, out;
    i64 period;   // of y, for ADD_GATED
    int* faults;  // or null: grows by the number of results that are not finite
};

DEVICE float apply(const Elementwise& e, float x, float y, float out) {
    switch (e.operation) {
        case FILL: return e.a;
        case COMBINE: return e.a * x + e.b * y;
        case MULTIPLY: return x * y;
        case ACTIVATE: return activate(e.function, x);
        default: return out + y * x;
    }
}

DEVICE int not_finite(float x) { return !(x - x == 0); }

// All threads of a warp come here.
DEVICE void report(int found, int* result) {
    for (int i = 16; i > 0; i /= 2) found += __shfl_xor_sync(0xffffffffu, found, i);
    if (threadIdx.x % 32 == 0 && found) atomicAdd(result, found);
}

KERNEL(256) elementwise(Elementwise e, i64 count, int wide) {
    bool reads_x = e.operation != FILL;
    bool reads_y = e.operation == COMBINE || e.operation == MULTIPLY || e.operation == ADD_GATED;
    bool gated = e.operation == ADD_GATED;
    int found = 0;
    if (wide) {
        for (i64 i = 4 * thread_index(); i < count; i += 4 * thread_count()) {
            Four x = {}, y = {}, out = {};
            if (reads_x) x = load4(e.x, i);
            if (reads_y) y = load4(e.y, gated ? i % e.period : i);
            if (gated) out = load4(e.out, i);
            for (int j = 0; j < 4; j++) {
                out.v[j] = apply(e, x.v[j], y.v[j], out.v[j]);
                found += not_finite(out.v[j]);
            }
            store4(e.out, i, out);
        }
    } else {
        for (i64 i = thread_index(); i < count; i += thread_count()) {
            float x = reads_x ? load(e.x, i) : 0;
            float y = reads_y ? load(e.y, gated ? i % e.period : i) : 0;
            float out = apply(e, x, y, gated ? load(e.out, i) : 0);
            found += not_finite(out);
            store(e.out, i, out);
        }
    }
    if (e.faults) report(found, e.faults);
}

// out += gate * x. A thread keeps to four columns, so that it reads their gate once, and takes every so
// many-th row. What is not finite is counted where faults has a place, which costs nothing: memory is waited for.
KERNEL(256) add_gated(Elements x, Elements gate, Elements out, i64 rows, int groups, int* faults) {
    int group = blockIdx.x * 256 + threadIdx.x;
    bool within = group < groups;
    Four g = {};
    if (within) g = load4(gate, 4 * group);
    int found = 0;
    for (i64 row = blockIdx.y; within && row < rows; row += gridDim.y) {
        i64 i = 4 * (row * groups + group);
        Four y = load4(x, i), sum = load4(out, i);
        for (int j = 0; j < 4; j++) {
            sum.v[j] = sum.v[j] + g.v[j] * y.v[j];
            found += not_finite(sum.v[j]);
        }
        store4(out, i, sum);
    }
    if (faults) report(found, faults);
}

// Adds to *result, which the caller has set to zero.
KERNEL(256) count_non_finite(Elements x, i64 count, int wide, int* result) {
    int found = 0;
    if (wide) {
        for (i64 i = 4 * thread_index(); i < count; i += 4 * thread_count()) {
            Four f = load4(x, i);
            for (int j = 0; j < 4; j++) found += not_finite(f.v[j]);
        }
    } else {
        for (i64 i = thread_index(); i < count; i += thread_count()) found += not_finite(load(x, i));
    }
    report(found, result);
}

// result[b] = sum of |x - y| (of |x| without y) over share b of the elements: each thread adds up every
// 256th, then they add theirs in pairs. The order is always the same.
KERNEL(256) distance(Elements x, Elements y, i64 count, float* result) {
    i64 from = blockIdx.x * count / gridDim.x, to = (blockIdx.x + 1) * count / gridDim.x;
    float sum = 0;
    for (i64 i = from + threadIdx.x; i < to; i += 256) {
        float value = load(x, i);
        if (y.at) value -= load(y, i);
        sum += fabsf(value);
    }
    __shared__ float sums[8];
    sum = warp_sum(sum);
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        float all = 0;
        for (int i = 0; i < 8; i++) all += sums[i];
        result[blockIdx.x] = all;
    }
}
