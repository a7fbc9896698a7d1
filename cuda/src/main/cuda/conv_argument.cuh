// The parameter of the Hopper convolution.
#pragma once

#include "hopper.cuh"

/**
 * out[t, y, x] = bias + sum over taps of w[tap] x[t + kt - back, y + ky - top, x + kx - left]; stride 1.
 * Frames before x are those of past, whose first repeats.
 */
struct Conv {
    TensorMap x;    // [T, H, W, C], in boxes of 64 channels, box_w pixels, some lines, one frame
    TensorMap past;  // as x
    TensorMap w;    // [N, taps C], in boxes of 64 columns and N / CLUSTER rows
    TensorMap out;  // [T, H, W, N], in boxes of 64 channels and 16 pixels, box_w wide or less
    Elements bias;
    int channels;    // of x, a multiple of 64, or of 32 for variants with a TAIL
    int n;           // channels of out
    int frames;      // of out
    int tiles_w, tiles;  // tiles of pixels along a line and in a frame
    int box_w;       // pixels of a tile's line: a power of 2 from 8 on
    int kt, kh, kw;
    int top, left;   // pixels beyond the frame that the first taps see; there are zeros
    int back;        // frames before x that the first taps see: kt - 1, or 0 where x has them
    int past_frames;
};
