// How far off the means of key clusters are, on Hopper: one warp copies query centroids and tiles of keys, three
// warpgroups multiply (wgmma), 64 centroids each, and add up what each key is off. BlockErrorOp has the definition.
//
// With u = v - vbar and e = exp(scale q (k - kbar)) - 1, a key's |w v - w' vbar|^2 over w'^2 is |u|^2 + e (2 u v + e |v|^2):
// nothing cancels, no greatest logit is needed, and the first term is the same for all queries.
#pragma once

#include "attention_variant.cuh"
#include "cluster_arguments.cuh"

/** A tile of keys. */
struct ErrorTile {
    int from, keys;
    int cluster, last;  // of its cluster
};

template <int D_, int STAGES_>
struct ErrorVariant {
    static constexpr int D = D_;
    static constexpr int GROUPS = 3;
    static constexpr int ROWS = 64 * GROUPS;
    static constexpr int KEYS = 64;
    static constexpr int STAGES = STAGES_;
    static constexpr int THREADS = 128 * (GROUPS + 1);
    static constexpr int ROW_BYTES = ROWS * D * 2;
    static constexpr int KEY_BYTES = KEYS * D * 2;
    static constexpr int KEYS_AT = ROW_BYTES;
    static constexpr int TILES = KEYS_AT + STAGES * KEY_BYTES;
    static constexpr int BARRIERS = TILES + STAGES * (int)sizeof(ErrorTile);
    static constexpr int SHARED = BARRIERS + 8 * (2 + 2 * STAGES) + 1024;  // the last to align the first
    static_assert(SHARED <= 232448, "more shared memory than a block may have");
};

/** Addresses in shared memory. */
template <class T>
struct ErrorMemory {
    u32 base;
    unsigned char* bytes;
    DEVICE u32 queries() const { return base; }
    DEVICE u32 keys(u32 slot) const { return base + T::KEYS_AT + slot * T::KEY_BYTES; }
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
        int end = work.from < work.to ? bounds[work.from] : 0;
#pragma unroll 1
        for (int cluster = work.from; cluster < work.to; cluster++) {
            int from = end;
            end = bounds[cluster + 1];
            do {  // of an empty cluster there is a tile without keys
                barrier_wait(m.keys_empty(k.index), k.phase ^ 1);
                ErrorTile& tile = *m.tile(k.index);
                tile.from = from;
                tile.keys = end - from < T::KEYS ? end - from : T::KEYS;
                tile.cluster = cluster;
                tile.last = from + T::KEYS >= end;
                barrier_expect(m.keys_full(k.index), T::KEY_BYTES);
                load_rows(m.keys(k.index), &a.keys, from, work.map, 0, m.keys_full(k.index), EVICT_LAST);
                k.next();
                from += T::KEYS;
            } while (from < end);
        }
    }
}

/** What a cluster's errors need beside its sums, of two rows. */
struct ClusterEnd {
    i64 at;  // of the first row's error
    int size;
    float apart, masses[2];
    ClusterEnd() = default;
    DEVICE ClusterEnd(const ClusterError& a, int map, int cluster, int row) {
        const int* bounds = a.bounds + (i64)map * a.stride + a.first + cluster;
        size = bounds[1] - bounds[0];
        apart = a.apart[(i64)map * a.clusters + cluster];
        at = ((i64)map * a.rows + row) * a.clusters + cluster;
        for (int half = 0; half < 2; half++)
            masses[half] = row + 8 * half < a.rows ? a.masses[at + (i64)half * 8 * a.clusters] : 0;
    }
};

/** One warpgroup: 64 query centroids of each piece of work. */
template <class T>
DEVICE void add_errors(const ClusterError& a, ErrorMemory<T> m) {
    int group = __shfl_sync(~0u, (int)threadIdx.x / 128 - 1, 0);
    int warp = __shfl_sync(~0u, (int)threadIdx.x / 32 % 4, 0), lane = threadIdx.x % 32;
    Slot<1> q;
    Slot<T::STAGES> k;
    float s[T::KEYS / 2];
    float scale = a.scale * 1.44269504f;
    for (ErrorWork<T> work(a); work.next();) {
        barrier_wait(m.queries_full(), q.phase);
        q.next();
        u64 queries = descriptor(m.queries() + group * 64 * 128, 0);
        int row = work.row + group * 64 + warp * 16 + lane / 4;
        float sum[2] = {0, 0};
        bool more = work.from < work.to;
#pragma unroll 1
        while (more) {
            barrier_wait(m.keys_full(k.index), k.phase);
            const ErrorTile* at = m.tile(k.index);
            int from = __shfl_sync(~0u, lane == 0 ? at->from : 0, 0);
            int keys = __shfl_sync(~0u, lane == 0 ? at->keys : 0, 0);
            int cluster = __shfl_sync(~0u, lane == 0 ? at->cluster : 0, 0);
            int last = __shfl_sync(~0u, lane == 0 ? at->last : 0, 0);
            pin(s);
            products_begin();
            u64 tile = descriptor(m.keys(k.index), 0);
#pragma unroll
            for (int i = 0; i < T::D / 16; i++) {  // 16 channels are 32 bytes of a panel's rows
                Scores<T::KEYS>::add(s, queries + (i / 4 * T::ROWS * 128 + i % 4 * 32) / 16,
                                     tile + (i / 4 * T::KEYS * 128 + i % 4 * 32) / 16, i > 0);
            }
            products_commit();
            const float2* terms = a.terms + (i64)work.map * a.n + from + lane % 4 * 2;
            float2 term[T::KEYS / 4];
#pragma unroll
            for (int i = 0; i < T::KEYS / 4; i++) {
                int j = i / 2 * 8 + i % 2;
                term[i] = j + lane % 4 * 2 < keys ? terms[j] : make_float2(0, 0);
            }
            ClusterEnd end{};  // asked for before it is needed
            if (last && lane % 4 == 0) end = ClusterEnd(a, work.map, cluster, row);
            products_wait<0>();
            pin(s);
            if (lane == 0) barrier_arrive(m.keys_empty(k.index));
            k.next();
#pragma unroll
            for (int i = 0; i < T::KEYS / 2; i++) {
                float2 t = term[i / 4 * 2 + i % 2];
                float e = exp2_fast(fminf(s[i] * scale, FARTHEST)) - 1;
                sum[i / 2 % 2] = __fmaf_rn(e, __fmaf_rn(e, t.y, t.x), sum[i / 2 % 2]);
            }
            more = !last || cluster + 1 < work.to;
            if (!last) continue;
#pragma unroll
            for (int half = 0; half < 2; half++) {
                float all = sum[half] + __shfl_xor_sync(~0u, sum[half], 1);
                all += __shfl_xor_sync(~0u, all, 2);
                sum[half] = 0;
                if (lane % 4 == 0 && row + 8 * half < a.rows) {
                    float off = (all + end.apart) / end.size;
                    bool none = end.size == 0 || off <= 0;
                    a.errors[end.at + (i64)half * 8 * a.clusters] =
                            none ? as_float(0xFF800000u) : 2 * (end.masses[half] - logf((float)end.size)) + logf(off);
                }
            }
        }
        if (lane == 0) barrier_arrive(m.queries_empty());
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
        registers_up<152>();
        add_errors<T>(a, m);
    }
}
