// Attention for Hopper in 8 bits, built as attention_hopper.cuh. docs/kernels/attention8.md says more.
#pragma once

#include "attention8_consumer.cuh"
#include "attention8_producer.cuh"
#include "attention_barriers.cuh"

/** The kernel. `shared`: SHARED bytes. */
template <class T>
DEVICE void attend8(const Attention8& a, unsigned char* shared) {
    u32 base = shared_address(shared);
    u32 skip = (1024 - base % 1024) % 1024;
    Memory8<T> m{{base + skip, shared + skip}};
    if (threadIdx.x == 0) {
        begin_barriers<T>(m);
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        registers_down<T::GROUPS == 2 ? 40 : 32>();
        if (threadIdx.x == 0) {
            copy8<T>(a, m);
        } else if (threadIdx.x == 32) {
            schedule<T>(a, m);
        }
    } else {
        registers_up<T::GROUPS == 2 ? 232 : 160>();
        Consumer8<T>(a, m).run();
    }
}
