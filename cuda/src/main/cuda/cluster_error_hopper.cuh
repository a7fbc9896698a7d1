// How far off the means of key clusters are, on Hopper: one warp copies query centroids and tiles of keys, warpgroups
// multiply (wgmma) and add up what each key is off. BlockErrorOp has the definition. Centroids stay in registers, 64
// BLOCKS of a warpgroup, while keys pass by.
//
// With u = v - vbar and e = exp(scale q (k - kbar)) - 1, a key's |w v - w' vbar|^2 over w'^2 is |u|^2 + e (2 u v + e |v|^2):
// nothing cancels, no greatest logit is needed, and the first term is the same for all queries.
#pragma once

#include "attention_variant.cuh"
#include "cluster_arguments.cuh"
#include "cluster_instructions.cuh"

/** A tile of keys. */
struct ErrorTile {
    int keys;
    int cluster, last;  // of its cluster
    int skip;           // terms that were copied before the first
};

template <int D_, int GROUPS_, int BLOCKS_, int STAGES_>
struct ErrorVariant {
    static constexpr int D = D_;
    static constexpr int GROUPS = GROUPS_;
    static constexpr int BLOCKS = BLOCKS_;  // of 64 centroids, of a warpgroup
    static constexpr int ROWS = 64 * BLOCKS * GROUPS;
    static constexpr int KEYS = 64;
    static constexpr int STAGES = STAGES_;
    static constexpr int THREADS = 128 * (GROUPS + 1);
    static constexpr int ROW_BYTES = ROWS * D * 2;
    static constexpr int KEY_BYTES = KEYS * D * 2;
    static constexpr int TERM_BYTES = 8 * (KEYS + 2);  // from an even one on
    static constexpr int KEYS_AT = ROW_BYTES;
    static constexpr int TERMS = KEYS_AT + STAGES * KEY_BYTES;
    static constexpr int TILES = TERMS + STAGES * TERM_BYTES;
    static constexpr int BARRIERS = TILES + STAGES * (int)sizeof(ErrorTile);
    static constexpr int SHARED = BARRIERS + 8 * (2 + 2 * STAGES) + 1024;  // the last to align the first
    static constexpr int REGISTERS = GROUPS == 2 ? 224 : GROUPS == 3 ? 152 : 104;
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
    static_assert(ROWS <= 256 && TERM_BYTES % 16 == 0, "boxes of rows, and copies");
};

/** Addresses in shared memory. */
template <class T>
struct ErrorMemory {
    u32 base;
    unsigned char* bytes;
    DEVICE u32 queries() const { return base; }
    DEVICE u32 keys(u32 slot) const { return base + T::KEYS_AT + slot * T::KEY_BYTES; }
    DEVICE u32 terms(u32 slot) const { return base + T::TERMS + slot * T::TERM_BYTES; }
    DEVICE ErrorTile* tile(u32 slot) const { return (ErrorTile*)(bytes + T::TILES) + slot; }
    DEVICE u32 queries_full() const { return base + T::BARRIERS; }
    DEVICE u32 queries_empty() const { return base + T::BARRIERS + 8; }
    DEVICE u32 keys_full(u32 slot) const { return base + T::BARRIERS + 16 + 8 * slot; }
    DEVICE u32 keys_empty(u32 slot) const { return keys_full(T::STAGES + slot); }
};

/** Rows of query centroids and a part of the clusters: every so many-th, map after map. */
template <class T>
struct ErrorWork {
    const ClusterError& a;
    int row_tiles, n;
    int map, row, from, to;  // clusters
    DEVICE ErrorWork(const ClusterError& a)
        : a(a), row_tiles((a.rows + T::ROWS - 1) / T::ROWS), n((int)blockIdx.x - (int)gridDim.x) {}
    DEVICE bool next() {
        n += gridDim.x;
        map = n / (row_tiles * a.parts);
        int rest = n - map * row_tiles * a.parts;
        row = rest / a.parts * T::ROWS;
        int part = rest % a.parts, each = (a.clusters + a.parts - 1) / a.parts;
        from = part * each;
        to = from + each < a.clusters ? from + each : a.clusters;
        return map < a.maps;
    }
};

