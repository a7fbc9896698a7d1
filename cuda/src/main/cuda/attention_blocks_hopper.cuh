// Attention to lists of key blocks for Hopper, built as attention_hopper.cuh. docs/kernels/blocks.md says more.
#pragma once

#include "attention_barriers.cuh"
#include "attention_blocks_consumer.cuh"
#include "attention_blocks_producer.cuh"

/** The kernel. `shared`: SHARED bytes. */
template <class T>
DEVICE void attend_blocks(const BlockAttention& a, unsigned char* shared) {
    u32 base = shared_address(shared);
    u32 skip = (1024 - base % 1024) % 1024;
    BlockMemory<T> m{{base + skip, shared + skip}};
    if (threadIdx.x == 0) {
        begin_barriers<T>(m);
        for (int i = 0; i < T::LISTED; i++) {
            barrier_init(m.listing_full(i), 1);
            barrier_init(m.listing_empty(i), 2);
        }
        barrier_init_fence();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        registers_down<T::GROUPS == 2 ? 40 : 32>();
        if (threadIdx.x < 32) {
            copy_blocks<T, false>(a, m);
        } else if (threadIdx.x < 64) {
            copy_blocks<T, true>(a, m);
        } else if (threadIdx.x < 96) {
            list_tiles<T>(a, m);
        } else if (threadIdx.x == 96) {
            schedule_blocks<T>(a, m);
        }
    } else {
        registers_up<T::GROUPS == 2 ? 232 : 160>();
        BlockConsumer<T>(a, m).run();
    }
}
