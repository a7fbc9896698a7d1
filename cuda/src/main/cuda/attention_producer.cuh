// The Hopper attention kernel's first warpgroup: finds work, copies queries, keys and values.
#pragma once

#include "attention_variant.cuh"

/**
 * The work of `slot` again, if its weights overflowed, in the slot that is filled next: with the greatest
 * scores of all tiles. True if there is such work. Waits for the slot's work to end.
 */
template <class T>
DEVICE bool repeat(Memory<T> m, Slot<QUEUE> slot, typename T::Item& next) {
    barrier_wait(m.work_empty(slot.index), slot.phase ^ 1);
    typename T::Item& w = *m.work(slot.index);
    if (!w.overflow) {
        return false;
    }
    w.overflow = 0;
    copy_ints<sizeof(w) / sizeof(int)>((const int*)&w, (int*)&next);
    next.careful = 1;
    return true;
}

/** One thread: fetches numbers of work from the counter, up to `total`, and hands out what `find` says they are. */
template <class T, class Find>
DEVICE void hand_out(int* counter, int total, Memory<T> m, Find find) {
    Slot<QUEUE> slot;
    int n = blockIdx.x;
    while (true) {
        typename T::Item& w = *m.work(slot.index);
        bool again = repeat(m, slot, w);
        if (!again && n >= total) {
            static_assert(QUEUE == 2, "one other slot may have work that overflows");
            Slot<QUEUE> last = slot;
            last.next();
            again = repeat(m, last, w);
            if (!again) {
                w.rows = 0;
                barrier_arrive(m.work_full(slot.index));
                break;
            }
        }
        if (!again) {
            bool found = find(n, w);
            n = gridDim.x + atomicAdd(counter, 1);
            if (!found) {
                continue;
            }
        }
        barrier_arrive(m.work_full(slot.index));
        slot.next();
    }
    __threadfence();
    if (atomicAdd(counter + 1, 1) == (int)gridDim.x - 1) {
        counter[0] = 0;
        counter[1] = 0;
    }
}

/** One thread: hands out the tiles of queries of a plan. */
template <class T, class Call>
DEVICE void schedule(const Call& a, Memory<T> m) {
    int plain = most_tiles(a.plan, 0, T::ROWS);
    int banded = most_tiles(a.plan, 1, T::ROWS);
    int total = (plain + banded) * a.batch * a.heads;
    hand_out(a.counter, total, m, [&](int n, Work& w) {
        return find_work(a, n, plain, banded, T::ROWS, T::KEYS, w, T::STEP);
    });
}

/** One thread: copies the queries of each piece of work and the tiles of its keys and values. */
template <class T>
DEVICE void copy(const Attention& a, Memory<T> m) {
    Slot<QUEUE> slot;
    Slot<T::QUERY_BUFFERS> q;
    Slot<T::STAGES> kv;
    while (true) {
        barrier_wait(m.work_full(slot.index), slot.phase);
        const Work& w = *m.work(slot.index);
        if (w.rows == 0) {
            return;
        }
        const TensorMap* maps = a.maps[changes(w.order)];
        int head = w.head;
        int batch = w.batch;
        barrier_wait(m.query_empty(q.index), q.phase ^ 1);
        barrier_expect(m.query_full(q.index), T::QUERY_BYTES);
        load_rows(m.query(q.index), &maps[0], w.from, head, batch, m.query_full(q.index),
                  EVICT_FIRST);
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
                load_rows(m.key(kv.index), &maps[1], key, head, batch, m.key_full(kv.index),
                          EVICT_LAST);
                barrier_wait(m.value_empty(kv.index), kv.phase ^ 1);
                barrier_expect(m.value_full(kv.index), T::KEY_BYTES);
                load_rows(m.value(kv.index), &maps[2], key, head, batch, m.value_full(kv.index),
                          EVICT_LAST);
                kv.next();
            }
        }
        barrier_arrive(m.work_empty(slot.index));
        slot.next();
    }
}
