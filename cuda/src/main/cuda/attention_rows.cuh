// What a multiplying warpgroup of the Hopper attention kernels in bf16 has in registers: scores, weights, sums.
#pragma once

#include "attention_warpgroup.cuh"
#include "quad.cuh"

/** 64 queries of a piece of work, in registers as wgmma lays them out. */
template <class T>
struct Rows : Warpgroup<T> {
    using Base = Warpgroup<T>;
    using Base::first, Base::group, Base::lane, Base::pass_turn, Base::release, Base::warp;
    Memory<T> m;
    Slot<T::STAGES> k, v;
    float s[T::KEYS / 2];  // scores, then weights
    u32 p[T::SHARED_WEIGHTS ? 1 : T::KEYS / 4];  // weights, as bf16 pairs
    float o[T::D / 2];     // sums of weights times values
    float zero[2];         // reference of the exponentials of this thread's two rows, scaled
    float sum[2];          // of weights
    bool settled;          // all rows have a reference

    DEVICE Rows(Memory<T> m) : m(m) {}

    DEVICE void release_keys() {
        release(m.key_empty(k.index));
        k.next();
    }

    DEVICE void release_values() {
        pin(o);
        release(m.value_empty(v.index));
        v.next();
    }

    /** Forgets the work before. */
    DEVICE void clear() {
#pragma unroll
        for (int i = 0; i < T::D / 2; i++) {
            o[i] = 0;
        }
        zero[0] = zero[1] = NO_MAXIMUM;
        sum[0] = sum[1] = 0;
        settled = false;
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

    /** The turn passes (PASS) before all is issued: the next group takes a while to begin. */
    template <bool PASS>
    DEVICE void multiply_values() {
        pin(o);
        products_begin();
        u64 values = descriptor(m.value(v.index), T::KEYS * 128);
#pragma unroll
        for (int i = 0; i < T::KEYS / 16; i++) {  // 16 keys are 16 rows of 128 bytes
            if (PASS && i == T::KEYS / 32) pass_turn();
            u64 keys = values + i * 16 * 128 / 16;
            if constexpr (T::SHARED_WEIGHTS) {
                Values<T::D>::add(o, descriptor(m.weights(group), 0) + (i / 4 * 64 * 128 + i % 4 * 32) / 16, keys);
            } else {
                Values<T::D>::add(o, p + 4 * i, keys);
            }
        }
        products_commit();
    }

    /** A bit for each of this thread's 32 scores of 128 keys of a row: those of the first `keys` keys. */
    DEVICE u32 below(int keys) const {
        int mine = keys - lane % 4 * 2;
        int n = (mine >> 3) * 2 + smaller(mine & 7, 2);
        return n <= 0 ? 0 : n >= 32 ? ~0u : (1u << n) - 1;
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
     * same for any reference, and sums rarely have to be scaled. Once all rows have a reference,
     * the tiles that follow do without greatest scores, unless the work is to be done carefully.
     */
    DEVICE bool raise(float scale, float (&shrink)[2], const typename T::Item& w) {
        float most[2];
        maximum(most);
        bool beyond = most[0] * scale - zero[0] > 8 || most[1] * scale - zero[1] > 8;
        beyond = __any_sync(~0u, beyond);
        if (beyond) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float next = fmaxf(zero[half], most[half] * scale);
                shrink[half] = exp2_fast(zero[half] - next);
                zero[half] = next;
                sum[half] *= shrink[half];
            }
        }
        bool without = zero[0] == NO_MAXIMUM || zero[1] == NO_MAXIMUM || w.careful;
        settled = !__any_sync(~0u, without);
        return beyond;
    }

    DEVICE void rescale(const float (&shrink)[2]) {
#pragma unroll
        for (int i = 0; i < T::D / 2; i++) {
            o[i] *= shrink[i / 2 % 2];
        }
    }

    /**
     * Without greatest scores weights may become large. Scales a row's sums and weights by a power of
     * two where they have, and notes where one was infinite: then the work is done again, carefully.
     */
    DEVICE bool lower(float (&shrink)[2], typename T::Item& w) {
        bool beyond = sum[0] > LARGE || sum[1] > LARGE;
        if (!__any_sync(~0u, beyond)) {
            return false;
        }
        bool overflow = false;
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float most = fmaxf(sum[half], __shfl_xor_sync(~0u, sum[half], 1));
            most = fmaxf(most, __shfl_xor_sync(~0u, most, 2));
            int exponent = most > LARGE ? (int)(__float_as_uint(most) >> 23) - 127 : 0;
            overflow |= exponent == 128;
            shrink[half] = as_float((127 - smaller(exponent, 126)) << 23);
            zero[half] += exponent;
            sum[half] *= shrink[half];
#pragma unroll
            for (int i = half * 2; i < T::KEYS / 2; i += 4) {
                s[i] *= shrink[half];
                s[i + 1] *= shrink[half];
            }
        }
        if (__any_sync(~0u, overflow) && lane == 0) {
            w.overflow = 1;
        }
        return true;
    }

    DEVICE void exponentials(float scale) {
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

    /** Weights to bf16: in registers, or in shared memory, in rows of 128 bytes, swizzled. */
    DEVICE void pack() {
        if constexpr (T::SHARED_WEIGHTS) {
            int row = warp * 16 + lane % 16;
            u32 at = unknown(m.weights(group) + row * 128 + (lane / 16 ^ row % 8) * 16);
#pragma unroll
            for (int i = 0; i < T::KEYS / 16; i++) {
                float* x = s + 8 * i;
                store_matrices((at ^ i % 4 * 32) + i / 4 * 64 * 128, pack_bf16(x[0], x[1]), pack_bf16(x[2], x[3]),
                               pack_bf16(x[4], x[5]), pack_bf16(x[6], x[7]));
            }
            products_fence();
            __syncwarp();
        } else {
#pragma unroll
            for (int i = 0; i < T::KEYS / 4; i++) {
                p[i] = pack_bf16(s[2 * i], s[2 * i + 1]);
            }
        }
    }

    /** One over the sum of a row's weights; zero where no key was kept. */
    DEVICE float inverse_sum(int half) const {
        float total = sum[half] + __shfl_xor_sync(~0u, sum[half], 1);
        total += __shfl_xor_sync(~0u, total, 2);
        return total > 1e-30f ? 1 / total : 0;  // a kept key weighs 2^-8 or more
    }

    /** A row times `factor` to `to`, if it exists. */
    DEVICE void store_row(int half, float factor, bool exists, uint4* to) const {
#pragma unroll
        for (int i = 0; i < T::D / 32; i++) {
            u32 x[4];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                int at = (4 * i + j) * 4 + half * 2;
                x[j] = pack_bf16(o[at] * factor, o[at + 1] * factor);
            }
            transpose_quad(x, lane);
            if (exists) {
                to[4 * i + lane % 4] = make_uint4(x[0], x[1], x[2], x[3]);
            }
        }
    }
};
