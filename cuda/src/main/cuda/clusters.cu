// arch: sm_80 sm_90a sm_120 compute_80
// k-means over the tokens of each head. No sum depends on the order in which threads run.
#include "svgen.cuh"
#include "cluster_tile.cuh"
#include "row_means.cuh"

struct Assign {
    Elements x;                        // [maps, n, d]
    Elements centroids, weighed;       // [maps, clusters, d]
    float* squares;                    // [maps, clusters]: of a centroid with itself, weighed
    int* labels;                       // [maps, count]
    int n, d, from, count, clusters, maps;
};

// A warp a centroid.
KERNEL(256) weighed_squares(Assign a) {
    i64 all = (i64)a.maps * a.clusters;
    for (i64 row = (i64)blockIdx.x * 8 + threadIdx.x / 32; row < all; row += (i64)gridDim.x * 8) {
        float sum = 0;
        for (int i = threadIdx.x % 32; i < a.d; i += 32) {
            sum = __fmaf_rn(load(a.centroids, row * a.d + i), load(a.weighed, row * a.d + i), sum);
        }
        sum = warp_sum(sum);
        if (threadIdx.x % 32 == 0) a.squares[row] = sum;
    }
}

// The nearest centroid of each token, the first of equals.
KERNEL(256) assign_clusters(Assign a) {
    __shared__ Tile tile;
    int map = blockIdx.y;
    int token = blockIdx.x * ROWS + threadIdx.x;
    i64 first = ((i64)map * a.n + a.from) * a.d;
    i64 centroids = (i64)map * a.clusters * a.d;
    auto row_at = [&](int r) {
        int i = blockIdx.x * ROWS + r;
        return i < a.count ? first + (i64)i * a.d : -1;
    };
    const float* squares = a.squares + (i64)map * a.clusters;
    int best = 0;
    float least = 0;
    for (int from = 0; from < a.clusters; from += COLUMNS) {
        auto column_at = [&](int c) { return from + c < a.clusters ? centroids + (i64)(from + c) * a.d : -1; };
        float dots[COLUMNS];
        tile_dots(tile, a.x, row_at, a.weighed, column_at, a.d, dots);
        for (int c = 0; c < COLUMNS && from + c < a.clusters; c++) {
            float distance = squares[from + c] - 2 * dots[c];
            if (from + c == 0 || distance < least) {
                best = from + c;
                least = distance;
            }
        }
    }
    if (token < a.count) a.labels[(i64)map * a.count + token] = best;
}

static const int CHUNK = 1024;   // tokens of a block that sorts, a thread each
static const int WINDOW = 4096;  // labels that are counted at once
static const int BEFORE = 8;     // chunks whose counts are asked for at once

struct Group {
    const int* labels;  // [maps, count]
    int* counts;        // [maps, chunks, clusters]: tokens of a label; then how many came before
    int* bounds;        // [maps, blocks + 1]
    int* order;         // [maps, n]
    int count, from, to, n, chunks, clusters, blocks;

    DEVICE int first() const { return from > 0 ? 1 : 0; }

    DEVICE int* counts_of(int map, int chunk) const { return counts + ((i64)map * chunks + chunk) * clusters; }

    // The label of the thread's token of its chunk, or -1.
    DEVICE int label() const {
        int token = blockIdx.x * CHUNK + threadIdx.x;
        return token < count ? labels[(i64)blockIdx.y * count + token] : -1;
    }
};

// How many tokens of each label a chunk has. Sums of integers are the same in any order.
KERNEL(1024) count_labels(Group g) {
    __shared__ int found[WINDOW];
    int* counts = g.counts_of(blockIdx.y, blockIdx.x);
    int label = g.label();
    for (int from = 0; from < g.clusters; from += WINDOW) {
        int there = g.clusters - from < WINDOW ? g.clusters - from : WINDOW;
        for (int c = threadIdx.x; c < there; c += CHUNK) found[c] = 0;
        __syncthreads();
        if (label >= from && label < from + there) atomicAdd(found + label - from, 1);
        __syncthreads();
        for (int c = threadIdx.x; c < there; c += CHUNK) counts[from + c] = found[c];
    }
}

