// The other warpgroups of the Hopper attention kernel in 8 bits: products, softmax, output.
#pragma once

#include "attention8_gain.cuh"
#include "attention8_instructions.cuh"
#include "attention8_variant.cuh"
#include "attention_warpgroup.cuh"
#include "quad.cuh"

/** Sums of products begin here: as a float, the number 1.5 * 2^23; the sum is what is added to it. */
constexpr u32 ZERO_SCORE = 0x4B400000u;
constexpr float ZERO_SCORE_FLOAT = 12582912.f;

/** One warpgroup's share of the work: its 64 queries, in registers as wgmma lays them out. */
template <class T>
struct Consumer8 : Warpgroup<T> {
    using Base = Warpgroup<T>;
    using Base::first, Base::group, Base::lane, Base::pass_turn, Base::release, Base::take_turn, Base::warp;
    const Attention8& a;
    Memory8<T> m;
    Slot<T::STAGES> k, v;
    u32 s[T::KEYS / 2];    // sums of products, as floats
    float x[T::KEYS / 2];  // weights
    u32 p[T::SHARED_WEIGHTS ? 1 : T::KEYS / 8];  // weights in e4m3
    float o[T::D / 2];   // sums of weights times values since the last addition to the totals
    float factor[2];     // of this thread's two rows: what q is multiplied by
    float zero[2];       // reference of the exponentials
    float sum[2];        // of weights, like o
    int since;           // tiles since the last addition
    bool added;          // there are totals
    bool settled;        // all rows have a reference

    DEVICE Consumer8(const Attention8& a, Memory8<T> m) : a(a), m(m) {}

    DEVICE void run() {
        Slot<QUEUE> slot;
        Slot<T::QUERY_BUFFERS> q;
        if (group == T::GROUPS - 1) {
            pass_turn();
        }
        while (true) {
            barrier_wait(m.work_full(slot.index), slot.phase);
            Work& w = *m.work(slot.index);
            if (w.rows == 0) {
                return;
            }
            begin(w);
            barrier_wait(m.query_full(q.index), q.phase);
            u64 queries = row_descriptor<T::D>(m.query(q.index) + group * 64 * T::D);
            if (w.tiles == 0) {
                release(m.query_empty(q.index));
            } else {
                attend(queries, m.query_empty(q.index), w);
            }
            store(w);
            __syncwarp();
            release(m.work_empty(slot.index));
            slot.next();
            q.next();
        }
    }

