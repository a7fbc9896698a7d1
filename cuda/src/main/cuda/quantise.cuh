// Rows of numbers as e4m3 with a scale each.
#pragma once

#include "e4m3.cuh"

static const float MOST_E4M3 = 448;

// The scale of a row by its greatest magnitude. Rows of zeros, and of less than any number that
// matters, get one that is not zero.
struct RowScale {
    float scale, inverse;

    DEVICE RowScale(float most) {
        most = fmaxf(most, 1e-30f);
        scale = most / MOST_E4M3;
        inverse = MOST_E4M3 / most;
    }
};

// The greatest of all threads of a block; `shared` has room for one of each warp.
DEVICE float block_most(float x, float* shared) {
    for (int i = 16; i > 0; i /= 2) x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, i));
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = x;
    __syncthreads();
    for (int i = 0; i < (int)blockDim.x / 32; i++) x = fmaxf(x, shared[i]);
    return x;
}
