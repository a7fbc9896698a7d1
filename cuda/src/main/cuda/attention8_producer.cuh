// The first warpgroup of the Hopper attention kernel in 8 bits: copies queries, keys and values. Work is found
// as for the kernel in bf16.
#pragma once

#include "attention8_variant.cuh"
#include "attention_producer.cuh"

/** One thread: copies the queries of each piece of work and the tiles of its keys and values. */
template <class T>
DEVICE void copy8(const Attention8& a, Memory8<T> m) {
    Slot<QUEUE> slot;
    Slot<T::QUERY_BUFFERS> q;
    Slot<T::STAGES> kv;
    while (true) {
        barrier_wait(m.work_full(slot.index), slot.phase);
        const Work& w = *m.work(slot.index);
        if (w.rows == 0) {
            return;
        }
        int head = w.batch * a.heads + w.head;
        barrier_wait(m.query_empty(q.index), q.phase ^ 1);
        barrier_expect(m.query_full(q.index), T::QUERY_BYTES);
        load_box(m.query(q.index), &a.maps[0], 0, w.from, head, m.query_full(q.index), EVICT_FIRST);
        q.next();
#pragma unroll 1
        for (int i = 0; i < w.ranges; i++) {
            TileRange r = w.range[i];
            bool band = r.whole_from != r.from || r.whole_to != r.to;
#pragma unroll 1
            for (int key = tile_start(r.from, T::STEP); key < r.to; key += T::KEYS) {
                const float* scales = a.operands.k_scale + head * key_scales(a.operands.keys) + key / KEY_BLOCK;
                float scale[T::BLOCKS];  // asked for before the wait
#pragma unroll
                for (int b = 0; b < T::BLOCKS; b++) {
                    scale[b] = __ldg(scales + b);
                }
                bool whole = key >= r.whole_from && key + T::KEYS <= r.whole_to;
                barrier_wait(m.key_empty(kv.index), kv.phase ^ 1);
                Tile8<T>& tile = *m.tile(kv.index);
                tile.start = key;
                tile.from = greater(key, r.from);
                tile.to = whole ? UNMASKED : band ? BAND : r.to;
#pragma unroll
                for (int b = 0; b < T::BLOCKS; b++) {
                    tile.scale[b] = scale[b];
                }
                barrier_expect(m.key_full(kv.index), T::KEY_BYTES);
                load_box(m.key(kv.index), &a.maps[1], 0, key, head, m.key_full(kv.index), EVICT_LAST);
                barrier_wait(m.value_empty(kv.index), kv.phase ^ 1);
                barrier_expect(m.value_full(kv.index), T::KEY_BYTES);
#pragma unroll
                for (int panel = 0; panel < T::KEYS / 128; panel++) {
                    load_box(m.value(kv.index) + panel * T::D * 128, &a.maps[2], key + panel * 128, 0, head,
                             m.value_full(kv.index), EVICT_LAST);
                }
                kv.next();
            }
        }
        barrier_arrive(m.work_empty(slot.index));
        slot.next();
    }
}
