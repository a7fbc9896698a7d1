// How the kernels of attention_mma.cu are to be launched, as their source says: queries of a block,
// threads, bytes of shared memory.
#include "emulator.hpp"
#include "svgen.cuh"
// Their code is compiled elsewhere; here are their sizes alone.
#undef KERNEL
#define KERNEL(threads) static void
#include "attention_mma.cu"

extern "C" const int attention_mma_d128_launch[3] = {Wide::ROWS, Wide::THREADS, Wide::SHARED};
extern "C" const int attention_mma_d64_launch[3] = {Narrow::ROWS, Narrow::THREADS, Narrow::SHARED};
