// The first warpgroup of the Hopper kernel for lists of key blocks: finds work, copies queries, keys and values.
#pragma once

#include "attention_blocks_list.cuh"
#include "attention_producer.cuh"

/** One thread: hands out tiles of queries, head after head; a head's table begins with what takes long. */
template <class T>
DEVICE void schedule_blocks(const BlockAttention& a, Memory<T> m) {
    auto map_of = [&](int head) { return a.which == nullptr ? head : a.which[head]; };
    int total = 0;
#pragma unroll 1
    for (int head = 0; head < a.batch * a.heads; head++) total += a.counts[map_of(head)];
    int head = 0, first = 0;  // number of the head's first tile; numbers only rise
    hand_out(a.counter, total, m, [&](int n, BlockItem& w) {
        int map = map_of(head);
#pragma unroll 1
        while (n - first >= a.counts[map]) {
            first += a.counts[map];
            map = map_of(++head);
        }
        w.batch = head / a.heads;
        w.head = head - w.batch * a.heads;
        w.map = map;
        const int* groups = a.groups + 4 * ((i64)map * a.most_groups + T::GROUPS * (n - first));
        copy_ints<4 * T::GROUPS>(groups, (int*)w.groups);
        w.rows = w.groups[0].rows;
        w.careful = 0;
        return true;
    });
}

/** A slot of a ring of two, in one register. */
struct Either {
    u32 count = 0;
    DEVICE u32 index() const { return count & 1; }
    DEVICE u32 phase() const { return count >> 1 & 1; }
};

/** A warp: lists the tiles of keys of each piece of work. */
template <class T>
DEVICE void list_tiles(const BlockAttention& a, BlockMemory<T> m) {
    static_assert(QUEUE == 2 && LISTED == 2, "rings of two");
    int lane = threadIdx.x % 32;
    Either slot, to;
    while (true) {
        barrier_wait(m.work_full(slot.index()), slot.phase());
        const BlockItem& w = *m.work(slot.index());
        if (w.rows == 0) {
            return;
        }
        KeyList<T> list(a, w);
        int flags;
#pragma unroll 1
        do {
            barrier_wait(m.listing_empty(to.index()), to.phase() ^ 1);
            flags = list.next(lane, *m.listing(to.index()));
            __syncwarp();
            if (lane == 0) barrier_arrive(m.listing_full(to.index()));
            to.count++;
        } while (!(flags & LAST));
        if (lane == 0) barrier_arrive(m.work_empty(slot.index()));
        slot.count++;
    }
}

/** True for the lanes of a run: its eights follow each other. */
DEVICE bool is_run(int key, int lane) {
    int in_run = lane % (RUN / EIGHT);
    int begin = __shfl_sync(~0u, key, lane - in_run);
    int follows = key == begin + EIGHT * in_run;
    follows &= __shfl_xor_sync(~0u, follows, 1);
    follows &= __shfl_xor_sync(~0u, follows, 2);
    return follows & __shfl_xor_sync(~0u, follows, 4);
}

/** A tile of listed keys, or of their values: each lane copies its eight, or the first of a run's eights all of them. */
template <class T>
DEVICE void load_listed(u32 to, const BlockAttention& a, int values, int key, int lane, const BlockItem& w, u32 barrier) {
    bool run = is_run(key, lane);
    if (lane < T::KEYS / EIGHT && (!run || lane % (RUN / EIGHT) == 0)) {
        const TensorMap* map = run ? &a.runs[values] : &a.eights[values];
#pragma unroll
        for (int panel = 0; panel < T::D / 64; panel++) {
            load_panel(to + panel * T::KEYS * 128 + lane * EIGHT * 128, map, key, panel, w.head, w.batch, barrier,
                       EVICT_LAST);
        }
    }
}

/**
 * A warp: copies the tiles of keys of each piece of work, and the queries; or the tiles of values (VALUES). Neither
 * waits for room of the other.
 */
template <class T, bool VALUES>
DEVICE void copy_blocks(const BlockAttention& a, BlockMemory<T> m) {
    int lane = threadIdx.x % 32;
    Either slot, from;
    Slot<T::QUERY_BUFFERS> q;
    Slot<T::STAGES> kv;
    while (true) {
        barrier_wait(m.work_full(slot.index()), slot.phase());
        const BlockItem& w = *m.work(slot.index());
        if (w.rows == 0) {
            return;
        }
        if (!VALUES) {
            barrier_wait(m.query_empty(q.index), q.phase ^ 1);
            if (lane == 0) barrier_expect(m.query_full(q.index), T::QUERY_BYTES);
            __syncwarp();
            if (lane < T::GROUPS * T::D / 64) {
                int group = lane % T::GROUPS, panel = lane / T::GROUPS;
                load_panel(m.query(q.index) + (panel * T::ROWS + group * 64) * 128, &a.q, w.groups[group].from, panel,
                           w.head, w.batch, m.query_full(q.index), EVICT_FIRST);
            }
            q.next();
        }
        int flags;
#pragma unroll 1
        do {
            barrier_wait(m.listing_full(from.index()), from.phase());
            const Listing& l = *m.listing(from.index());
            int key = l.key[lane % 16];
            flags = l.tile.flags;
            int first = l.tile.first - w.map * a.bias_pitch;
            barrier_wait(VALUES ? m.value_empty(kv.index) : m.key_empty(kv.index), kv.phase ^ 1);
            if (!VALUES) {
                if (lane < (int)sizeof(KeyTile) / 4) ((u32*)m.tile(kv.index))[lane] = ((const u32*)&l.tile)[lane];
            }
            u32 full = VALUES ? m.value_full(kv.index) : m.key_full(kv.index);
            u32 to = VALUES ? m.value(kv.index) : m.key(kv.index);
            __syncwarp();
            if (lane == 0) {
                barrier_arrive(m.listing_empty(from.index()));
                barrier_expect(full, T::KEY_BYTES);
            }
            __syncwarp();
            if (flags & MEANS) {
                if (lane == 0) load_rows(to, &a.means[VALUES], first, w.head, w.batch, full, EVICT_LAST);
            } else {
                load_listed<T>(to, a, VALUES, key, lane, w, full);
            }
            from.count++;
            kv.next();
        } while (!(flags & LAST));
        __syncwarp();
        if (lane == 0) barrier_arrive(m.work_empty(slot.index()));
        slot.count++;
    }
}
