// Attention of a block of threads to the keys of one tile of queries, by mma.sync. Four warps have 32 queries
// each: so every fragment of keys and values that is read from shared memory serves two products.
#pragma once

#include "attention_plan.cuh"
#include "quad.cuh"

/** The kernel's one parameter: [batch, heads, tokens, D], bf16, as stored. */
struct TiledAttention {
    const u16 *q, *k, *v;
    u16* out;  // [batch, queries, heads, D]
    const int* plan;
    const int* kinds;  // [batch, heads], or null: all heads are of kind 0
    int batch, heads, queries, keys;
    int plain, banded;  // tiles of queries a head, as most_tiles counts them
    float scale;
};

/** Tiles of KEYS keys for 128 queries of D channels; rows of shared memory are swizzled by 16 bytes. */
template <int D_, int KEYS_>
struct Tile {
    static constexpr int D = D_;
    static constexpr int KEYS = KEYS_;
    static constexpr int ROWS = 128;
    static constexpr int THREADS = 128;
    static constexpr int CHUNKS = D / 8;  // of 16 bytes, a row
    static constexpr int ROWS_AT_ONCE = THREADS / CHUNKS;
    static constexpr int K = ROWS * D;  // elements of shared memory before the keys
    static constexpr int V = K + KEYS * D;
    static constexpr int QUERIES = 2 * (V + KEYS * D);   // int of each query: where it is stored
    static constexpr int PLACES = QUERIES + 4 * ROWS;    // int of each key, of two tiles: the same
    static constexpr int WORK = PLACES + 2 * 4 * KEYS;
    static constexpr int SHARED = WORK + sizeof(Work);
    static_assert(ROWS_AT_ONCE % 8 == 0 && THREADS == ROWS && KEYS <= THREADS, "who copies what");
};

/** One thread of the block. A warp has rows 32 warp .. 32 warp + 31, as two products of 16. */
template <class T>
struct TileAttention {
    static constexpr int D = T::D, KEYS = T::KEYS;

    const TiledAttention& a;
    unsigned char* shared;
    const Work& w;
    int lane, first;          // first row of the warp
    int range, key, parity;   // the tile of keys whose copy is next
    bool moved;               // the head's order of tokens is not the stored one
    float s[2][KEYS / 8][4];  // scores, then weights
    u32 p[2][KEYS / 16][4];   // weights, as bf16 pairs
    float o[2][D / 8][4];     // sums of weights times values
    float top[2][2], sum[2][2];
    bool settled;  // all rows of the warp have a reference

    DEVICE TileAttention(const TiledAttention& a, unsigned char* shared)
        : a(a), shared(shared), w(*(Work*)(shared + T::WORK)), lane(threadIdx.x % 32),
          first(threadIdx.x / 32 * 32) {}

    DEVICE u16* tile(int at) const { return (u16*)shared + at; }

    DEVICE int* queries() const { return (int*)(shared + T::QUERIES); }

    DEVICE int* places(int half) const { return (int*)(shared + T::PLACES) + half * KEYS; }

