// arch: sm_80 sm_90a sm_120 compute_80
// Which clusters of keys a cluster of queries attends to.
#include "svgen.cuh"
#include "cluster_tile.cuh"

struct Scores {
    Elements queries;       // F32 [maps, rows, d]
    Elements k, v;          // [maps, n, d]
    const int* bounds;      // [maps, stride]
    const int* order;       // [maps, n]
    Elements keys, values;  // F32 [maps, clusters, d] and of all blocks, [maps, stride - 1, d]
    const float* apart;     // [maps, clusters], or absent: sums of |v - vbar|^2
    float* out;             // [maps, rows, clusters]
    int rows, clusters, n, d, stride, first;
    float scale;
};

DEVICE float minus_infinity() { return as_float(0xff800000); }

// scale q k + ln n; or the error of a cluster's mean, where `out` has what cluster_error_sm90.cu has added up. A block
// takes rows of queries and columns of clusters.
KERNEL(256) block_mass(Scores s) {
    __shared__ Tile tile;
    int map = blockIdx.z, row = blockIdx.x * ROWS + threadIdx.x, from = blockIdx.y * COLUMNS;
    auto row_at = [&](int r) {
        int i = blockIdx.x * ROWS + r;
        return i < s.rows ? ((i64)map * s.rows + i) * s.d : -1;
    };
    auto column_at = [&](int c) {
        return from + c < s.clusters ? ((i64)map * s.clusters + from + c) * s.d : -1;
    };
    float dots[COLUMNS];
    tile_dots(tile, s.queries, row_at, s.keys, column_at, s.d, dots);
    const int* bounds = s.bounds + (i64)map * s.stride + s.first;
    for (int c = 0; c < COLUMNS && from + c < s.clusters && row < s.rows; c++) {
        int size = bounds[from + c + 1] - bounds[from + c];
        float* out = s.out + ((i64)map * s.rows + row) * s.clusters + from + c;
        if (!s.apart) {
            *out = s.scale * dots[c] + (size > 0 ? logf((float)size) : minus_infinity());
            continue;
        }
        float off = (*out + s.apart[(i64)map * s.clusters + from + c]) / size;
        *out = size == 0 || off <= 0 ? minus_infinity() : 2 * s.scale * dots[c] + logf(off);
    }
}

// What a token's value has in common with the mean of its cluster: u = v - vbar as |u|^2 and 2 vbar u.
struct Apart {
    float square, along;
};

// Of the token at position p, by a warp.
DEVICE Apart apart(const Scores& s, i64 token, i64 mean) {
    float square = 0, along = 0;
    for (int i = threadIdx.x % 32; i < s.d; i += 32) {
        float vbar = load(s.values, mean + i);
        float u = load(s.v, token + i) - vbar;
        square += u * u;
        along += u * vbar;
    }
    return {warp_sum(square), 2 * warp_sum(along)};
}

// The error of a cluster's mean. A block takes one cluster of keys and rows of queries, and goes through
// the cluster's tokens; a thread keeps the greatest logit, the mean's weight and the sum relative to it:
// |r v - w vbar|^2 = r^2 |u|^2 + 2 r (r - w) vbar u + (r - w)^2 |vbar|^2, which does not cancel.
KERNEL(256) block_error(Scores s) {
    __shared__ Tile tile;
    __shared__ Apart tokens[COLUMNS];
    int map = blockIdx.z, cluster = blockIdx.y, row = blockIdx.x * ROWS + threadIdx.x;
    const int* bounds = s.bounds + (i64)map * s.stride + s.first + cluster;
    const int* order = s.order + (i64)map * s.n;
    int from = bounds[0], to = bounds[1];
    i64 mean = ((i64)map * s.clusters + cluster) * s.d, value = ((i64)map * (s.stride - 1) + s.first + cluster) * s.d;
    auto row_at = [&](int r) {
        int i = blockIdx.x * ROWS + r;
        return i < s.rows ? ((i64)map * s.rows + i) * s.d : -1;
    };
    float dots[COLUMNS];
    tile_dots(tile, s.queries, row_at, s.keys, [&](int c) { return c == 0 ? mean : (i64)-1; }, s.d, dots);
    float most = s.scale * dots[0], weight = 1, sum = 0, square = 0;
    for (int i = 0; i < s.d; i++) {
        float vbar = load(s.values, value + i);
        square += vbar * vbar;
    }
    for (int p = from; p < to; p += COLUMNS) {
        auto token_at = [&](int c) { return ((i64)map * s.n + order[p + c]) * s.d; };
        __syncthreads();
        for (int c = threadIdx.x / 32; c < COLUMNS && p + c < to; c += 8) {
            Apart a = apart(s, token_at(c), value);
            if (threadIdx.x % 32 == 0) tokens[c] = a;
        }
        tile_dots(tile, s.queries, row_at, s.k, [&](int c) { return p + c < to ? token_at(c) : (i64)-1; }, s.d, dots);
        for (int c = 0; c < COLUMNS && p + c < to; c++) {
            float logit = s.scale * dots[c];
            float now = logit > most ? logit : most;
            float factor = expf(most - now);
            weight *= factor;
            most = now;
            float r = expf(logit - now), off = r - weight;
            float term = r * r * tokens[c].square + r * off * tokens[c].along + off * off * square;
            sum = sum * (factor * factor) + term;
        }
    }
    if (row < s.rows) {
        bool none = from == to || sum <= 0;
        s.out[((i64)map * s.rows + row) * s.clusters + cluster] =
            none ? minus_infinity() : 2 * most + logf(sum / (to - from));
    }
}

static const int MOST_CLUSTERS = 4096;

