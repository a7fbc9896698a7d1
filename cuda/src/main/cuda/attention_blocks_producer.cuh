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

/** A stage of keys or values that is copied to. */
template <class T>
struct Stage {
    u32 index = 0;
    u32 round = 0;
    DEVICE void next() {
        if (++index == T::STAGES) {
            index = 0;
            round++;
        }
    }
};

/** A warp: lists the tiles of keys of each piece of work. */
template <class T>
DEVICE void list_tiles(const BlockAttention& a, BlockMemory<T> m) {
    static_assert(QUEUE == 2, "a ring of two");
    int lane = threadIdx.x % 32;
    Either slot;
    Slot<T::LISTED> to;
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
            barrier_wait(m.listing_empty(to.index), to.phase ^ 1);
            flags = list.next(lane, *m.tile(to.index));
            __syncwarp();
            if (lane == 0) barrier_arrive(m.listing_full(to.index));
            to.next();
        } while (!(flags & LAST));
        if (lane == 0) barrier_arrive(m.work_empty(slot.index()));
        slot.count++;
    }
}

/** Of a tile: a bit for each eight that does not follow the one before, and one behind all. */
DEVICE u32 begins(int key, int lane) {
    int before = __shfl_sync(~0u, key, (lane + 31) % 32);
    return (__ballot_sync(~0u, lane % 16 == 0 || key != before + EIGHT) & 0xFFFF) | 0x10000;
}

constexpr int WHOLE = BOXES;  // a box of all keys of a tile
constexpr int MEAN = BOXES + 1;

/** The box that begins with the lane's eight, of 1 << what it gives; negative: the eight is in another. */
DEVICE int box_at(u32 begin, int lane) {
    int i = lane % 16;
    int first = 31 - __clz(begin & ((2u << i) - 1));     // of the eights that follow each other
    int n = __ffs(begin >> (i + 1)) + i - first;          // how many do
    int own = i - first;
    n = smaller(n - (own & 8), 8);
    own &= 7;
    int size = 31 - __clz(n - own);
    return own & ((2 << size) - 1) ? -1 : size;
}

/**
 * A warp: copies the tiles of keys of each piece of work, and the queries; or the tiles of values (VALUES). Neither
 * waits for room of the other.
 */
template <class T, bool VALUES>
DEVICE void copy_blocks(const BlockAttention& a, BlockMemory<T> m) {
    int lane = threadIdx.x % 32;
    Either slot;
    Slot<T::QUERY_BUFFERS> q;
    Stage<T> kv;
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
            u32 from = kv.index + (kv.round & 1) * T::STAGES;
            barrier_wait(m.listing_full(from), kv.round >> 1 & 1);
            const KeyTile& l = *m.tile(from);
            int key = l.key[lane % 16];
            flags = l.flags;
            u32 begin = begins(key, lane);
            int box = begin == 0x10001 ? WHOLE : box_at(begin, lane);
            if (flags & MEANS) box = MEAN;
            if (box == MEAN) key = l.first - w.map * a.bias_pitch;
            __syncwarp();
            if (VALUES && lane == 0) barrier_arrive(m.listing_empty(from));
            barrier_wait(VALUES ? m.value_empty(kv.index) : m.key_empty(kv.index), kv.round & 1 ^ 1);
            u32 full = VALUES ? m.value_full(kv.index) : m.key_full(kv.index);
            u32 to = VALUES ? m.value(kv.index) : m.key(kv.index);
            if (lane == 0) barrier_expect(full, T::KEY_BYTES);
            if (box >= WHOLE) {
                if (lane == 0)
                    load_rows(to, box == MEAN ? &a.means[VALUES] : &a.whole[VALUES], key, w.head, w.batch, full, EVICT_LAST);
            } else if (box >= 0 && lane < T::D / 64 * 16) {
                load_panel(to + lane % 16 * EIGHT * 128 + lane / 16 * T::KEYS * 128, &a.boxes[box][VALUES], key, lane / 16,
                           w.head, w.batch, full, EVICT_LAST);
            }
            // Whoever has multiplied the keys of the tile that was here has read what else there was to know of it.
            if (!VALUES && lane == 0 && kv.round > 0)
                barrier_arrive(m.listing_empty(from < T::STAGES ? from + T::STAGES : from - T::STAGES));
            kv.next();
        } while (!(flags & LAST));
        __syncwarp();
        if (lane == 0) barrier_arrive(m.work_empty(slot.index()));
        slot.count++;
    }
}
