// arch: sm_80 sm_90a sm_120 compute_80
// Which pattern of blocks a head attends in, by the attention of sampled queries.
#include "svgen.cuh"
#include "cluster_tile.cuh"

static const int THREADS = 256;

DEVICE float minus_infinity() { return as_float(0xff800000); }

struct Shares {
    Elements q, k;      // [maps, n, d]
    const int* rows;    // [count]
    const int* bounds;  // [maps, blocks + 1]
    float* out;         // [maps, count, blocks]
    int count, blocks, n, d;
    float scale;
};

// The logarithm of what sampled queries give a block of keys. A thread has a query.
KERNEL(256) block_logs(Shares s) {
    __shared__ Tile tile;
    int map = blockIdx.z, block = blockIdx.y, row = blockIdx.x * ROWS + threadIdx.x;
    const int* bounds = s.bounds + (i64)map * (s.blocks + 1) + block;
    int from = bounds[0], to = bounds[1];
    auto row_at = [&](int r) {
        int i = blockIdx.x * ROWS + r;
        return i < s.count ? ((i64)map * s.n + s.rows[i]) * s.d : -1;
    };
    float dots[COLUMNS], most = minus_infinity(), sum = 0;
    for (int t = from; t < to; t += COLUMNS) {
        auto column_at = [&](int c) { return t + c < to ? ((i64)map * s.n + t + c) * s.d : (i64)-1; };
        tile_dots(tile, s.q, row_at, s.k, column_at, s.d, dots);
        for (int c = 0; c < COLUMNS && t + c < to; c++) {
            float logit = s.scale * dots[c];
            float now = logit > most ? logit : most;
            sum = sum * expf(most - now) + expf(logit - now);
            most = now;
        }
    }
    if (row < s.count) {
        s.out[((i64)map * s.count + row) * s.blocks + block] = from < to ? most + logf(sum) : minus_infinity();
    }
}

// Of all threads, in one order.
template <class T, class Join>
DEVICE T joined(T* all, T own, const Join& join) {
    __syncthreads();
    all[threadIdx.x] = own;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) all[threadIdx.x] = join(all[threadIdx.x], all[threadIdx.x + half]);
    }
    __syncthreads();
    return all[0];
}

// Logarithms become shares. Blocks: one a sampled query of a head.
KERNEL(256) row_shares(Shares s) {
    __shared__ float maxima[THREADS];
    __shared__ double sums[THREADS];
    float* logs = s.out + ((i64)blockIdx.y * s.count + blockIdx.x) * s.blocks;
    float most = minus_infinity();
    for (int j = threadIdx.x; j < s.blocks; j += THREADS) most = logs[j] > most ? logs[j] : most;
    most = joined(maxima, most, [](float a, float b) { return a > b ? a : b; });
    double sum = 0;
    for (int j = threadIdx.x; j < s.blocks; j += THREADS) sum += expf(logs[j] - most);
    sum = joined(sums, sum, [](double a, double b) { return a + b; });
    for (int j = threadIdx.x; j < s.blocks; j += THREADS) logs[j] = (float)(expf(logs[j] - most) / sum);
}

struct Lines {
    const float* shares;  // [maps, rows, count]
    const int* blocks;    // [rows]
    float* lines;         // [maps, 3 count - 1]
    float* scores;        // [maps, count, count]
    int rows, count;
};

// What a half of the sample says of a line: a vertical, or a slash so far from a query's block.
DEVICE float half_worth(const Lines& s, const float* shares, int from, bool vertical, int line) {
    float sum = 0;
    int met = 0;
    for (int r = from; r < s.rows; r += 4) {
        int j = vertical ? line : s.blocks[r] + line;
        if (j < 0 || j >= s.count) continue;
        sum += shares[(i64)r * s.count + j];
        met++;
    }
    return met == 0 ? 0 : sum / met;
}

// A thread has a line.
KERNEL(256) line_worth(Lines s) {
    int i = blockIdx.x * THREADS + threadIdx.x, all = 3 * s.count - 1;
    if (i >= all) return;
    const float* shares = s.shares + (i64)blockIdx.y * s.rows * s.count;
    bool vertical = i < s.count;
    int line = vertical ? i : i - (2 * s.count - 1);
    float a = half_worth(s, shares, 0, vertical, line), b = half_worth(s, shares, 2, vertical, line);
    s.lines[(i64)blockIdx.y * all + i] = a < b ? a : b;
}

// Blocks: one a block of queries of a head.
KERNEL(256) line_scores(Lines s) {
    const float* lines = s.lines + (i64)blockIdx.y * (3 * s.count - 1);
    const float* slashes = lines + 2 * s.count - 1 - (int)blockIdx.x;
    float* scores = s.scores + ((i64)blockIdx.y * s.count + blockIdx.x) * s.count;
    for (int j = threadIdx.x; j < s.count; j += THREADS) {
        float vertical = lines[j], slash = slashes[j];
        scores[j] = vertical > slash ? vertical : slash;
    }
}

struct Choice {
    const float* shares;  // [maps, rows, count]
    const int* blocks;    // [rows]
    const u32* bits;      // [patterns * stride, all, words]
    int* which;           // [maps]
    int rows, count, patterns, stride, all, words, first;
};

// Blocks: one a head.
KERNEL(256) choose_maps(Choice s) {
    __shared__ double sums[THREADS];
    int map = blockIdx.x, best = 0;
    double most = -1;
    const float* shares = s.shares + (i64)map * s.rows * s.count;
    for (int p = 0; p < s.patterns; p++) {
        const u32* bits = s.bits + (i64)(p * s.stride + map) * s.all * s.words;
        double kept = 0;
        for (int r = 1; r < s.rows; r += 2) {
            const u32* row = bits + (i64)(s.first + s.blocks[r]) * s.words;
            for (int j = threadIdx.x; j < s.count; j += THREADS) {
                int at = s.first + j;
                if (row[at / 32] >> at % 32 & 1) kept += shares[(i64)r * s.count + j];
            }
        }
        kept = joined(sums, kept, [](double a, double b) { return a + b; });
        if (kept > most) {
            most = kept;
            best = p;
        }
    }
    if (threadIdx.x == 0) s.which[map] = best * s.stride + map;
}
