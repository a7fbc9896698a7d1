// The barriers of the Hopper attention kernels.
#pragma once

#include "attention_variant.cuh"

/** One thread, before all others: barriers, and work that has not overflowed. */
template <class T>
DEVICE void begin_barriers(Memory<T> m) {
    for (int i = 0; i < T::QUERY_BUFFERS; i++) {
        barrier_init(m.query_full(i), 1);
        barrier_init(m.query_empty(i), 4 * T::GROUPS);
    }
    for (int i = 0; i < T::STAGES; i++) {
        barrier_init(m.key_full(i), 1);
        barrier_init(m.key_empty(i), 4 * T::GROUPS);
        barrier_init(m.value_full(i), 1);
        barrier_init(m.value_empty(i), 4 * T::GROUPS);
    }
    for (int i = 0; i < QUEUE; i++) {
        barrier_init(m.work_full(i), 1);
        barrier_init(m.work_empty(i), T::COPIERS + 4 * T::GROUPS);
        m.work(i)->overflow = 0;
    }
    barrier_init_fence();
}
