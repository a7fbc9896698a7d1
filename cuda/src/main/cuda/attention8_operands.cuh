// Queries, keys and values in 8 bits, as attention8_place.cu writes and attention8_sm90.cu reads them.
#pragma once

#include "e4m3.cuh"

/** Tokens of keys that share a scale. */
constexpr int KEY_BLOCK = 32;

/** Tokens of a row of values are a multiple of this, the last of them zeros. */
constexpr int VALUE_BLOCK = 128;

/**
 * All heads of all batch entries one after the other, each in the token order of its kind.
 *
 * A score, times the logarithm of e to the base of 2, is the product of two rows of q and k times both
 * scales. Tokens of values are permuted in groups of 16: 0, 1, 8, 9, 2, 3, 10, 11, ... A thread that has the
 * scores of such four then has four neighbours, as the left operand of wgmma wants them.
 */
struct Operands8 {
    signed char* q;   // [heads, queries, D]
    signed char* k;   // [heads, keys, D]
    unsigned char* v;  // e4m3 [heads, D, keys rounded up to VALUE_BLOCK]
    float* q_scale;   // [heads, queries]
    float* k_scale;   // [heads, key_scales]
    float* v_scale;   // [heads, D]
    int keys;
};

/** Scales of a head's keys: a tile that begins with the last block has three more. */
DEVICE int key_scales(int keys) { return (keys + KEY_BLOCK - 1) / KEY_BLOCK + 3; }

DEVICE int value_tokens(int keys) { return (keys + VALUE_BLOCK - 1) / VALUE_BLOCK * VALUE_BLOCK; }