    DEVICE void run() {
        moved = changes(w.order);
        int row = threadIdx.x;
        queries()[row] = row < w.rows ? stored(w.order, w.from + row) : -1;
        range = parity = 0;
        key = w.tiles > 0 ? w.range[0].from : 0;
        find_places();
        __syncthreads();
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int i = 0; i < D / 8; i++) o[m][i][0] = o[m][i][1] = o[m][i][2] = o[m][i][3] = 0;
            top[m][0] = top[m][1] = NO_MAXIMUM;
            sum[m][0] = sum[m][1] = 0;
        }
        settled = false;
        if (w.tiles > 0) attend();
        store();
    }

    /** Where the next tile's keys are stored; nobody asks if that is in the order of the pattern. */
    DEVICE void find_places() {
        if (moved && threadIdx.x < KEYS && range < w.ranges) {
            int at = key + threadIdx.x;
            places(parity)[threadIdx.x] = at < w.range[range].to ? stored(w.order, at) : -1;
        }
    }

    DEVICE void attend() {
        int head = w.batch * a.heads + w.head;
        copy<T::ROWS>(tile(0), a.q + (i64)head * a.queries * D, queries(), 0, 0);
        copy_keys(tile(T::K), a.k, head);
        copies_commit();
        float scale = a.scale * 1.44269504f;
        u32 q[D == 64 ? 2 : 1][D / 16][4];  // short heads leave registers for the queries
#pragma unroll 1
        for (int t = 0; t < w.tiles; t++) {
            TileRange r = w.range[range];
            int start = key;
            bool whole = start >= r.whole_from && start + KEYS <= r.whole_to;
            bool band = r.whole_from != r.from || r.whole_to != r.to;
            copies_wait<0>();
            __syncthreads();  // keys are there, and nobody reads the values before them any more
            copy_keys(tile(T::V), a.v, head);
            copies_commit();
            if (D == 64 && t == 0) read_queries(q);
            multiply_keys(q);
            parity ^= 1;
            key += KEYS;
            if (key >= r.to && ++range < w.ranges) key = w.range[range].from;
            find_places();
            if (!whole) mask(start, band, r.to);
            copies_wait<0>();
            __syncthreads();  // values are there, and nobody reads these keys any more
            if (range < w.ranges) copy_keys(tile(T::K), a.k, head);
            copies_commit();
            softmax(scale);
            multiply_values();
        }
    }

    /** The tile of keys that is next, of all of `from`. */
    DEVICE void copy_keys(u16* to, const u16* from, int head) {
        from += (i64)head * a.keys * D;
        copy<KEYS>(to, from, moved ? places(parity) : nullptr, key, w.range[range].to);
    }

    /** Rows `start` on, before `end`, or those that `at` names, if they are not negative; else zeros. */
    template <int COUNT>
    DEVICE void copy(u16* to, const u16* from, const int* at, int start, int end) {
        int row = threadIdx.x / T::CHUNKS, chunk = threadIdx.x % T::CHUNKS;
        to += row * D + (chunk ^ row % 8) * 8;
        from += chunk * 8;
#pragma unroll
        for (int i = 0; i < COUNT; i += T::ROWS_AT_ONCE) {
            int place = at ? at[row + i] : start + row + i < end ? start + row + i : -1;
            copy_async(to + i * D, place >= 0 ? from + (i64)place * D : from, place >= 0);
        }
    }

    /** Where this lane reads 16 x 16 elements at chunk `i` of rows whose first is `row`. */
    static DEVICE const u16* place(const u16* tile, int row, int i) { return tile + row * D + (i ^ row % 8) * 8; }

    DEVICE void read_queries(u32 (&q)[D == 64 ? 2 : 1][D / 16][4]) {
#pragma unroll
        for (int m = 0; m < (D == 64 ? 2 : 1); m++) {
#pragma unroll
            for (int i = 0; i < D / 16; i++) load_matrices(q[m][i], place(tile(0), first + 16 * m + lane % 16, 2 * i + lane / 16));
        }
    }

    DEVICE void multiply_keys(const u32 (&q)[D == 64 ? 2 : 1][D / 16][4]) {
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int i = 0; i < KEYS / 8; i++) s[m][i][0] = s[m][i][1] = s[m][i][2] = s[m][i][3] = 0;
        }
#pragma unroll
        for (int i = 0; i < D / 16; i++) {
            u32 x[2][4];
#pragma unroll
            for (int m = 0; m < 2; m++) {
                if (D == 64) {
                    for (int j = 0; j < 4; j++) x[m][j] = q[D == 64 ? m : 0][i][j];
                } else {
                    load_matrices(x[m], place(tile(0), first + 16 * m + lane % 16, 2 * i + lane / 16));
                }
            }
#pragma unroll
            for (int j = 0; j < KEYS / 16; j++) {
                u32 y[4];
                load_matrices(y, place(tile(T::K), 16 * j + lane % 8 + lane / 16 * 8, 2 * i + lane / 8 % 2));
#pragma unroll
                for (int m = 0; m < 2; m++) {
                    multiply_bf16(s[m][2 * j], x[m], y[0], y[1]);
                    multiply_bf16(s[m][2 * j + 1], x[m], y[2], y[3]);
                }
            }
        }
    }

    DEVICE void multiply_values() {
#pragma unroll
        for (int i = 0; i < KEYS / 16; i++) {
#pragma unroll
            for (int d = 0; d < D / 16; d++) {
                u32 y[4];
                load_matrices_transposed(y, place(tile(T::V), 16 * i + lane % 16, 2 * d + lane / 16));
#pragma unroll
                for (int m = 0; m < 2; m++) {
                    multiply_bf16(o[m][2 * d], p[m][i], y[0], y[1]);
                    multiply_bf16(o[m][2 * d + 1], p[m][i], y[2], y[3]);
                }
            }
        }
    }

    /** Scores of keys that a row does not keep become minus infinity. */
    DEVICE void mask(int start, bool band, int end) {
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                int row = first + 16 * m + 8 * half + lane / 4;
                Range keep = band ? band_of(w.band, w.from + row - w.segment_from) : Range{start, end};
                int from = keep.from - start - lane % 4 * 2;
                u32 count = keep.to - keep.from;
#pragma unroll
                for (int i = 0; i < KEYS / 4; i++) {
                    float& score = s[m][i / 2][2 * half + i % 2];
                    score = (u32)(i / 2 * 8 + i % 2 - from) < count ? score : as_float(0xFF800000u);
                }
            }
        }
    }

    /**
     * Scores to weights. Once all rows have a reference, greatest scores are looked for only where weights of
     * a tile have become large without.
     */
    DEVICE void softmax(float scale) {
        bool refer = !settled;
        bool again;
        do {
            if (refer) find_references(scale);
            again = !exponentials(scale) && !refer;
            refer = true;
        } while (again);
    }

    /** The reference of a row's exponentials rises only if a weight could exceed 2^8. */
    DEVICE void find_references(float scale) {
        float most[2][2];
        bool beyond = false, without = false;
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float x = s[m][0][2 * half], y = s[m][0][2 * half + 1];
#pragma unroll
                for (int i = 1; i < KEYS / 8; i++) {
                    x = fmaxf(x, s[m][i][2 * half]);
                    y = fmaxf(y, s[m][i][2 * half + 1]);
                }
                x = fmaxf(x, y);
                x = fmaxf(x, __shfl_xor_sync(~0u, x, 1));
                most[m][half] = fmaxf(x, __shfl_xor_sync(~0u, x, 2));
                beyond = beyond || (most[m][half] - top[m][half]) * scale > 8;
            }
        }
        if (__any_sync(~0u, beyond)) raise(most, scale);
