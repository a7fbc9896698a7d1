// arch: sm_80 sm_90a sm_120 compute_80
// Which blocks of keys a block of queries attends to, by the scores of their means.
#include "svgen.cuh"

static const int THREADS = 128, ROWS = 8;
static const int MOST_DIM = 128;
static const int REACH = 4, STEPS = 256, BINS = 2 * REACH * STEPS;

struct Threshold {
    Elements queries, keys;  // [heads, blocks, D]: means
    const int* bounds;       // [heads, blocks + 1]
    u32* bits;               // [heads, blocks, words]
    float* moments;          // [heads, 2, D]: mean and variance of the means of keys
    u64* pairs;              // [heads, BINS + 1]: of tokens by step; then those that are kept anyhow
    int* edges;              // [heads]: the lowest step that is kept
    int blocks, dim;
    int video_from, video_to, near;
    int by_density;
    float tau, scale;        // of scores, log2(e) in it
    i64 room;                // pairs of a head that may be kept

    DEVICE int size(int head, int block) const {
        const int* from = bounds + (i64)head * (blocks + 1) + block;
        return from[1] - from[0];
    }

    DEVICE bool text(int block) const { return block < video_from || block >= video_to; }

    DEVICE bool always(int i, int j) const {
        int apart = i < j ? j - i : i - j;
        return text(i) || text(j) || apart <= near;
    }
};

// Blocks: one a head. A thread has a channel.
KERNEL(128) block_moments(Threshold a) {
    int head = blockIdx.x;
    for (int i = threadIdx.x; i <= BINS; i += THREADS) a.pairs[(i64)head * (BINS + 1) + i] = 0;
    for (int d = threadIdx.x; d < a.dim; d += THREADS) {
        i64 at = (i64)head * a.blocks * a.dim + d;
        float sum = 0, squares = 0;
        int there = 0;
        for (int j = 0; j < a.blocks; j++) {
            if (a.size(head, j) == 0) continue;
            sum += load(a.keys, at + (i64)j * a.dim);
            there++;
        }
        float mean = there > 0 ? sum / there : 0;
        for (int j = 0; j < a.blocks; j++) {
            float away = load(a.keys, at + (i64)j * a.dim) - mean;
            if (a.size(head, j) > 0) squares += away * away;
        }
        float* to = a.moments + (i64)head * 2 * a.dim + d;
        to[0] = mean;
        to[a.dim] = there > 0 ? squares / there : 0;
    }
}

// The step that a score is in; NaN is in the lowest.
DEVICE int step_of(float z) {
    float at = (z + REACH) * STEPS;
    return at >= BINS - 1 ? BINS - 1 : at > 0 ? (int)at : 0;
}

// ROWS blocks of queries of a head, in shared memory.
struct Rows {
    float q[ROWS][MOST_DIM];
    float middle[ROWS], deviation[ROWS];
};

DEVICE void load_rows(const Threshold& a, int head, int row0, Rows& rows) {
    const float* moments = a.moments + (i64)head * 2 * a.dim;
    int lane = threadIdx.x % 32;
    for (int r = threadIdx.x / 32; r < ROWS; r += THREADS / 32) {
        float middle = 0, spread = 0;
        for (int d = lane; d < a.dim; d += 32) {
            float q = 0;
            if (row0 + r < a.blocks) q = load(a.queries, ((i64)head * a.blocks + row0 + r) * a.dim + d);
            rows.q[r][d] = q;
            middle += q * moments[d];
            spread += q * q * moments[a.dim + d];
        }
        middle = warp_sum(middle);
        spread = warp_sum(spread);
        if (lane == 0) {
            rows.middle[r] = a.scale * middle;
            rows.deviation[r] = sqrtf(a.scale * a.scale * spread + 1e-6f);
        }
    }
    __syncthreads();
}

// The thread's block of keys, in standard deviations.
DEVICE void score(const Threshold& a, int head, int key, const Rows& rows, float (&z)[ROWS]) {
    float products[ROWS] = {};
    i64 at = ((i64)head * a.blocks + key) * a.dim;
    for (int d = 0; d < a.dim; d++) {
        float k = load(a.keys, at + d);
#pragma unroll
        for (int r = 0; r < ROWS; r++) products[r] += rows.q[r][d] * k;
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) z[r] = (a.scale * products[r] - rows.middle[r]) / rows.deviation[r];
}

// Blocks: (ROWS blocks of queries, head). Counts are whole numbers, which add up in any order.
KERNEL(128) count_scores(Threshold a) {
    __shared__ Rows rows;
    __shared__ u64 counts[BINS + 1];
    int head = blockIdx.y, row0 = blockIdx.x * ROWS;
    for (int i = threadIdx.x; i <= BINS; i += THREADS) counts[i] = 0;
    load_rows(a, head, row0, rows);
    for (int j = threadIdx.x; j < a.blocks; j += THREADS) {
        float z[ROWS];
        score(a, head, j, rows, z);
        int keys = a.size(head, j);
        for (int r = 0; r < ROWS; r++) {
            int i = row0 + r;
            if (i >= a.blocks) break;
            u64 there = (u64)a.size(head, i) * keys;
            if (there > 0) atomicAdd(&counts[a.always(i, j) ? BINS : step_of(z[r])], there);
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i <= BINS; i += THREADS) {
        if (counts[i] > 0) atomicAdd(&a.pairs[(i64)head * (BINS + 1) + i], counts[i]);
    }
}

// A thread a head.
KERNEL(128) choose_edges(Threshold a, int heads) {
    for (i64 head = thread_index(); head < heads; head += thread_count()) {
        const u64* pairs = a.pairs + head * (BINS + 1);
        i64 room = a.room - (i64)pairs[BINS];
        int edge = BINS;
        while (edge > 0 && (i64)pairs[edge - 1] <= room) {
            edge--;
            room -= (i64)pairs[edge];
        }
        a.edges[head] = edge;
    }
}

// Blocks: (ROWS blocks of queries, head). A warp has a word of each row.
KERNEL(128) threshold_blocks(Threshold a) {
    __shared__ Rows rows;
    int head = blockIdx.y, row0 = blockIdx.x * ROWS, words = (a.blocks + 31) / 32;
    load_rows(a, head, row0, rows);
    int edge = a.by_density ? a.edges[head] : 0;
    for (int j = threadIdx.x; j < words * 32; j += THREADS) {
        bool there = j < a.blocks && a.size(head, j) > 0;
        float z[ROWS] = {};
        if (there) score(a, head, j, rows, z);
        for (int r = 0; r < ROWS; r++) {
            bool high = a.by_density ? step_of(z[r]) >= edge : z[r] > a.tau;
            u32 word = there && (high || a.always(row0 + r, j)) ? 1u << j % 32 : 0;
            for (int i = 16; i > 0; i /= 2) word |= __shfl_xor_sync(0xffffffffu, word, i);
            if (j % 32 == 0 && row0 + r < a.blocks) {
                a.bits[((i64)head * a.blocks + row0 + r) * words + j / 32] = word;
            }
        }
    }
}
