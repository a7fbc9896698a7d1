// The other warpgroups of the Hopper attention kernel: products, softmax, output.
#pragma once

#include "attention_variant.cuh"
#include "quad.cuh"

/** One warpgroup's share of the work: its 64 queries, in registers as wgmma lays them out. */
template <class T>
struct Consumer {
    const Attention& a;
    Memory<T> m;
    int group;  // of GROUPS
    int warp, lane;
    int first;  // row of the tile that is this warp's first
    Slot<T::STAGES> k, v;
    float s[T::KEYS / 2];  // scores, then weights
    u32 p[T::KEYS / 4];    // weights, as bf16 pairs
    float o[T::D / 2];     // sums of weights times values
    float top[2];          // reference of the exponentials of this thread's two rows
    float sum[2];          // of weights

    DEVICE Consumer(const Attention& a, Memory<T> m)
        : a(a), m(m), group(__shfl_sync(~0u, (int)threadIdx.x / 128 - 1, 0)),
          warp(__shfl_sync(~0u, (int)threadIdx.x / 32 % 4, 0)), lane(threadIdx.x % 32),
          first(group * 64 + warp * 16) {}

    DEVICE void run() {
        Slot<QUEUE> slot;
        Slot<T::QUERY_BUFFERS> q;
        float scale = a.scale * 1.44269504f;
        if (group == T::GROUPS - 1) {
            pass_turn();
        }
        while (true) {
            barrier_wait(m.work_full(slot.index), slot.phase);
            const Work& w = *m.work(slot.index);
            if (w.rows == 0) {
                return;
            }
            prepare(w);
            barrier_wait(m.query_full(q.index), q.phase);
            u64 queries = descriptor(m.query(q.index) + group * 64 * 128, 0);
            if (w.tiles == 0) {
                release(m.query_empty(q.index));
            } else {
                attend(queries, w.tiles, m.query_empty(q.index), scale);
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
    DEVICE void attend(u64 queries, int tiles, u32 query_empty, float scale) {
        barrier_wait(m.key_full(k.index), k.phase);
        int2 tile = first_tile();
        multiply_keys(queries);
        products_wait<0>();
        pin(s);
        release_keys();
        if (tiles == 1) release(query_empty);
        mask(tile);
        float most[2], shrink[2];
        maximum(most);
        raise(most, scale, shrink);
        exponentials(scale);
        pack();
        if (tiles > 1) barrier_wait(m.key_full(k.index), k.phase);
        for (int t = 1; t < tiles; t++) {
            tile = *m.tile(k.index);
            take_turn();
            multiply_keys(queries);
            barrier_wait(m.value_full(v.index), v.phase);
            multiply_values();
            pass_turn();
            products_wait<1>();
            pin(s);
            release_keys();
            if (t + 1 == tiles) release(query_empty);
            mask(tile);
            maximum(most);
            bool grown = raise(most, scale, shrink);
            exponentials(scale);
            pin(s);
            // The branch keeps ptxas from moving what follows before the exponentials, which are
            // what should run beside the product of the values.
            if (t + 1 < tiles) barrier_wait(m.key_full(k.index), k.phase);
            products_wait<0>();
            pin(s);
            release_values();
            pack();
            if (grown) rescale(shrink);
        }
        barrier_wait(m.value_full(v.index), v.phase);
        multiply_values();
        products_wait<0>();
        release_values();
    }

    /** Read by the lane that releases it: no other barrier stands between. In later turns one does. */
    DEVICE int2 first_tile() {
        int2 tile = lane == 0 ? *m.tile(k.index) : make_int2(0, 0);
        return make_int2(__shfl_sync(~0u, tile.x, 0), __shfl_sync(~0u, tile.y, 0));
    }

    DEVICE void release_keys() {
        release(m.key_empty(k.index));
        k.next();
    }

    DEVICE void release_values() {
        pin(o);
        release(m.value_empty(v.index));
        v.next();
    }

    DEVICE void take_turn() { named_sync(1 + group, 256); }

    DEVICE void pass_turn() { named_arrive(1 + (group + 1) % T::GROUPS, 256); }

    DEVICE void release(u32 barrier) {
        if (lane == 0) {
            barrier_arrive(barrier);
        }
    }

    /** Forgets the work before, and computes which keys of the band this warp's rows keep. */
    DEVICE void prepare(const Work& w) {
#pragma unroll
        for (int i = 0; i < T::D / 2; i++) {
            o[i] = 0;
        }
        top[0] = top[1] = NO_MAXIMUM;
        sum[0] = sum[1] = 0;
        if (w.banded) {
            if (lane < 16) {
                Range band = band_of(w.band, w.from + first + lane - w.segment_from);
                *m.bounds(first + lane) = make_int2(band.from, band.to);
            }
            __syncwarp();
        }
    }

    DEVICE void multiply_keys(u64 queries) {
        pin(s);
        products_begin();
        u64 keys = descriptor(m.key(k.index), 0);
#pragma unroll
        for (int i = 0; i < T::D / 16; i++) {  // 16 channels are 32 bytes of a panel's rows
            Scores<T::KEYS>::add(s, queries + (i / 4 * T::ROWS * 128 + i % 4 * 32) / 16,
                                 keys + (i / 4 * T::KEYS * 128 + i % 4 * 32) / 16, i > 0);
        }
        products_commit();
    }

    DEVICE void multiply_values() {
        pin(o);
        products_begin();
        u64 values = descriptor(m.value(v.index), T::KEYS * 128);
#pragma unroll
        for (int i = 0; i < T::KEYS / 16; i++) {  // 16 keys are 16 rows of 128 bytes
            Values<T::D>::add(o, p + 4 * i, values + i * 16 * 128 / 16);
        }
        products_commit();
    }

    /** Scores of keys that a row does not keep become minus infinity. */
    DEVICE void mask(int2 tile) {
        if (tile.y == UNMASKED) {
            return;
        }
        int row = first + lane / 4;
        int column = tile.x + lane % 4 * 2;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int2 keep = tile.y == BAND ? *m.bounds(row + 8 * half) : make_int2(tile.x, tile.y);
            int from = keep.x - column;
            u32 count = keep.y - keep.x;
#pragma unroll
            for (int i = 0; i < T::KEYS / 4; i++) {
                int at = i / 2 * 8 + i % 2;
                float& score = s[i / 2 * 4 + half * 2 + i % 2];
                score = (u32)(at - from) < count ? score : as_float(0xFF800000u);
            }
        }
    }

    /** Greatest score of each of the two rows. */
    DEVICE void maximum(float (&most)[2]) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float x = s[half * 2], y = s[half * 2 + 1];
#pragma unroll
            for (int i = 4 + half * 2; i < T::KEYS / 2; i += 4) {
                x = fmaxf(x, s[i]);
                y = fmaxf(y, s[i + 1]);
            }
            x = fmaxf(x, y);
            x = fmaxf(x, __shfl_xor_sync(~0u, x, 1));
            most[half] = fmaxf(x, __shfl_xor_sync(~0u, x, 2));
        }
    }

