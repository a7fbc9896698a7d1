// The parameter of the Hopper matrix product.
#pragma once

#include "hopper.cuh"

/** out = f(a b^T + bias). */
struct Gemm {
    TensorMap a, a2;  // [m, split] and [m, k - split], in boxes of 64 columns and 128 rows
    TensorMap b;      // [n, k], in boxes of 64 columns and N / CLUSTER rows
    TensorMap out;    // [m, n], in boxes of 128 bytes and 16 rows, or 8 if of f32
    Elements bias;
    int m, n, k, split;
    int group;  // rows of tiles that are worked on side by side, for the sake of the L2 cache
};
