// The other warpgroups of the Hopper attention kernel: products, softmax, output.
#pragma once

#include "attention_rows.cuh"

/** One warpgroup's share of the work: its 64 queries, in registers as wgmma lays them out. */
template <class T>
struct Consumer : Rows<T> {
    using Base = Rows<T>;
    using Base::below, Base::clear, Base::exponentials, Base::first, Base::group, Base::k, Base::lane, Base::lower, Base::m,
            Base::multiply_keys, Base::pack, Base::pass_turn, Base::raise, Base::release, Base::release_keys,
            Base::release_values, Base::rescale, Base::s, Base::settled, Base::take_turn, Base::v;
    const Attention& a;

    DEVICE Consumer(const Attention& a, Memory<T> m) : Base(m), a(a) {}

    DEVICE void run() {
        Slot<QUEUE> slot;
        Slot<T::QUERY_BUFFERS> q;
        float scale = a.scale * 1.44269504f;
        if (group == T::GROUPS - 1) {
            pass_turn();
        }
        while (true) {
            barrier_wait(m.work_full(slot.index), slot.phase);
            Work& w = *m.work(slot.index);
            if (w.rows == 0) {
                return;
            }
            clear();
            barrier_wait(m.query_full(q.index), q.phase);
            u64 queries = descriptor(m.query(q.index) + group * 64 * 128, 0);
            if (w.tiles == 0) {
                release(m.query_empty(q.index));
            } else {
                attend(queries, m.query_empty(q.index), scale, w);
            }
            store(w);
            __syncwarp();
            release(m.work_empty(slot.index));
            slot.next();
            q.next();
        }
    }

    /**
     * All tiles of keys. The products of a tile's scores and of the values of the tile before are
     * issued together, in turn with the other warpgroups; the softmax runs beside the latter.
     */
    DEVICE void attend(u64 queries, u32 query_empty, float scale, Work& w) {
        int left = w.tiles - 1;  // tiles whose scores are not asked for yet
        barrier_wait(m.key_full(k.index), k.phase);
        int2 tile = next_tile();
        multiply_keys(queries);
        products_wait<0>();
        pin(s);
        release_keys();
        if (left == 0) release(query_empty);
        float shrink[2];
        mask(tile, w);
        raise(scale, shrink, w);
        exponentials(scale);
        pack();
        if (left > 0) barrier_wait(m.key_full(k.index), k.phase);
        while (left > 0) {
            left--;
            tile = next_tile();
            take_turn();
            multiply_keys(queries);
            barrier_wait(m.value_full(v.index), v.phase);
            Base::template multiply_values<true>();
            products_wait<1>();
            pin(s);
            release_keys();
            if (left == 0) release(query_empty);
            mask(tile, w);
            bool scaled = !settled && raise(scale, shrink, w);
            exponentials(scale);
            scaled |= lower(shrink, w);
            pin(s);
            // The branch keeps ptxas from moving what follows before the exponentials, which are
            // what should run beside the product of the values.
            if (left > 0) barrier_wait(m.key_full(k.index), k.phase);
            products_wait<0>();
            pin(s);
            release_values();
            pack();
            if (scaled) rescale(shrink);
        }
        barrier_wait(m.value_full(v.index), v.phase);
        Base::template multiply_values<false>();
        products_wait<0>();
        release_values();
    }

    /** Read by the lane that releases it: no other barrier stands between. */
    DEVICE int2 next_tile() {
        int2 tile = lane == 0 ? *m.tile(k.index) : make_int2(0, 0);
        return make_int2(__shfl_sync(~0u, tile.x, 0), __shfl_sync(~0u, tile.y, 0));
    }

    /** Scores of keys that a row does not keep become minus infinity. */
    DEVICE void mask(int2 tile, const Work& w) {
        if (tile.y == UNMASKED) {
            return;
        }
        Range keep{tile.x, tile.y};  // of the row that is the lane's number
        if (tile.y == BAND) {
            keep = band_of(w.band, w.from + first() + lane % 16 - w.segment_from);
        }
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int from = __shfl_sync(~0u, keep.from, lane / 4 + 8 * half) - tile.x;
            int to = __shfl_sync(~0u, keep.to, lane / 4 + 8 * half) - tile.x;
#pragma unroll
            for (int part = 0; part < T::KEYS; part += 128) {
                u32 bits = below(to - part) & ~below(from - part);
#pragma unroll
                for (int i = 0; i < smaller(32, (T::KEYS - part) / 4); i++) {
                    float& score = s[part / 2 + i / 2 * 4 + half * 2 + i % 2];
                    score = bits & 1u << i ? score : as_float(0xFF800000u);
                }
            }
        }
    }

    /** Rows of the output to where their tokens are stored. */
    DEVICE void store(const Work& w) {
        Order order = w.order;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float inverse = this->inverse_sum(half);
            int row = first() + lane / 4 + 8 * half;
            bool exists = row < w.rows;
            long long token = exists ? stored(order, w.from + row) : 0;
            uint4* to = (uint4*)(a.out + ((w.batch * (long long)a.queries + token) * a.heads + w.head) * T::D);
            this->store_row(half, inverse, exists, to);
        }
    }
};
