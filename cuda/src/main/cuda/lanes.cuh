// What the lanes of a warp tell each other.
#pragma once
#include "svgen.cuh"

#ifdef SVGEN_EMULATED

template <class T>
DEVICE T lane_value(T x, int lane) {
    return emulator::exchange(x, lane);
}

DEVICE u32 warp_or(u32 x) {
    for (int i = 16; i > 0; i /= 2) x |= __shfl_xor_sync(0xffffffffu, x, i);
    return x;
}

#else

template <class T>
DEVICE T lane_value(T x, int lane) {
    return __shfl_sync(0xffffffffu, x, lane);
}

DEVICE u32 warp_or(u32 x) { return __reduce_or_sync(0xffffffffu, x); }

#endif