    /**
     * Raises the references if, for a row of this warp, a weight could exceed 2^8: softmax is the
     * same for any reference, and sums rarely have to be scaled.
     */
    DEVICE bool raise(const float (&most)[2], float scale, float (&shrink)[2]) {
        bool beyond = (most[0] - top[0]) * scale > 8 || (most[1] - top[1]) * scale > 8;
        if (!__any_sync(~0u, beyond)) {
            return false;
        }
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float next = fmaxf(top[half], most[half]);
            shrink[half] = exp2_fast((top[half] - next) * scale);
            top[half] = next;
            sum[half] *= shrink[half];
        }
        return true;
    }

    DEVICE void rescale(const float (&shrink)[2]) {
#pragma unroll
        for (int i = 0; i < T::D / 2; i++) {
            o[i] *= shrink[i / 2 % 2];
        }
    }

    DEVICE void exponentials(float scale) {
        float zero[2] = {top[0] * scale, top[1] * scale};
        float more[2] = {0, 0};
#pragma unroll
        for (int i = 0; i < T::KEYS / 2; i += 2) {
            int half = i / 2 % 2;
#pragma unroll
            for (int j = 0; j < 2; j++) {
                float x = __fmaf_rn(s[i + j], scale, -zero[half]);
                s[i + j] = exp2_fast(x);
            }
            sum[half] += s[i];
            more[half] += s[i + 1];
        }
        sum[0] += more[0];
        sum[1] += more[1];
    }

    DEVICE void pack() {
#pragma unroll
        for (int i = 0; i < T::KEYS / 4; i++) {
            p[i] = pack_bf16(s[2 * i], s[2 * i + 1]);
        }
    }

    /** Rows of the output to where their tokens are stored; zeros where no key was kept. */
    DEVICE void store(const Work& w) {
        Order order = w.order;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float total = sum[half] + __shfl_xor_sync(~0u, sum[half], 1);
            total += __shfl_xor_sync(~0u, total, 2);
            float inverse = total > 1e-30f ? 1 / total : 0;  // a kept key weighs 2^-8 or more
            int row = first + lane / 4 + 8 * half;
            bool exists = row < w.rows;
            long long token = exists ? stored(order, w.from + row) : 0;
            uint4* to = (uint4*)(a.out + ((w.batch * (long long)a.queries + token) * a.heads + w.head) * T::D);
#pragma unroll
            for (int i = 0; i < T::D / 32; i++) {
                u32 x[4];
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    int at = (4 * i + j) * 4 + half * 2;
                    x[j] = pack_bf16(o[at] * inverse, o[at + 1] * inverse);
                }
                transpose_quad(x, lane);
                if (exists) {
                    to[4 * i + lane % 4] = make_uint4(x[0], x[1], x[2], x[3]);
                }
            }
        }
    }
};
