// arch: sm_80 sm_90a sm_120 compute_80
// k-means over the tokens of each head. No sum depends on the order in which threads run.
#include "svgen.cuh"
#include "cluster_tile.cuh"

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

static const int CHUNK = 1024;  // tokens of a block that sorts

struct Group {
    const int* labels;  // [maps, count]
    int* counts;        // [maps, chunks, clusters]: tokens of a label; then how many came before
    int* bounds;        // [maps, blocks + 1]
    int* order;         // [maps, n]
    int count, from, to, n, chunks, clusters, blocks;
};

// How many tokens of each label a chunk has. Sums of integers are the same in any order.
KERNEL(256) count_labels(Group g) {
    int* counts = g.counts + ((i64)blockIdx.y * g.chunks + blockIdx.x) * g.clusters;
    for (int c = threadIdx.x; c < g.clusters; c += 256) counts[c] = 0;
    __syncthreads();
    const int* labels = g.labels + (i64)blockIdx.y * g.count;
    for (int i = threadIdx.x; i < CHUNK; i += 256) {
        int token = blockIdx.x * CHUNK + i;
        if (token < g.count) atomicAdd(counts + labels[token], 1);
    }
}

// Where blocks begin, and how many of a label are in the chunks before. A block a head.
KERNEL(256) bound_labels(Group g) {
    int map = blockIdx.x;
    int* counts = g.counts + (i64)map * g.chunks * g.clusters;
    int* bounds = g.bounds + (i64)map * (g.blocks + 1);
    int first = g.from > 0 ? 1 : 0;
    for (int c = threadIdx.x; c < g.clusters; c += 256) {
        int sum = 0;
        for (int chunk = 0; chunk < g.chunks; chunk++) {
            int there = counts[(i64)chunk * g.clusters + c];
            counts[(i64)chunk * g.clusters + c] = sum;
            sum += there;
        }
        bounds[first + c + 1] = sum;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        bounds[0] = 0;
        bounds[first] = g.from;
        for (int c = 0; c < g.clusters; c++) bounds[first + c + 1] += bounds[first + c];
        bounds[g.blocks] = g.to;
    }
    int* order = g.order + (i64)map * g.n;
    for (int i = threadIdx.x; i < g.n; i += 256) {
        if (i < g.from || i >= g.from + g.count) order[i] = i;
    }
}

// Each token goes behind those of its label that come before it.
KERNEL(256) place_labels(Group g) {
    __shared__ int labels[CHUNK];
    int map = blockIdx.y;
    for (int i = threadIdx.x; i < CHUNK; i += 256) {
        int token = blockIdx.x * CHUNK + i;
        labels[i] = token < g.count ? g.labels[(i64)map * g.count + token] : -1;
    }
    __syncthreads();
    const int* before = g.counts + ((i64)map * g.chunks + blockIdx.x) * g.clusters;
    const int* bounds = g.bounds + (i64)map * (g.blocks + 1) + (g.from > 0 ? 1 : 0);
    for (int i = threadIdx.x; i < CHUNK; i += 256) {
        int label = labels[i];
        if (label < 0) continue;
        int place = bounds[label] + before[label];
        for (int j = 0; j < i; j++) place += labels[j] == label;
        g.order[(i64)map * g.n + place] = g.from + blockIdx.x * CHUNK + i;
    }
}

struct Means {
    Elements x;         // [maps, n, d]
    const int* bounds;  // [maps, bounds]
    const int* order;   // [maps, n]
    float* centroids;   // [maps, clusters, d]
    int n, d, stride, first, clusters;
};

// A block a cluster, a thread an element.
KERNEL(128) cluster_means(Means m) {
    int map = blockIdx.y;
    const int* bounds = m.bounds + (i64)map * m.stride + m.first + blockIdx.x;
    int from = bounds[0], to = bounds[1];
    if (from == to) return;
    for (int e = threadIdx.x; e < m.d; e += 128) {
        float sum = 0;
        for (int p = from; p < to; p++) {
            sum += load(m.x, ((i64)map * m.n + m.order[(i64)map * m.n + p]) * m.d + e);
        }
        m.centroids[((i64)map * m.clusters + blockIdx.x) * m.d + e] = sum / (to - from);
    }
}

struct Interact {
    const float *centroids, *others;  // [maps, clusters, d], [maps, rows, d]
    const int* bounds;                // [maps, stride]
    float *metric, *out;              // [maps, d, d], [maps, clusters, d]
    int d, rows, clusters, stride, first;
};

// A block a row of the metric.
KERNEL(128) cluster_metric(Interact a) {
    int map = blockIdx.y, i = blockIdx.x;
    const float* others = a.others + (i64)map * a.rows * a.d;
    const int* bounds = a.bounds + (i64)map * a.stride + a.first;
    for (int e = threadIdx.x; e < a.d; e += 128) {
        float sum = 0;
        for (int r = 0; r < a.rows; r++) {
            float weight = (bounds[r + 1] - bounds[r]) * others[(i64)r * a.d + i];
            sum = __fmaf_rn(weight, others[(i64)r * a.d + e], sum);
        }
        a.metric[((i64)map * a.d + i) * a.d + e] = sum;
    }
}

// A block a centroid.
KERNEL(128) weigh_centroids(Interact a) {
    i64 row = ((i64)blockIdx.y * a.clusters + blockIdx.x) * a.d;
    const float* metric = a.metric + (i64)blockIdx.y * a.d * a.d;
    for (int e = threadIdx.x; e < a.d; e += 128) {
        float sum = 0;
        for (int i = 0; i < a.d; i++) sum = __fmaf_rn(a.centroids[row + i], metric[(i64)i * a.d + e], sum);
        a.out[row + e] = sum;
    }
}