/** One thread. */
template <class T>
DEVICE void copy_for_errors(const ClusterError& a, ErrorMemory<T> m) {
    Slot<1> q;
    Slot<T::STAGES> k;
    for (ErrorWork<T> work(a); work.next();) {
        barrier_wait(m.queries_empty(), q.phase ^ 1);
        barrier_expect(m.queries_full(), T::ROW_BYTES);
        load_rows(m.queries(), &a.queries, work.row, work.map, 0, m.queries_full(), EVICT_FIRST);
        q.next();
        const int* bounds = a.bounds + (i64)work.map * a.stride + a.first;
        bool any = work.from < work.to;
        int end = any ? bounds[work.from] : 0, ahead = any ? bounds[work.from + 1] : 0;
#pragma unroll 1
        for (int cluster = work.from; cluster < work.to; cluster++) {
            int from = end;
            end = ahead;
            ahead = cluster + 1 < work.to ? bounds[cluster + 2] : 0;  // asked for before it is needed
            do {  // of an empty cluster there is a tile without keys
                i64 at = (i64)work.map * a.n + from;
                barrier_wait(m.keys_empty(k.index), k.phase ^ 1);
                ErrorTile& tile = *m.tile(k.index);
                tile.keys = end - from < T::KEYS ? end - from : T::KEYS;
                tile.cluster = cluster;
                tile.last = from + T::KEYS >= end;
                tile.skip = (int)(at % 2);
                u32 full = m.keys_full(k.index);
                barrier_expect(full, T::KEY_BYTES + T::TERM_BYTES);
                load_rows(m.keys(k.index), &a.keys, from, work.map, 0, full, EVICT_LAST);
                load_bytes(m.terms(k.index), a.terms + (at - at % 2), T::TERM_BYTES, full);
                k.next();
                from += T::KEYS;
            } while (from < end);
        }
    }
}

/** Adds what keys of a tile are off to the sums of two rows. `terms`: of the lane's first of each eight keys. */
template <int KEYS>
DEVICE void add_off(float (&s)[KEYS / 2], u32 terms, int keys, float scale, float (&sum)[2]) {
    int lane = threadIdx.x % 32;
    pin(s);
#pragma unroll
    for (int c = 0; c < KEYS / 16; c++) {
        if (16 * c >= keys) break;
        float2 term[4];
#pragma unroll
        for (int i = 0; i < 4; i++) term[i] = read_pair(terms + 8 * (16 * c + i / 2 * 8 + i % 2));
        if (16 * c + 16 > keys) {
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if (16 * c + i / 2 * 8 + lane % 4 * 2 + i % 2 < keys) continue;
                term[i] = make_float2(0, 0);
                s[8 * c + i / 2 * 4 + i % 2] = s[8 * c + i / 2 * 4 + i % 2 + 2] = 0;
            }
        }
#pragma unroll
        for (int i = 0; i < 8; i++) {
            float2 t = term[i / 4 * 2 + i % 2];
            float e = exp2_fast(fminf(s[8 * c + i] * scale, FARTHEST)) - 1;
            sum[i / 2 % 2] = __fmaf_rn(e, __fmaf_rn(e, t.y, t.x), sum[i / 2 % 2]);
        }
    }
}