    /** Forgets the work before; fetches the scales of this thread's rows. */
    DEVICE void begin(const Work& w) {
#pragma unroll
        for (int i = 0; i < T::D / 2; i++) {
            o[i] = 0;
        }
        const float* scale = a.operands.q_scale + (i64)(w.batch * a.heads + w.head) * a.queries + w.from;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int row = first() + lane / 4 + 8 * half;
            factor[half] = row < w.rows ? __ldg(scale + row) : 1e-12f;
            zero[half] = NO_MAXIMUM;
            sum[half] = 0;
        }
        since = 0;
        added = settled = false;
    }

    /**
     * All tiles of keys. The products of a tile's scores and of the values of the tile before are
     * issued together, in turn with the other warpgroups; the softmax runs beside the latter.
     */
    DEVICE void attend(u64 queries, u32 query_empty, Work& w) {
        int left = w.tiles - 1;  // tiles whose scores are not asked for yet
        barrier_wait(m.key_full(k.index), k.phase);
        Tile8<T> tile = next_tile();
        multiply_keys(queries);
        products_wait<0>();
        pin(s);
        release_keys();
        if (left == 0) release(query_empty);
        float shift[2] = {0, 0}, shrink[2], part[2];
        mask(tile, w);
        raise(tile, shift, w);
        exponentials(tile, part);
        bool scaled = adjust(part, shift, shrink, w);
        sum[0] = part[0];
        sum[1] = part[1];
        pack(scaled, shrink);
        if (left > 0) barrier_wait(m.key_full(k.index), k.phase);
        while (left > 0) {
            left--;
            tile = next_tile();
            take_turn();
            multiply_keys(queries);
            barrier_wait(m.value_full(v.index), v.phase);
            multiply_values<true>();
            products_wait<1>();
            pin(s);
            release_keys();
            if (left == 0) release(query_empty);
            mask(tile, w);
            shift[0] = shift[1] = 0;
            bool moved = !settled && raise(tile, shift, w);
            exponentials(tile, part);
            scaled = adjust(part, shift, shrink, w);
            pin(x);
            // The branch of adjust keeps ptxas from moving this wait before the exponentials, which
            // are what should run beside the product of the values.
            products_wait<0>();
            pin(x);
            bool keys_here = left > 0 && barrier_test(m.key_full(k.index), k.phase);
            release_values();
            pack(scaled, shrink);
            if (left > 0 && !keys_here) barrier_wait(m.key_full(k.index), k.phase);
            since++;
            if (moved || scaled || since == T::SPAN) add(shift);
            sum[0] += part[0];
            sum[1] += part[1];
        }
        barrier_wait(m.value_full(v.index), v.phase);
        multiply_values<false>();
        products_wait<0>();
        release_values();
    }

    /** Read by the lane that releases it: no other barrier stands between. */
    DEVICE Tile8<T> next_tile() {
        Tile8<T> tile{};
        if (lane == 0) tile = *m.tile(k.index);
        tile.to = __shfl_sync(~0u, tile.to, 0);
#pragma unroll
        for (int b = 0; b < T::BLOCKS; b++) {
            tile.scale[b] = __shfl_sync(~0u, tile.scale[b], 0);
        }
        return tile;
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

    DEVICE void multiply_keys(u64 queries) {
#pragma unroll
        for (int i = 0; i < T::KEYS / 2; i++) {
            s[i] = ZERO_SCORE;
        }
        pin(s);
        products_begin();
        u64 keys = row_descriptor<T::D>(m.key(k.index));
#pragma unroll
        for (int i = 0; i < T::D / 32; i++) {  // 32 channels are 32 bytes of a row
            Scores8<T::KEYS>::add(s, queries + i * 32 / 16, keys + i * 32 / 16);
        }
        products_commit();
    }

    /** The turn passes (PASS) before all is issued: the next group takes a while to begin. */
    template <bool PASS>
    DEVICE void multiply_values() {
        pin(o);
        products_begin();
        u64 values = descriptor(m.value(v.index), 0);
#pragma unroll
        for (int i = 0; i < T::KEYS / 32; i++) {  // 32 keys are 32 bytes of a panel's rows
            if (PASS && i == T::KEYS / 64) pass_turn();
            u64 keys = values + (i / 4 * T::D * 128 + i % 4 * 32) / 16;
            if constexpr (T::SHARED_WEIGHTS) {
                Values8<T::D>::add(o, descriptor(m.weights(group), 0) + i * 32 / 16, keys);
            } else {
                Values8<T::D>::add(o, p + 4 * i, keys);
            }
        }
        products_commit();
    }

    /** Scores of keys that a row does not keep become minus infinity. */
    DEVICE void mask(const Tile8<T>& tile, const Work& w) {
        if (tile.to == UNMASKED) {
            return;
        }
        int start = __shfl_sync(~0u, tile.start, 0);
        Range keep{__shfl_sync(~0u, tile.from, 0), tile.to};  // of the row that is the lane's number
        if (tile.to == BAND) {
            keep = band_of(w.band, w.from + first() + lane % 16 - w.segment_from);
        }
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int from = __shfl_sync(~0u, keep.from, lane / 4 + 8 * half) - start;
            int to = __shfl_sync(~0u, keep.to, lane / 4 + 8 * half) - start;
#pragma unroll
            for (int part = 0; part < T::KEYS; part += 128) {
                u32 bits = first_scores(to - part, lane) & ~first_scores(from - part, lane);
#pragma unroll
                for (int i = 0; i < smaller(32, (T::KEYS - part) / 4); i++) {
                    u32& score = s[part / 2 + i / 2 * 4 + half * 2 + i % 2];
                    score = bits & 1u << i ? score : 0xFF800000u;
                }
            }
        }
    }

    /** Greatest score of each of the two rows. */
    DEVICE void maximum(const Tile8<T>& tile, float (&most)[2]) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            most[half] = as_float(0xFF800000u);
