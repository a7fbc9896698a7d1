// The other warpgroups of the Hopper kernel for lists of key blocks: products, softmax, output.
#pragma once

#include "attention_blocks_variant.cuh"
#include "attention_rows.cuh"

/** One warpgroup's share of the work: 64 queries of the tile. */
template <class T>
struct BlockConsumer : Rows<T> {
    using Base = Rows<T>;
    using Base::clear, Base::exponentials, Base::first, Base::group, Base::k, Base::lane, Base::lower,
            Base::multiply_keys, Base::pack, Base::pass_turn, Base::raise, Base::release, Base::release_keys,
            Base::release_values, Base::rescale, Base::s, Base::settled, Base::take_turn, Base::v;
    const BlockAttention& a;
    BlockMemory<T> m;
    int flags;        // of the tile
    u32 kept;         // a bit for each of this thread's keys of it: the two of each eight
    int first_block;  // of a tile of means

    DEVICE BlockConsumer(const BlockAttention& a, BlockMemory<T> m) : Base(m), a(a), m(m) {}

    DEVICE void run() {
        Slot<QUEUE> slot;
        Slot<T::QUERY_BUFFERS> q;
        float scale = a.scale * 1.44269504f;
        if (group == T::GROUPS - 1) {
            pass_turn();
        }
        while (true) {
            barrier_wait(m.work_full(slot.index), slot.phase);
            BlockItem& w = *m.work(slot.index);
            if (w.rows == 0) {
                return;
            }
            clear();
            barrier_wait(m.query_full(q.index), q.phase);
            if (group * 64 < w.rows) {
                attend(descriptor(m.query(q.index) + group * 64 * 128, 0), m.query_empty(q.index), scale, w);
                store(w);
            } else {
                watch(m.query_empty(q.index));
            }
            __syncwarp();
            release(m.work_empty(slot.index));
            slot.next();
            q.next();
        }
    }

    /** All tiles of keys, as Consumer does it. */
    DEVICE void attend(u64 queries, u32 query_empty, float scale, BlockItem& w) {
        barrier_wait(m.key_full(k.index), k.phase);
        next_tile();
        multiply_keys(queries);
        products_wait<0>();
        pin(s);
        release_keys();
        bool more = !(flags & LAST);
        if (!more) release(query_empty);
        float shrink[2];
        mask(w.map);
        raise(scale, shrink, w);
        exponentials(scale);
        pack();
        if (more) barrier_wait(m.key_full(k.index), k.phase);
        while (more) {
            next_tile();
            more = !(flags & LAST);
            take_turn();
            multiply_keys(queries);
            barrier_wait(m.value_full(v.index), v.phase);
            Base::template multiply_values<true>();
            products_wait<1>();
            pin(s);
            release_keys();
            if (!more) release(query_empty);
            mask(w.map);
            bool scaled = !settled && raise(scale, shrink, w);
            exponentials(scale);
            scaled |= lower(shrink, w);
            pin(s);
            // The branch keeps ptxas from moving what follows before the exponentials, which are
            // what should run beside the product of the values.
            if (more) barrier_wait(m.key_full(k.index), k.phase);
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

    /** A group without queries takes its turns and releases what it does not need. */
    DEVICE void watch(u32 query_empty) {
        barrier_wait(m.key_full(k.index), k.phase);
        next_tile();
        release_keys();
        while (!(flags & LAST)) {
            barrier_wait(m.key_full(k.index), k.phase);
            next_tile();
            take_turn();
            pass_turn();
            release_keys();
            barrier_wait(m.value_full(v.index), v.phase);
            release_values();
        }
        release(query_empty);
        barrier_wait(m.value_full(v.index), v.phase);
        release_values();
    }

    /** Read by the lane that releases it: no other barrier stands between. */
    DEVICE void next_tile() {
        const KeyTile& tile = *m.tile(k.index);
        flags = __shfl_sync(~0u, lane == 0 ? tile.flags : 0, 0);
        if (flags & MASKED) {
            first_block = __shfl_sync(~0u, lane == 0 ? tile.first : 0, 0);
            uint4 words = lane == 0 ? *(const uint4*)tile.kept : make_uint4(0, 0, 0, 0);
            kept = pairs(__shfl_sync(~0u, words.x, 0)) | pairs(__shfl_sync(~0u, words.y, 0)) << 8 |
                   pairs(__shfl_sync(~0u, words.z, 0)) << 16 | pairs(__shfl_sync(~0u, words.w, 0)) << 24;
        } else if (flags & MEANS) {
            first_block = __shfl_sync(~0u, lane == 0 ? tile.first : 0, 0);
        }
    }

    /** Of a word of 32 keys: this thread's two of each eight. */
    DEVICE u32 pairs(u32 word) const {
        word = word >> lane % 4 * 2 & 0x03030303u;
        return (word | word >> 6 | word >> 12 | word >> 18) & 0xFF;
    }

    /** Adds what means of several keys weigh more; scores of keys that are not kept become minus infinity. */
    DEVICE void mask(int map) {
        if (flags & MEANS) {
            const float* bias = a.bias + (i64)map * a.bias_pitch + first_block + lane % 4 * 2;
#pragma unroll
            for (int i = 0; i < T::KEYS / 8; i++) {
                float2 more = *(const float2*)(bias + 8 * i);
                s[4 * i] += more.x;
                s[4 * i + 1] += more.y;
                s[4 * i + 2] += more.x;
                s[4 * i + 3] += more.y;
            }
        }
        if (flags & MASKED) {
#pragma unroll
            for (int i = 0; i < T::KEYS / 4; i++) {
                float none = as_float(0xFF800000u);
                float& score = s[i / 2 * 4 + i % 2];
                score = kept & 1u << i ? score : none;
                float& below = s[i / 2 * 4 + 2 + i % 2];
                below = kept & 1u << i ? below : none;
            }
        }
    }

    /** Rows of the output to where their tokens are stored. */
    DEVICE void store(const BlockItem& w) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float inverse = this->inverse_sum(half);
            int row = first() + lane / 4 + 8 * half;
            bool exists = row < w.rows;
            i64 token = w.from + row;
            if (a.order != nullptr && exists) token = a.order[(i64)w.map * a.queries + token];
            uint4* to = (uint4*)(a.out + ((w.batch * (i64)a.queries + (exists ? token : 0)) * a.heads + w.head) * T::D);
            this->store_row(half, inverse, exists, to);
        }
    }
};