// How many of a label are in the chunks before, and in all. A thread a label.
KERNEL(128) count_before(Group g) {
    int map = blockIdx.y, c = blockIdx.x * 128 + threadIdx.x, sum = 0;
    if (c >= g.clusters) return;
    for (int chunk = 0; chunk < g.chunks; chunk += BEFORE) {
        int there[BEFORE];
#pragma unroll
        for (int i = 0; i < BEFORE; i++) there[i] = chunk + i < g.chunks ? g.counts_of(map, chunk + i)[c] : 0;
#pragma unroll
        for (int i = 0; i < BEFORE; i++) {
            if (chunk + i < g.chunks) g.counts_of(map, chunk + i)[c] = sum;
            sum += there[i];
        }
    }
    g.bounds[(i64)map * (g.blocks + 1) + g.first() + c + 1] = sum;
}

// Where blocks begin, and tokens that have no label. A block a head, a thread some labels that follow each other.
KERNEL(1024) bound_labels(Group g) {
    __shared__ int sums[1024];
    int map = blockIdx.x, t = threadIdx.x, each = (g.clusters + 1023) / 1024, sum = 0;
    int* bounds = g.bounds + (i64)map * (g.blocks + 1) + g.first();
    int from = t * each < g.clusters ? t * each : g.clusters, to = from + each < g.clusters ? from + each : g.clusters;
    for (int c = from; c < to; c++) sum += bounds[c + 1];
    sums[t] = sum;
    for (int step = 1; step < 1024; step *= 2) {
        __syncthreads();
        int before = t >= step ? sums[t - step] : 0;
        __syncthreads();
        sums[t] += before;
    }
    int at = g.from + sums[t] - sum;
    for (int c = from; c < to; c++) bounds[c + 1] = at += bounds[c + 1];
    __syncthreads();
    if (t == 0) {
        bounds[-g.first()] = 0;
        bounds[0] = g.from;
        bounds[g.blocks - g.first()] = g.to;
    }
    int* order = g.order + (i64)map * g.n;
    for (int i = t; i < g.n; i += 1024) {
        if (i < g.from || i >= g.from + g.count) order[i] = i;
    }
}

// Each token goes behind those of its label that come before it: in chunks before, in warps before, in its warp.
KERNEL(1024) place_labels(Group g) {
    __shared__ int found[WINDOW], labels[CHUNK];
    int map = blockIdx.y, warp = threadIdx.x / 32, lane = threadIdx.x % 32, label = g.label();
    labels[threadIdx.x] = label;
    __syncthreads();
    int before = 0, behind = 0;
    for (int i = 0; i < 32; i++) {
        bool same = labels[32 * warp + i] == label;
        before += same && i < lane;
        behind += same && i > lane;
    }
    const int* counts = g.counts_of(map, blockIdx.x);
    const int* bounds = g.bounds + (i64)map * (g.blocks + 1) + g.first();
    for (int from = 0; from < g.clusters; from += WINDOW) {
        int there = g.clusters - from < WINDOW ? g.clusters - from : WINDOW;
        __syncthreads();
        for (int c = threadIdx.x; c < there; c += CHUNK) found[c] = bounds[from + c] + counts[from + c];
        bool mine = label >= from && label < from + there;
        int place = 0;
        for (int turn = 0; turn < CHUNK / 32; turn++) {
            __syncthreads();
            if (turn != warp) continue;
            if (mine) place = found[label - from] + before;
            __syncwarp();
            if (mine && behind == 0) found[label - from] = place + 1;
        }
        if (mine) g.order[(i64)map * g.n + place] = g.from + blockIdx.x * CHUNK + threadIdx.x;
    }
}

