// What the bench and each variant, compiled by itself, have in common.
#pragma once

#define PLAN_FUNCTION __host__ __device__ inline
#include "../../cuda/src/main/cuda/attention_hopper.cuh"

/** A variant of the kernel, and what the host must know to launch it. */
struct Entry {
    const char* name;
    int d, rows, keys, threads, shared;
    void (*run)(Attention);
    void (*clocks)(long long (*)[4]);  // of each block: cycles and nanoseconds, at start and end
    void (*report)();  // prints where the watchdog found a hang, if this is a build with it
};
