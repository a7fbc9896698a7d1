// The mean of some rows of a tensor by a block of threads: what clusters and blocks of tokens share.
#pragma once
#include "fours.cuh"

static const int MOST_MEAN_THREADS = 256;

// Of positions `from` to `to`, one after the other, the `there` elements from `start` on.
template <class Kind, class RowAt>
DEVICE Four sum_of_rows(const Elements& x, const RowAt& row_at, int from, int to, int dim, i64 start, int there) {
    const int AHEAD = Kind::AHEAD;
    Four sum = {};
    int rows[AHEAD];
#pragma unroll
    for (int i = 0; i < AHEAD; i++) rows[i] = from + i < to ? row_at(from + i) : 0;
    for (int p = from; p < to; p += AHEAD) {
        Kind four[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            if (p + i < to) four[i].ask(x, start + (i64)rows[i] * dim, there);
        }
#pragma unroll
        for (int i = 0; i < AHEAD; i++) rows[i] = p + AHEAD + i < to ? row_at(p + AHEAD + i) : 0;
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            if (p + i >= to) break;
            Four f = four[i].floats();
            for (int j = 0; j < 4; j++) sum.v[j] += f.v[j];
        }
    }
    return sum;
}

// Gives `put` each element of the mean of the rows at positions `from` to `to`; `row_at` says which row of the
// tensor from `start` on that is.
// Groups of threads add up parts of the rows, one after the other, then the groups' sums are added in their order: the
// order is the same each time. All threads of the block call it.
template <class RowAt, class Put>
DEVICE void mean_of_rows(const Elements& x, i64 start, const RowAt& row_at, int from, int to, int dim, const Put& put) {
    __shared__ Four sums[MOST_MEAN_THREADS];
    int threads = blockDim.x;
    bool fours = by_fours(x, dim);
    int columns = (dim + 3) / 4;
    for (int first = 0; first < columns; first += threads) {
        int width = columns - first < threads ? columns - first : threads;
        int groups = threads / width, group = threadIdx.x / width;
        int column = 4 * (first + threadIdx.x % width), there = dim - column < 4 ? dim - column : 4;
        int each = (to - from + groups - 1) / groups, begin = from + group * each;
        int end = group >= groups ? begin : begin + each < to ? begin + each : to;
        Four sum;
        if (fours && x.type == BF16) sum = sum_of_rows<FourBf16>(x, row_at, begin, end, dim, start + column, there);
        else if (fours && x.type == F32) sum = sum_of_rows<FourF32>(x, row_at, begin, end, dim, start + column, there);
        else sum = sum_of_rows<FourOfAny>(x, row_at, begin, end, dim, start + column, there);
        __syncthreads();
        sums[threadIdx.x] = sum;
        __syncthreads();
        if (group > 0) continue;
#pragma unroll 1
        for (int g = 1; g < groups; g++) {
            for (int j = 0; j < 4; j++) sum.v[j] += sums[g * width + threadIdx.x].v[j];
        }
        for (int j = 0; j < 4; j++) {
            if (j < there) put(column + j, sum.v[j] / (to - from));
        }
    }
}
