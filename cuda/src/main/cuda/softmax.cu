// Softmax over the keys that queries keep, of scores that lie in memory: for heads too long for the
// attention kernels, whose products are matrix products then.
#include "svgen.cuh"
#include "key_pattern.cuh"

struct KeptScores {
    const float* scores;  // [rows, keys]
    Elements weights;     // [rows, keys]
    const int* plan;
    const int* kind;  // of the head, or null if the plan has one
    int first;        // query of the first row
    int keys;
    float scale;
};

static const int WARPS = 8;

// The largest value or, if `sum`, the sum of a block's threads, in the same order each time.
DEVICE float block_total(float x, bool sum, float* warps) {
    for (int i = 16; i > 0; i /= 2) {
        float other = __shfl_xor_sync(0xffffffffu, x, i);
        x = sum ? x + other : x > other ? x : other;
    }
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = x;
    __syncthreads();
    x = warps[0];
    for (int i = 1; i < WARPS; i++) x = sum ? x + warps[i] : x > warps[i] ? x : warps[i];
    __syncthreads();
    return x;
}

// A block for each row; a row that keeps no key becomes zeros.
KERNEL(256) softmax_kept(KeptScores p) {
    __shared__ float warps[WARPS];
    const float* row = p.scores + (i64)blockIdx.x * p.keys;
    i64 to = (i64)blockIdx.x * p.keys;
    Kind kind = kind_of(p.plan, p.kind ? *p.kind : 0);
    KeyRanges kept(p.plan, kind, position(kind, p.first + blockIdx.x));
    float least = -as_float(0x7f800000), most = least;
    for (int i = threadIdx.x; i < p.keys; i += 256) {
        if (kept.bits(position(kind, i)) & 1) most = row[i] > most ? row[i] : most;
    }
    most = block_total(most, false, warps);
    float factor = p.scale * 1.44269504f, sum = 0;
    for (int i = threadIdx.x; i < p.keys; i += 256) {
        if (kept.bits(position(kind, i)) & 1) sum += exp2_fast((row[i] - most) * factor);
    }
    sum = block_total(sum, true, warps);
    float inverse = most == least ? 0 : 1 / sum;
    for (int i = threadIdx.x; i < p.keys; i += 256) {
        bool keep = kept.bits(position(kind, i)) & 1;
        store(p.weights, to + i, keep ? exp2_fast((row[i] - most) * factor) * inverse : 0);
    }
}
