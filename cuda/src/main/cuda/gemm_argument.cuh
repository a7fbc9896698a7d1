// The parameter of the Hopper matrix product.
#pragma once

#include "hopper.cuh"

/** out = f(a b^T + bias), or out += gate (a b^T + bias). */
struct Gemm {
    TensorMap a, a2;  // [m, split] and [m, k - split], in boxes of 64 columns and 128 rows
    TensorMap b;      // [n, k], in boxes of 64 columns and N / CLUSTER rows
    TensorMap copy;   // of out, in boxes of 64 columns and 16 rows; only where STORE is COPY
    Elements out, bias, gate;
    int m, n, k, split;
    int group;  // rows of tiles that are worked on side by side, for the sake of the L2 cache
};