#pragma unroll
            for (int b = 0; b < T::BLOCKS; b++) {
                float y = as_float(0xFF800000u);
#pragma unroll
                for (int j = 0; j < KEY_BLOCK / 8; j++) {
                    int i = (b * KEY_BLOCK / 8 + j) * 4 + half * 2;
                    y = fmaxf(y, fmaxf(as_float(s[i]), as_float(s[i + 1])));
                }
                float scale = factor[half] * tile.scale[b];
                most[half] = fmaxf(most[half], __fmaf_rn(y, scale, -ZERO_SCORE_FLOAT * scale));
            }
            most[half] = fmaxf(most[half], __shfl_xor_sync(~0u, most[half], 1));
            most[half] = fmaxf(most[half], __shfl_xor_sync(~0u, most[half], 2));
        }
    }

    /**
     * Gives a row whose first keys these are a reference, and raises one by which a weight would be too large
     * for e4m3. Once all rows have a reference, the tiles that follow do without greatest scores, unless the
     * work is to be done carefully. `shift`: by how much references of rows rise that have sums.
     */
    DEVICE bool raise(const Tile8<T>& tile, float (&shift)[2], const Work& w) {
        float most[2];
        maximum(tile, most);
        bool moved = false;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            if (most[half] > zero[half] + LARGEST_EXPONENT) {
                float next = most[half] - FIRST_EXPONENT;
                if (zero[half] != NO_MAXIMUM) {
                    shift[half] = next - zero[half];
                    moved = true;
                }
                zero[half] = next;
            }
        }
        bool without = zero[0] == NO_MAXIMUM || zero[1] == NO_MAXIMUM || w.careful;
        settled = !__any_sync(~0u, without);
        return __any_sync(~0u, moved);
    }

    /** Scores to weights; `part`: their sums, of this thread. */
    DEVICE void exponentials(const Tile8<T>& tile, float (&part)[2]) {
        float more[2] = {0, 0};
        part[0] = part[1] = 0;
#pragma unroll
        for (int b = 0; b < T::BLOCKS; b++) {
            float scale[2], offset[2];
#pragma unroll
            for (int half = 0; half < 2; half++) {
                scale[half] = factor[half] * tile.scale[b];
                offset[half] = __fmaf_rn(-ZERO_SCORE_FLOAT, scale[half], -zero[half]);
            }
#pragma unroll
            for (int j = 0; j < KEY_BLOCK / 4; j++) {
                int i = b * KEY_BLOCK / 2 + 2 * j, half = j % 2;
                x[i] = exp2_fast(__fmaf_rn(as_float(s[i]), scale[half], offset[half]));
                x[i + 1] = exp2_fast(__fmaf_rn(as_float(s[i + 1]), scale[half], offset[half]));
                part[half] += x[i];
                more[half] += x[i + 1];
            }
        }
        part[0] += more[0];
        part[1] += more[1];
    }

    /**
     * Keeps weights where e4m3 is precise: where a row's are too large or too small on the whole, they and the
     * row's reference change by a power of two. Notes where a weight was infinite: then the work is done again,
     * carefully. Adds the change to `shift`.
     */
    DEVICE bool adjust(float (&part)[2], float (&shift)[2], float (&shrink)[2], Work& w) {
        if (!__any_sync(~0u, beyond_gain(part[0]) || beyond_gain(part[1]))) {
            return false;
        }
        bool overflow = false;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float all = part[half] + __shfl_xor_sync(~0u, part[half], 1);
            all += __shfl_xor_sync(~0u, all, 2);
            int exponent = gain_of(all);
            overflow |= exponent == INFINITE_GAIN;
            shrink[half] = as_float((127 - exponent) << 23);
            zero[half] += exponent;
            shift[half] += exponent;
            part[half] *= shrink[half];
        }
        if (__any_sync(~0u, overflow) && lane == 0 && !w.careful) {
            w.overflow = 1;
        }
        return true;
    }

    /**
     * Adds sums to the totals, whose reference is the greatest that there was. The sums' own reference was
     * smaller by `shift` than it is now.
     */
    DEVICE void add(const float (&shift)[2]) {
        float4* totals = m.totals(group);
        float grow[2], scale[2];
        float4 state = added ? totals[0] : make_float4(NO_MAXIMUM, NO_MAXIMUM, 0, 0);
        join(state, shift, grow, scale);
        totals[0] = state;
        sum[0] = sum[1] = 0;
        since = 0;
        constexpr int BATCH = T::D == 64 ? 4 : 2;  // to hide the latency with few registers
#pragma unroll
        for (int from = 0; from < T::D / 8; from += BATCH) {
            float4 y[BATCH];
            asm volatile("" ::: "memory");
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                y[j] = added ? totals[128 * (1 + from + j)] : make_float4(0, 0, 0, 0);
            }
#pragma unroll
            for (int j = 0; j < BATCH; j++) {
                float* z = o + 4 * (from + j);
                y[j].x = __fmaf_rn(y[j].x, grow[0], z[0] * scale[0]);
                y[j].y = __fmaf_rn(y[j].y, grow[0], z[1] * scale[0]);
                y[j].z = __fmaf_rn(y[j].z, grow[1], z[2] * scale[1]);
                y[j].w = __fmaf_rn(y[j].w, grow[1], z[3] * scale[1]);
                totals[128 * (1 + from + j)] = y[j];
                z[0] = z[1] = z[2] = z[3] = 0;
            }
        }
        pin(o);
        added = true;
    }

    /** References and sums of weights of totals and sums together, and what both are multiplied by. */
    DEVICE void join(float4& state, const float (&shift)[2], float (&grow)[2], float (&scale)[2]) {
        float base[2] = {zero[0] - shift[0], zero[1] - shift[1]};
        float most[2] = {fmaxf(state.x, base[0]), fmaxf(state.y, base[1])};
        grow[0] = exp2_fast(state.x - most[0]);
        grow[1] = exp2_fast(state.y - most[1]);
        scale[0] = exp2_fast(base[0] - most[0]);
        scale[1] = exp2_fast(base[1] - most[1]);
        state = make_float4(most[0], most[1], __fmaf_rn(state.z, grow[0], sum[0] * scale[0]),
                            __fmaf_rn(state.w, grow[1], sum[1] * scale[1]));
    }

    /** Weights to e4m3, scaled first where they have to be. */
    DEVICE void pack(bool scaled, const float (&shrink)[2]) {
        if (scaled) {
#pragma unroll
            for (int i = 0; i < T::KEYS / 2; i++) {
                x[i] *= shrink[i / 2 % 2];
            }
            pin(x);
            pack();
        } else {
            pack();
        }
    }

    /** Weights to e4m3: in registers, or in shared memory, in rows of 128 bytes, swizzled. */
    DEVICE void pack() {
        int row = warp * 16 + lane % 16;
        u32 at = T::SHARED_WEIGHTS ? unknown(m.weights(group) + row * 128 + (lane / 16 ^ row % 8) * 16) : 0;
#pragma unroll
        for (int i = 0; i < T::KEYS / 32; i++) {
            u32 y[4];
#pragma unroll
            for (int j = 0; j < 4; j++) {  // 16 keys of a row, then of the other
                int at = 16 * i + j / 2 * 8 + j % 2 * 2;
                y[j] = pack_e4m3(x[at], x[at + 1], x[at + 4], x[at + 5]);
            }
            if constexpr (T::SHARED_WEIGHTS) {
                store_matrices(at ^ i * 32, y[0], y[1], y[2], y[3]);
            } else {
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    p[4 * i + j] = y[j];
                }
            }
        }
        if constexpr (T::SHARED_WEIGHTS) {
            products_fence();
            __syncwarp();
        }
    }

    /** Rows of the output to where their tokens are stored; zeros where no key was kept. */
    DEVICE void store(const Work& w) {
        Order order = w.order;
        const float4* totals = m.totals(group);
        float grow[2], scale[2], none[2] = {0, 0};
        float4 state = added ? totals[0] : make_float4(NO_MAXIMUM, NO_MAXIMUM, 0, 0);
        join(state, none, grow, scale);
        if (added) {
#pragma unroll
            for (int i = 0; i < T::D / 8; i++) {
                float4 x = totals[128 * (1 + i)];
                o[4 * i] = __fmaf_rn(x.x, grow[0], o[4 * i] * scale[0]);
                o[4 * i + 1] = __fmaf_rn(x.y, grow[0], o[4 * i + 1] * scale[0]);
                o[4 * i + 2] = __fmaf_rn(x.z, grow[1], o[4 * i + 2] * scale[1]);
                o[4 * i + 3] = __fmaf_rn(x.w, grow[1], o[4 * i + 3] * scale[1]);
            }
        }
        float sums[2] = {state.z, state.w};
        const float* value_scale = a.operands.v_scale + (i64)(w.batch * a.heads + w.head) * T::D + lane % 4 * 2;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float total = sums[half] + __shfl_xor_sync(~0u, sums[half], 1);
            total += __shfl_xor_sync(~0u, total, 2);
            float inverse = total == 0 ? 0 : 1 / total;
            int row = first() + lane / 4 + 8 * half;
            bool exists = row < w.rows;
            long long token = exists ? stored(order, w.from + row) : 0;
            uint4* to = (uint4*)(a.out + ((w.batch * (long long)a.queries + token) * a.heads + w.head) * T::D);
#pragma unroll
            for (int i = 0; i < T::D / 32; i++) {
                u32 x[4];
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    int at = (4 * i + j) * 4 + half * 2;
                    float2 by = *(const float2*)(value_scale + (4 * i + j) * 8);
                    x[j] = pack_bf16(o[at] * (inverse * by.x), o[at + 1] * (inverse * by.y));
                }
                transpose_quad(x, lane);
                if (exists) {
                    to[4 * i + lane % 4] = make_uint4(x[0], x[1], x[2], x[3]);
                }
            }
        }
    }
};
