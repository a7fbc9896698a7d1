// The parameter of the Hopper matrix product of 8-bit operands.
#pragma once

#include "hopper.cuh"

/** out[m, n] = f(row_scales[m] column_scales[n] (a b^T)[m, n] + bias[n]). */
struct Gemm8 {
    TensorMap a;    // e4m3 [m, k], in boxes of 128 columns and 128 rows
    TensorMap b;    // e4m3 [n, k], in boxes of 128 columns and N / CLUSTER rows
    TensorMap out;  // [m, n], in boxes of 128 bytes and 16 rows, or 8 if of f32
    Elements bias;
    Elements row_scales, column_scales;  // f32 [m], [n]
    int m, n, k;
    int group;  // rows of tiles that are worked on side by side, for the sake of the L2 cache
};