#pragma unroll
        for (int m = 0; m < 2; m++) without = without || top[m][0] == NO_MAXIMUM || top[m][1] == NO_MAXIMUM;
        settled = !__any_sync(~0u, without);
    }

    /** Adds weights to their sums, unless some are so large that they need other references: then false. */
    DEVICE bool exponentials(float scale) {
        float more[2][2];
        bool large = false;
#pragma unroll
        for (int m = 0; m < 2; m++) {
            float zero[2] = {top[m][0] * scale, top[m][1] * scale};
            more[m][0] = more[m][1] = 0;
#pragma unroll
            for (int i = 0; i < KEYS / 8; i++) {
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    float x = exp2_fast(__fmaf_rn(s[m][i][2 * half], scale, -zero[half]));
                    float y = exp2_fast(__fmaf_rn(s[m][i][2 * half + 1], scale, -zero[half]));
                    more[m][half] += x + y;
                    p[m][i / 2][i % 2 * 2 + half] = pack_bf16(x, y);
                }
            }
            large = large || more[m][0] > LARGE || more[m][1] > LARGE;
        }
        if (__any_sync(~0u, large)) return false;
#pragma unroll
        for (int m = 0; m < 2; m++) {
            sum[m][0] += more[m][0];
            sum[m][1] += more[m][1];
        }
        return true;
    }

    DEVICE void raise(const float (&most)[2][2], float scale) {
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float next = fmaxf(top[m][half], most[m][half]);
                float shrink = exp2_fast((top[m][half] - next) * scale);
                top[m][half] = next;
                sum[m][half] *= shrink;
#pragma unroll
                for (int i = 0; i < D / 8; i++) {
                    o[m][i][2 * half] *= shrink;
                    o[m][i][2 * half + 1] *= shrink;
                }
            }
        }
    }

    /** Rows of the output to where their tokens are stored; zeros where no key was kept. */
    DEVICE void store() {
#pragma unroll
        for (int m = 0; m < 2; m++) {
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float total = sum[m][half] + __shfl_xor_sync(~0u, sum[m][half], 1);
                total += __shfl_xor_sync(~0u, total, 2);
                float inverse = total > 1e-30f || total != total ? 1 / total : 0;  // a kept key weighs 2^-8 or more
                int token = queries()[first + 16 * m + 8 * half + lane / 4];
                uint4* to = (uint4*)(a.out + (((i64)w.batch * a.queries + token) * a.heads + w.head) * D);
#pragma unroll
                for (int i = 0; i < D / 32; i++) {
                    u32 x[4];
#pragma unroll
                    for (int j = 0; j < 4; j++) {
                        const float* pair = o[m][4 * i + j] + 2 * half;
                        x[j] = pack_bf16(pair[0] * inverse, pair[1] * inverse);
                    }
                    transpose_quad(x, lane);
                    if (token >= 0) to[4 * i + lane % 4] = make_uint4(x[0], x[1], x[2], x[3]);
                }
            }
        }
    }
};

/** The kernel. `shared`: SHARED bytes. */
template <class T>
DEVICE void attend(const TiledAttention& a, unsigned char* shared) {
    Work& w = *(Work*)(shared + T::WORK);
    if (threadIdx.x == 0 && !find_work(a, blockIdx.x, a.plain, a.banded, T::ROWS, T::KEYS, w)) w.rows = 0;
    __syncthreads();
    if (w.rows > 0) TileAttention<T>(a, shared).run();
}
