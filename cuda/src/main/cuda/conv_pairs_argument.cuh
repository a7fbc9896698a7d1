// The parameter of the Hopper convolution of pairs of frames.
#pragma once

#include "hopper.cuh"

/**
 * out[singles + 2 j] and the next frame of products of sums of four frames and of three weights
 * (conv_fold.cu: pair_frames, pair_taps), 3 x 3 pixels each; out[0], if singles is 1, of one frame.
 */
struct ConvPairs {
    TensorMap sums;   // [4 pairs, H, W, C], in boxes of 64 channels, box_w pixels, 128 / box_w + 2 lines
    TensorMap first;  // [1, H, W, C], as sums
    TensorMap w;      // [4 N, 9 C], in boxes of 64 columns and 64 rows
    TensorMap out;    // [T, H, W, N], in boxes of 64 channels and 16 pixels, box_w wide; frames beyond are left out
    Elements bias;
    int channels;  // a multiple of 64
    int n;         // a multiple of 64
    int pairs, singles;
    int tiles_w, tiles;  // tiles of pixels along a line and in a frame
    int box_w;           // pixels of a tile's line: 8 or 16
    int top, left;       // zeros beyond the frame that the first taps see
};
