// The Hopper attention kernel's first warpgroup: finds work, copies queries, keys and values.
#pragma once

#include "attention_variant.cuh"

/** One thread: fetches work from the counter, for all blocks of the cluster, and says what it is. */
template <class T>
DEVICE void schedule(const Attention& a, Memory<T> m, u32 rank) {
    int plain = most_tiles(a.plan, 0, T::ROWS * T::CLUSTER);
    int banded = most_tiles(a.plan, 1, T::ROWS * T::CLUSTER);
    int total = (plain + banded) * a.batch * a.heads;
    Slot<QUEUE> slot;
    u32 phase = 0;  // of the mail
    int next = blockIdx.x / T::CLUSTER;
    while (true) {
        int n = next;
        if (T::CLUSTER > 1) {
            if (rank == 0) {
                barrier_wait(m.mail_empty(), phase ^ 1);
                for (int i = 0; i < T::CLUSTER; i++) {
                    store_in(m.mail(), n, m.mail_full(), i);
                }
            }
            barrier_expect(m.mail_full(), 4);
            barrier_wait(m.mail_full(), phase);
            n = *(volatile int*)(m.bytes + T::MAIL);
            barrier_arrive_in(m.mail_empty(), 0);
            phase ^= 1;
        }
        barrier_wait(m.work_empty(slot.index), slot.phase ^ 1);
        Work& w = *m.work(slot.index);
        if (n >= total) {
            w.rows = 0;
            barrier_arrive(m.work_full(slot.index));
            break;
        }
        if (find_work(a, n, plain, banded, T::ROWS * T::CLUSTER, T::KEYS, w)) {
            barrier_arrive(m.work_full(slot.index));
            slot.next();
        }
        if (rank == 0) {
            next = gridDim.x / T::CLUSTER + atomicAdd(a.counter, 1);
        }
    }
    if (rank > 0) {
        return;
    }
    __threadfence();
    if (atomicAdd(a.counter + 1, 1) == (int)gridDim.x / T::CLUSTER - 1) {
        a.counter[0] = 0;
        a.counter[1] = 0;
    }
}

/** One thread: copies the queries of each piece of work and the tiles of its keys and values. */
template <class T>
DEVICE void copy(const Attention& a, Memory<T> m, u32 rank) {
    Slot<QUEUE> slot;
    Slot<T::QUERY_BUFFERS> q;
    Slot<T::STAGES> kv;
    while (true) {
        barrier_wait(m.work_full(slot.index), slot.phase);
        const Work& w = *m.work(slot.index);
        if (w.rows == 0) {
            return;
        }
        auto load_tile = [rank](u32 to, const TensorMap* map, int key, int head, int batch, u32 full) {
            if (T::CLUSTER == 1) {
                load_rows(to, map, key, head, batch, full, EVICT_LAST);
            } else {
                load_share<T::CLUSTER>(to + rank * (T::KEY_BYTES / T::CLUSTER), map, key,
                                       rank * T::SHARE, head, batch, full, EVICT_LAST);
            }
        };
        const TensorMap* maps = a.maps[changes(w.order)];
        int head = w.head;
        int batch = w.batch;
        barrier_wait(m.query_empty(q.index), q.phase ^ 1);
        barrier_expect(m.query_full(q.index), T::QUERY_BYTES);
        load_rows(m.query(q.index), &maps[0], w.from + rank * T::ROWS, head, batch,
                  m.query_full(q.index), EVICT_FIRST);
        q.next();
#pragma unroll 1
        for (int i = 0; i < w.ranges; i++) {
            TileRange r = w.range[i];
            bool band = r.whole_from != r.from || r.whole_to != r.to;
#pragma unroll 1
            for (int key = r.from; key < r.to; key += T::KEYS) {
                bool whole = key >= r.whole_from && key + T::KEYS <= r.whole_to;
                barrier_wait(m.key_empty(kv.index), kv.phase ^ 1);
                *m.tile(kv.index) = make_int2(key, whole ? UNMASKED : band ? BAND : r.to);
                barrier_expect(m.key_full(kv.index), T::KEY_BYTES);
                load_tile(m.key(kv.index), &maps[1], key, head, batch, m.key_full(kv.index));
                barrier_wait(m.value_empty(kv.index), kv.phase ^ 1);
                barrier_expect(m.value_full(kv.index), T::KEY_BYTES);
                load_tile(m.value(kv.index), &maps[2], key, head, batch, m.value_full(kv.index));
                kv.next();
            }
        }
        barrier_arrive(m.work_empty(slot.index));
        slot.next();
    }
}
