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
    int bias;  // of a tile of means: where its biases begin

    DEVICE BlockConsumer(const BlockAttention& a, BlockMemory<T> m) : Base(m), a(a), m(m) {}

    DEVICE void run() {
        Slot<QUEUE> slot;
        Slot<T::QUERY_BUFFERS> q;
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
            attend(m.query(q.index) + group * 64 * 128, m.query_empty(q.index), w);
            store(w);
            __syncwarp();
            release(m.work_empty(slot.index));
            slot.next();
            q.next();
        }
    }

    /**
     * All tiles of keys, as Consumer does it. Of a tile of which the group keeps nothing it takes its turn, and first
     * ends what it had begun: nobody waits for stages that it holds.
     */
    DEVICE void attend(u32 queries, u32 query_empty, BlockItem& w) {
        barrier_wait(m.key_full(k.index), k.phase);
        while (true) {  // no values are left to multiply
            next_tile();
            if (flags & SKIPPED << group) {
                take_turn();
                pass_turn();
                release_scored(query_empty);
            } else {
                take_turn();
                multiply_keys(descriptor(unknown(queries), 0));
                pass_turn();
                products_wait<0>();
                pin(s);
                release_scored(query_empty);
                attend_on(queries, query_empty, w);
            }
            if (flags & SKIPPED << group) {
                barrier_wait(m.value_full(v.index), v.phase);
                release_values();
            }
            if (flags & LAST) return;
            barrier_wait(m.key_full(k.index), k.phase);
        }
    }

    /** From the scores of a tile on, up to the last tile or one that is skipped. Multiplies all values but the latter's. */
    DEVICE void attend_on(u32 queries, u32 query_empty, BlockItem& w) {
        float shrink[2];
        mask();
        bool scaled = !settled && raise(a.scale, shrink, w);
        exponentials(a.scale);
        scaled |= lower(shrink, w);
        pack();
        if (scaled) rescale(shrink);
        if (!(flags & LAST)) barrier_wait(m.key_full(k.index), k.phase);
        while (!(flags & LAST)) {
            next_tile();
            if (flags & SKIPPED << group) {  // asked before the turn, in which it would take time of the others
                take_turn();
                pass_turn();
                release_scored(query_empty);
                break;
            }
            take_turn();
            multiply_keys(descriptor(unknown(queries), 0));
            barrier_wait(m.value_full(v.index), v.phase);
            Base::template multiply_values<true>();
            products_wait<1>();
            pin(s);
            release_scored(query_empty);
            mask();
            scaled = !settled && raise(a.scale, shrink, w);
            exponentials(a.scale);
            scaled |= lower(shrink, w);
            pin(s);
            // The branch keeps ptxas from moving what follows before the exponentials, which are
            // what should run beside the product of the values.
            if (!(flags & LAST)) barrier_wait(m.key_full(k.index), k.phase);
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

    /** The tile's keys, and after the last tile the queries. */
    DEVICE void release_scored(u32 query_empty) {
        release_keys();
        if (flags & LAST) release(query_empty);
    }

    /** Read by the lane that releases it: no other barrier stands between. */
    DEVICE void next_tile() {
        const KeyTile& tile = *m.tile(m.listed(k));
        flags = __shfl_sync(~0u, lane == 0 ? tile.flags : 0, 0);
        if (flags & MEANS) bias = __shfl_sync(~0u, lane == 0 ? tile.first : 0, 0);
        if (flags & MASKED << group) {
            uint4 words = lane == 0 ? *(const uint4*)tile.kept[group] : make_uint4(0, 0, 0, 0);
            kept = pairs(__shfl_sync(~0u, words.x, 0)) | pairs(__shfl_sync(~0u, words.y, 0)) << 8 |
                   pairs(__shfl_sync(~0u, words.z, 0)) << 16 | pairs(__shfl_sync(~0u, words.w, 0)) << 24;
        }
    }

    /** Of a word of 32 keys: this thread's two of each eight. */
    DEVICE u32 pairs(u32 word) const {
        word = word >> lane % 4 * 2 & 0x03030303u;
        return (word | word >> 6 | word >> 12 | word >> 18) & 0xFF;
    }

    /** Adds what means of several keys weigh more; scores of keys that are not kept become minus infinity. */
    DEVICE void mask() {
        if (flags & MEANS) {
            const float* from = a.bias + bias + lane % 4 * 2;
#pragma unroll
            for (int i = 0; i < T::KEYS / 8; i++) {
                float2 more = *(const float2*)(from + 8 * i);
                s[4 * i] += more.x;
                s[4 * i + 1] += more.y;
                s[4 * i + 2] += more.x;
                s[4 * i + 3] += more.y;
            }
        }
        if (flags & MASKED << group) {
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
            bool exists = row - group * 64 < w.groups[group].rows;
            i64 token = w.groups[group].from + row - group * 64;
            if (a.order != nullptr && exists) token = a.order[(i64)w.map * a.queries + token];
            uint4* to = (uint4*)(a.out + ((w.batch * (i64)a.queries + (exists ? token : 0)) * a.heads + w.head) * T::D);
            this->store_row(half, inverse, exists, to);
        }
    }
};
