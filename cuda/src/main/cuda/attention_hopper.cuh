// Attention for Hopper: one warpgroup copies tiles of keys and values into shared memory, two or
// three others multiply (wgmma) and do the softmax, 64 queries each. Blocks of threads stay on
// their multiprocessor and fetch work from a counter. docs/kernels/attention.md says more.
#pragma once

#include "attention_barriers.cuh"
#include "attention_consumer.cuh"
#include "attention_producer.cuh"

/** The kernel. `shared`: SHARED bytes. */
template <class T>
DEVICE void attend(const Attention& a, unsigned char* shared) {
    u32 base = shared_address(shared);
    u32 skip = (1024 - base % 1024) % 1024;
    Memory<T> m{base + skip, shared + skip};
    if (threadIdx.x == 0) {
        begin_barriers(m);
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        registers_down<T::GROUPS == 2 ? 40 : 32>();
        if (threadIdx.x == 0) {
            copy<T>(a, m);
        } else if (threadIdx.x == 32) {
            schedule<T>(a, m);
        }
    } else {
        registers_up<T::GROUPS == 2 ? 232 : 160>();
        Consumer<T>(a, m).run();
    }
}
