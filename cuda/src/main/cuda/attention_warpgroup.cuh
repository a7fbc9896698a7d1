// What the multiplying warpgroups of the Hopper attention kernels share: who they are, their turns, what they release.
#pragma once

#include "attention_variant.cuh"

/** One of the warpgroups that multiply, 64 queries each. */
template <class T>
struct Warpgroup {
    int group;  // of GROUPS
    int warp, lane;

    DEVICE Warpgroup()
        : group(__shfl_sync(~0u, (int)threadIdx.x / 128 - 1, 0)),
          warp(__shfl_sync(~0u, (int)threadIdx.x / 32 % 4, 0)), lane(threadIdx.x % 32) {}

    /** Row of the tile that is this warp's first. */
    DEVICE int first() const { return group * 64 + warp * 16; }

    DEVICE void take_turn() { named_sync(1 + group, 256); }

    DEVICE void pass_turn() { named_arrive(1 + (group + 1) % T::GROUPS, 256); }

    DEVICE void release(u32 barrier) {
        if (lane == 0) {
            barrier_arrive(barrier);
        }
    }
};