struct Route {
    const float *scores, *masses;  // [maps, rows, clusters]; masses may be absent
    const int* bounds;             // [maps, blocks + 1]
    u32* bits;                     // [maps, query_blocks, words]
    double mass, keys;
    int rows, clusters, blocks, query_blocks, words, first, floor, own;
};

// In the order of numbers as integers, the greatest first; NaN before all. In the lower half the cluster.
DEVICE u64 sort_key(float score, int cluster) {
    u32 bits = score != score ? 0x7fc00000u : *(u32*)&score;
    u32 ascending = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
    return (u64)~ascending << 32 | (u32)cluster;
}

// Sorts `count` clusters by their scores into `keys`, by a bitonic network; `own`, if there is one, comes first.
DEVICE void sort_clusters(u64* keys, const float* scores, int count, int own) {
    int all = 1;
    while (all < count) all *= 2;
    for (int i = threadIdx.x; i < all; i += 256) {
        keys[i] = i == own ? (u64)(u32)i : i < count ? sort_key(scores[i], i) : ~0ull;
    }
    for (int size = 2; size <= all; size *= 2) {
        for (int step = size / 2; step > 0; step /= 2) {
            __syncthreads();
            for (int i = threadIdx.x; i < all; i += 256) {
                int other = i ^ step;
                if (other < i) continue;
                bool up = (i & size) == 0;
                u64 a = keys[i], b = keys[other];
                if ((a > b) == up) {
                    keys[i] = b;
                    keys[other] = a;
                }
            }
        }
    }
    __syncthreads();
}

DEVICE int cluster_of(u64 key) { return (int)(u32)key; }

// How many clusters from the greatest have more than that share of the mass. One thread.
DEVICE int by_mass(const u64* sorted, const float* masses, int count, double share) {
    double most = masses[cluster_of(sorted[0])], sum = 0, part = 0;
    for (int i = 0; i < count; i++) sum += exp((double)masses[cluster_of(sorted[i])] - most);
    for (int i = 0; i < count; i++) {
        part += exp((double)masses[cluster_of(sorted[i])] - most);
        if (part > share * sum) return i + 1;
    }
    return count;
}

// The keys of all threads before this one. All threads call it.
DEVICE int keys_before(int keys) {
    __shared__ int sums[256];
    int t = threadIdx.x;
    sums[t] = keys;
    for (int step = 1; step < 256; step *= 2) {
        __syncthreads();
        int before = t >= step ? sums[t - step] : 0;
        __syncthreads();
        sums[t] += before;
    }
    return sums[t] - keys;
}

// A block a row of queries' blocks.
KERNEL(256) route_blocks(Route r) {
    __shared__ u64 sorted[MOST_CLUSTERS];
    __shared__ u32 words[MOST_CLUSTERS / 32 + 2];
    __shared__ i64 kept;
    __shared__ int end;
    int map = blockIdx.y, row = (int)blockIdx.x - r.first;
    bool clusters = row >= 0 && row < r.rows;
    const int* sizes = r.bounds + (i64)map * (r.blocks + 1) + r.first;
    for (int w = threadIdx.x; w < r.words; w += 256) {
        u32 bits = 0;
        for (int i = 0; i < 32; i++) {
            int j = 32 * w + i;
            bool text = j < r.first || j >= r.first + r.clusters;
            if (j < r.blocks && (!clusters || text)) bits |= 1u << i;
        }
        words[w] = bits;
    }
    if (clusters) {
        i64 at = ((i64)map * r.rows + row) * r.clusters;
        int least = r.floor < 1 ? 1 : r.floor, own = r.own && row < r.clusters ? row : -1;
        if (r.mass > 0 && r.masses) {
            sort_clusters(sorted, r.masses + at, r.clusters, own);
            if (threadIdx.x == 0) {
                int count = by_mass(sorted, r.masses + at, r.clusters, r.mass);
                count = count < r.floor ? r.floor : count;
                kept = 0;
                for (int i = 0; i < count && i < r.clusters; i++) {
                    int j = cluster_of(sorted[i]);
                    kept += sizes[j + 1] - sizes[j];
                }
            }
            __syncthreads();
        }
        sort_clusters(sorted, r.scores + at, r.clusters, own);
        if (threadIdx.x == 0) {
            int count = r.mass > 0 && !r.masses ? by_mass(sorted, r.scores + at, r.clusters, r.mass) : r.clusters;
            end = count < least ? least : count;
        }
        __syncthreads();
        if (r.mass == 0 || r.masses) {
            // A thread has some clusters that follow each other; it knows how many keys those before have.
            int each = (r.clusters + 255) / 256, from = threadIdx.x * each, to = from + each, keys = 0;
            if (to > r.clusters) to = r.clusters;
            for (int i = from; i < to; i++) {
                int j = cluster_of(sorted[i]);
                keys += sizes[j + 1] - sizes[j];
            }
            i64 sum = keys_before(keys);
            for (int i = from; i < to; i++) {
                int j = cluster_of(sorted[i]);
                int size = sizes[j + 1] - sizes[j];
                if (r.mass > 0 ? sum >= kept : sum + size / 2.0 > r.keys) {
                    atomicMin(&end, i < least ? least : i);
                    break;
                }
                sum += size;
            }
            __syncthreads();
        }
        for (int i = threadIdx.x; i < end && i < r.clusters; i += 256) {
            int j = r.first + cluster_of(sorted[i]);
            atomicAdd(words + j / 32, 1u << j % 32);  // each bit once
        }
    }
    __syncthreads();
    u32* bits = r.bits + ((i64)map * r.query_blocks + blockIdx.x) * r.words;
    for (int w = threadIdx.x; w < r.words; w += 256) bits[w] = words[w];
}