struct Means {
    Elements x;         // [maps, n, d]
    const int* bounds;  // [maps, bounds]
    const int* order;   // [maps, n]
    float* centroids;   // [maps, clusters, d]
    int n, d, stride, first, clusters;
};

// A block a cluster.
KERNEL(256) cluster_means(Means m) {
    int map = blockIdx.y;
    const int* bounds = m.bounds + (i64)map * m.stride + m.first + blockIdx.x;
    const int* order = m.order + (i64)map * m.n;
    int from = bounds[0], to = bounds[1];
    if (from == to) return;
    float* out = m.centroids + ((i64)map * m.clusters + blockIdx.x) * m.d;
    auto row_at = [&](int p) { return order[p]; };
    mean_of_rows(m.x, (i64)map * m.n * m.d, row_at, from, to, m.d, [&](int e, float mean) { out[e] = mean; });
}

struct Interact {
    const float *centroids, *others;  // [maps, clusters, d], [maps, rows, d]
    const int* bounds;                // [maps, stride]
    float *metric, *out;              // [maps, d, d], [maps, clusters, d]
    int d, rows, clusters, stride, first;
};

static const int SOME = 8;    // rows of the metric, or centroids, of a block
static const int PARTS = 4;   // of the other side's rows, which groups of 128 threads add up

// A block some rows of the metric. Parts of the other side are added in their order.
KERNEL(512) cluster_metric(Interact a) {
    __shared__ float sums[PARTS][SOME][128];
    int map = blockIdx.y, first = blockIdx.x * SOME, part = threadIdx.x / 128, t = threadIdx.x % 128;
    const float* others = a.others + (i64)map * a.rows * a.d;
    const int* bounds = a.bounds + (i64)map * a.stride + a.first;
    int each = (a.rows + PARTS - 1) / PARTS, from = part * each, to = from + each < a.rows ? from + each : a.rows;
    for (int e0 = 0; e0 < a.d; e0 += 128) {
        int e = e0 + t;
        float sum[SOME] = {};
#pragma unroll 4
        for (int r = from; r < to; r++) {
            const float* other = others + (i64)r * a.d;
            float mine = e < a.d ? other[e] : 0, size = bounds[r + 1] - bounds[r];
#pragma unroll
            for (int i = 0; i < SOME; i++) {
                float weight = first + i < a.d ? size * other[first + i] : 0;
                sum[i] = __fmaf_rn(weight, mine, sum[i]);
            }
        }
        __syncthreads();
#pragma unroll
        for (int i = 0; i < SOME; i++) sums[part][i][t] = sum[i];
        __syncthreads();
        for (int i = part; i < SOME; i += PARTS) {
            float all = sums[0][i][t];
            for (int p = 1; p < PARTS; p++) all += sums[p][i][t];
            if (e < a.d && first + i < a.d) a.metric[((i64)map * a.d + first + i) * a.d + e] = all;
        }
    }
}

// A block some centroids.
KERNEL(128) weigh_centroids(Interact a) {
    int first = blockIdx.x * SOME, there = a.clusters - first < SOME ? a.clusters - first : SOME;
    i64 row = ((i64)blockIdx.y * a.clusters + first) * a.d;
    const float* metric = a.metric + (i64)blockIdx.y * a.d * a.d;
    for (int e = threadIdx.x; e < a.d; e += 128) {
        float sum[SOME] = {};
#pragma unroll 4
        for (int i = 0; i < a.d; i++) {
            float weight = metric[(i64)i * a.d + e];
#pragma unroll
            for (int c = 0; c < SOME; c++) {
                if (c < there) sum[c] = __fmaf_rn(a.centroids[row + c * a.d + i], weight, sum[c]);
            }
        }
#pragma unroll
        for (int c = 0; c < SOME; c++) {
            if (c < there) a.out[row + c * a.d + e] = sum[c];
        }
    }
}
