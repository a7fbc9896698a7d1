// Four neighbouring threads hold a row of a product's result, two elements of every eight each.
#pragma once
#include "svgen.cuh"

/** The threads with `second` give their x for the other's y. */
DEVICE void exchange(u32& x, u32& y, bool second, int with) {
    u32 other = __shfl_xor_sync(~0u, second ? x : y, with);
    if (second) {
        x = other;
    } else {
        y = other;
    }
}

/** Transposes among them, so that each holds 16 consecutive bytes of a row. */
DEVICE void transpose_quad(u32 (&x)[4], int lane) {
    bool odd = lane & 1;
    bool upper = lane & 2;
    exchange(x[0], x[1], odd, 1);
    exchange(x[2], x[3], odd, 1);
    exchange(x[0], x[2], upper, 2);
    exchange(x[1], x[3], upper, 2);
}
