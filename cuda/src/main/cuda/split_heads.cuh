// What Ops.splitHeads asks of its kernels.
#pragma once
#include "svgen.cuh"

// Numbered as in org.svgen.tensor.Ops.HeadNorm.Kind.
enum HeadNorm { NO_NORM, LAYER, RMS, RMS_ACROSS };

struct SplitHeads {
    Elements x;     // [B, N, H, D]
    Elements out;   // [B, H, out_tokens, D], written from out_from on
    Elements weight, bias;  // [D]; [H, D] for RMS_ACROSS, which has no bias
    const float* cos;  // [rotated, D], or null
    const float* sin;
    int norm;
    float eps;
    int batch, tokens, heads, dim;
    int rope_from, rotated;
    int out_tokens, out_from;
};