/** One warpgroup: 64 BLOCKS query centroids of each piece of work. */
template <class T>
DEVICE void add_errors(const ClusterError& a, ErrorMemory<T> m) {
    int group = __shfl_sync(~0u, (int)threadIdx.x / 128 - 1, 0);
    int warp = __shfl_sync(~0u, (int)threadIdx.x / 32 % 4, 0), lane = threadIdx.x % 32;
    Turns<T::GROUPS> turns(group);
    Slot<1> q;
    Slot<T::STAGES> k;
    float s[T::BLOCKS][T::KEYS / 2];
    u32 x[T::BLOCKS][T::D / 16][4];
    float scale = a.scale * 1.44269504f;
    for (ErrorWork<T> work(a); work.next();) {
        barrier_wait(m.queries_full(), q.phase);
        q.next();
#pragma unroll
        for (int b = 0; b < T::BLOCKS; b++) read_rows<T::D, T::ROWS>(x[b], m.queries(), (group * T::BLOCKS + b) * 64);
        __syncwarp();
        if (lane == 0) barrier_arrive(m.queries_empty());
        float sum[T::BLOCKS][2] = {};
        bool more = work.from < work.to;
#pragma unroll 1
        while (more) {
            barrier_wait(m.keys_full(k.index), k.phase);
            const ErrorTile* at = m.tile(k.index);
            int keys = __shfl_sync(~0u, at->keys, 0), cluster = __shfl_sync(~0u, at->cluster, 0);
            int last = __shfl_sync(~0u, at->last, 0);
            u32 terms = m.terms(k.index) + 8 * (at->skip + lane % 4 * 2);
            turns.take();
#pragma unroll
            for (int b = 0; b < T::BLOCKS; b++) {
                pin(s[b]);
                products_begin();
                u64 tile = descriptor(m.keys(k.index), 0);
#pragma unroll
                for (int i = 0; i < T::D / 16; i++) {  // 16 channels are 32 bytes of a panel's rows
                    RowScores<T::KEYS>::add(s[b], x[b][i], tile + (i / 4 * T::KEYS * 128 + i % 4 * 32) / 16, i > 0);
                }
                products_commit();
            }
            turns.pass();
            if (T::BLOCKS > 1) {
                products_wait<1>();
                add_off<T::KEYS>(s[0], terms, keys, scale, sum[0]);
            }
            products_wait<0>();
            add_off<T::KEYS>(s[T::BLOCKS - 1], terms, keys, scale, sum[T::BLOCKS - 1]);
            __syncwarp();
            if (lane == 0) barrier_arrive(m.keys_empty(k.index));
            k.next();
            more = !last || cluster + 1 < work.to;
            if (!last) continue;
#pragma unroll
            for (int b = 0; b < T::BLOCKS; b++) {
                int row = work.row + (group * T::BLOCKS + b) * 64 + warp * 16 + lane / 4;
                float* to = a.sums + ((i64)work.map * a.rows + row) * a.clusters + cluster;
#pragma unroll
                for (int half = 0; half < 2; half++) {
                    float all = sum[b][half] + __shfl_xor_sync(~0u, sum[b][half], 1);
                    all += __shfl_xor_sync(~0u, all, 2);
                    sum[b][half] = 0;
                    if (lane % 4 == 0 && row + 8 * half < a.rows) to[(i64)half * 8 * a.clusters] = all;
                }
            }
        }
    }
}

/** The kernel. `shared`: SHARED bytes. */
template <class T>
DEVICE void cluster_errors(const ClusterError& a, unsigned char* shared) {
    u32 base = shared_address(shared);
    u32 skip = (1024 - base % 1024) % 1024;
    ErrorMemory<T> m{base + skip, shared + skip};
    if (threadIdx.x == 0) {
        barrier_init(m.queries_full(), 1);
        barrier_init(m.queries_empty(), 4 * T::GROUPS);
        for (int i = 0; i < T::STAGES; i++) {
            barrier_init(m.keys_full(i), 1);
            barrier_init(m.keys_empty(i), 4 * T::GROUPS);
        }
        barrier_init_fence();
    }
    __syncthreads();
    if (threadIdx.x < 128) {
        registers_down<56>();
        if (threadIdx.x == 0) copy_for_errors<T>(a, m);
    } else {
        registers_up<T::REGISTERS>();
        add_errors<T>(a, m);
    }
}
