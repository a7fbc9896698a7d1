// Numbers as e4m3.
#pragma once

#include "svgen.cuh"

#ifndef SVGEN_EMULATED  // else the emulator's stands in

/** Four numbers to e4m3, rounded to the nearest; too large ones become the greatest, 448; the first is lowest. */
DEVICE u32 pack_e4m3(float a, float b, float c, float d) {
    u32 x;
    asm("{.reg .b16 low, high;\n"
        "cvt.rn.satfinite.e4m3x2.f32 low, %2, %1;\n"
        "cvt.rn.satfinite.e4m3x2.f32 high, %4, %3;\n"
        "mov.b32 %0, {low, high};}"
        : "=r"(x)
        : "f"(a), "f"(b), "f"(c), "f"(d));
    return x;
}

#endif
