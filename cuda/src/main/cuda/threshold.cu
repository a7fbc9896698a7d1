// arch: sm_80 sm_90a sm_120 compute_80
// Which blocks of keys a block of queries attends to, by the scores of their means.
#include "svgen.cuh"
#include "fours.cuh"

static const int THREADS = 128, ROWS = 16;
static const int MOST_DIM = 128, CHANNELS = 32;  // of keys at a time
static const int GROUPS = 8;                     // of threads that share a head's moments
static const int REACH = 4, STEPS = 256, BINS = 2 * REACH * STEPS;

struct Threshold {
    Elements queries, keys;  // [heads, lists, D] and [heads, blocks, D]: means
    const int* bounds;       // [heads, blocks + 1]
    u32* bits;               // [heads, lists, words]
    float* moments;          // [heads, 2, D]: mean and variance of the means of keys
    u64* pairs;              // [heads, BINS + 1]: of tokens by step; then those that are kept anyhow
    int* edges;              // [heads]: the lowest step that is kept
    int lists, blocks, dim;
    int video_from, video_to, near;
    int together;            // blocks of video whose queries share a list
    int by_density;
    float tau, scale;        // of scores, log2(e) in it
    i64 room;                // pairs of a head that may be kept

    DEVICE int size(int head, int block) const {
        const int* from = bounds + (i64)head * (blocks + 1) + block;
        return from[1] - from[0];
    }

    DEVICE bool text(int block) const { return block < video_from || block >= video_to; }

    // The first block whose queries have a list.
    DEVICE int first(int list) const {
        int in_video = list - video_from, of_video = (video_to - video_from + together - 1) / together;
        if (in_video < 0) return list;
        return in_video < of_video ? video_from + together * in_video : video_to + in_video - of_video;
    }
};

// What the groups found for a channel, added in their order.
DEVICE float over_groups(float (&found)[GROUPS][MOST_DIM], float mine) {
    int group = threadIdx.x / MOST_DIM, d = threadIdx.x % MOST_DIM;
    __syncthreads();
    found[group][d] = mine;
    __syncthreads();
    float sum = 0;
    for (int g = 0; g < GROUPS; g++) sum += found[g][d];
    return sum;
}

// Blocks: one a head. A thread has a channel of each GROUPS-th block of keys.
KERNEL(1024) block_moments(Threshold a) {
    __shared__ float found[GROUPS][MOST_DIM];
    int head = blockIdx.x, group = threadIdx.x / MOST_DIM, d = threadIdx.x % MOST_DIM;
    for (int i = threadIdx.x; i <= BINS; i += GROUPS * MOST_DIM) a.pairs[(i64)head * (BINS + 1) + i] = 0;
    i64 at = (i64)head * a.blocks * a.dim + d;
    float sum = 0, there = 0, squares = 0;
    for (int j = group; j < a.blocks; j += GROUPS) {
        if (d >= a.dim || a.size(head, j) == 0) continue;
        sum += load(a.keys, at + (i64)j * a.dim);
        there++;
    }
    sum = over_groups(found, sum);
    there = over_groups(found, there);
    float mean = there > 0 ? sum / there : 0;
    for (int j = group; j < a.blocks; j += GROUPS) {
        if (d >= a.dim || a.size(head, j) == 0) continue;
        float away = load(a.keys, at + (i64)j * a.dim) - mean;
        squares += away * away;
    }
    squares = over_groups(found, squares);
    if (group == 0 && d < a.dim) {
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

// ROWS lists of queries of a head, and some channels of THREADS blocks of keys, in shared memory.
struct Rows {
    __align__(16) float q[ROWS][MOST_DIM];
    float middle[ROWS], deviation[ROWS];
    int near_from[ROWS], near_to[ROWS];  // blocks of keys that a list has whatever they score, beside text
    int queries[ROWS];                   // of a list
    float k[THREADS][CHANNELS + 1];  // threads read different banks

    DEVICE bool near(int row, int key) const { return key >= near_from[row] && key < near_to[row]; }
};

DEVICE void load_rows(const Threshold& a, int head, int row0, Rows& rows) {
    int list = row0 + threadIdx.x;
    if (threadIdx.x < ROWS && list < a.lists) {
        const int* bounds = a.bounds + (i64)head * (a.blocks + 1);
        int from = a.first(list), to = a.first(list + 1);
        rows.near_from[threadIdx.x] = a.text(from) ? 0 : from - a.near;
        rows.near_to[threadIdx.x] = a.text(from) ? a.blocks : to + a.near;
        rows.queries[threadIdx.x] = bounds[to] - bounds[from];
    }
    const float* moments = a.moments + (i64)head * 2 * a.dim;
    int lane = threadIdx.x % 32;
    for (int r = threadIdx.x / 32; r < ROWS; r += THREADS / 32) {
        float middle = 0, spread = 0;
        for (int d = lane; d < MOST_DIM; d += 32) {
            float q = 0;
            if (d < a.dim && row0 + r < a.lists) q = load(a.queries, ((i64)head * a.lists + row0 + r) * a.dim + d);
            rows.q[r][d] = q;
            if (d >= a.dim) continue;
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

// Some channels of THREADS blocks of keys; zeros where there are none.
DEVICE void load_keys(const Threshold& a, int head, int key0, int d0, Rows& rows) {
#pragma unroll 1
    for (int i = threadIdx.x; i < THREADS * CHANNELS; i += THREADS) {
        int key = key0 + i / CHANNELS, d = d0 + i % CHANNELS;
        bool there = key < a.blocks && d < a.dim;
        rows.k[i / CHANNELS][i % CHANNELS] = there ? load(a.keys, ((i64)head * a.blocks + key) * a.dim + d) : 0;
    }
}

// The same, by fours.
template <class Kind>
DEVICE void load_keys(const Threshold& a, int head, int key0, int d0, Rows& rows) {
    const int FOURS = CHANNELS / 4, TOGETHER = 4;
#pragma unroll 1
    for (int at = threadIdx.x; at < THREADS * FOURS; at += TOGETHER * THREADS) {
        int d = at % FOURS * 4;  // the same for all, as THREADS is a multiple of FOURS
        int key = key0 + at / FOURS;
        bool inside = d0 + d < a.dim;
        i64 from = ((i64)head * a.blocks + key) * a.dim + d0 + d;
        Kind four[TOGETHER];
#pragma unroll
        for (int i = 0; i < TOGETHER; i++) {
            if (inside && key + i * (THREADS / FOURS) < a.blocks) four[i].ask(a.keys, from + i * (THREADS / FOURS) * a.dim, 4);
        }
#pragma unroll
        for (int i = 0; i < TOGETHER; i++) {
            bool there = inside && key + i * (THREADS / FOURS) < a.blocks;
            Four f = four[i].floats();
            for (int j = 0; j < 4; j++) rows.k[at / FOURS + i * (THREADS / FOURS)][d + j] = there ? f.v[j] : 0;
        }
    }
}

// Block key0 + the thread's number of keys, in standard deviations. All threads call it.
DEVICE void score(const Threshold& a, int head, int key0, Rows& rows, float (&z)[ROWS]) {
    float products[ROWS] = {};
    bool fours = by_fours(a.keys, a.dim);
    for (int d0 = 0; d0 < a.dim; d0 += CHANNELS) {
        __syncthreads();
        if (fours && a.keys.type == BF16) load_keys<FourBf16>(a, head, key0, d0, rows);
        else if (fours && a.keys.type == F32) load_keys<FourF32>(a, head, key0, d0, rows);
        else load_keys(a, head, key0, d0, rows);
        __syncthreads();
        int channels = a.dim - d0 < CHANNELS ? a.dim - d0 : CHANNELS;
#pragma unroll 1
        for (int d = 0; d < channels; d += 4) {  // behind the last channel there are zeros
            float k[4];
#pragma unroll
            for (int i = 0; i < 4; i++) k[i] = rows.k[threadIdx.x][d + i];
#pragma unroll
            for (int r = 0; r < ROWS; r++) {
                float4 q = *(const float4*)&rows.q[r][d0 + d];
                products[r] += q.x * k[0];
                products[r] += q.y * k[1];
                products[r] += q.z * k[2];
                products[r] += q.w * k[3];
            }
        }
    }
#pragma unroll
    for (int r = 0; r < ROWS; r++) z[r] = (a.scale * products[r] - rows.middle[r]) / rows.deviation[r];
}

// A sum of 64 bits in shared memory by its halves: there an addition of 32 bits is one instruction.
DEVICE void add(u32* low, u32* high, u64 more) {
    u32 part = (u32)more;
    u32 before = atomicAdd(low, part);
    u32 carried = (u32)(more >> 32) + (before + part < before ? 1 : 0);
    if (carried > 0) atomicAdd(high, carried);
}

// Blocks: (ROWS lists, head). Counts are whole numbers, which add up in any order.
KERNEL(128) count_scores(Threshold a) {
    __shared__ Rows rows;
    __shared__ u32 low[BINS + 1], high[BINS + 1];
    int head = blockIdx.y, row0 = blockIdx.x * ROWS;
    for (int i = threadIdx.x; i <= BINS; i += THREADS) low[i] = high[i] = 0;
    load_rows(a, head, row0, rows);
    for (int j0 = 0; j0 < a.blocks; j0 += THREADS) {
        float z[ROWS];
        score(a, head, j0, rows, z);
        int j = j0 + threadIdx.x;
        if (j >= a.blocks) continue;
        int keys = a.size(head, j);
        for (int r = 0; r < ROWS; r++) {
            int i = row0 + r;
            if (i >= a.lists) break;
            u64 there = (u64)rows.queries[r] * keys;
            int bin = a.text(j) || rows.near(r, j) ? BINS : step_of(z[r]);
            if (there > 0) add(low + bin, high + bin, there);
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i <= BINS; i += THREADS) {
        u64 count = (u64)high[i] << 32 | low[i];
        if (count > 0) atomicAdd(&a.pairs[(i64)head * (BINS + 1) + i], count);
    }
}

// Blocks: one a head. The lowest step from which on there is room for all pairs.
KERNEL(128) choose_edges(Threshold a) {
    const int STEPS_EACH = BINS / THREADS;
    __shared__ u64 sums[THREADS];
    __shared__ int edges[THREADS];
    int t = threadIdx.x, from = t * STEPS_EACH, edge = BINS;
    const u64* pairs = a.pairs + (i64)blockIdx.x * (BINS + 1);
    i64 room = a.room - (i64)pairs[BINS];
    u64 mine = 0;
    for (int i = 0; i < STEPS_EACH; i++) mine += pairs[from + i];
    sums[t] = mine;
    __syncthreads();
    i64 kept = 0;
    for (int i = t + 1; i < THREADS; i++) kept += (i64)sums[i];
    for (int i = STEPS_EACH - 1; i >= 0; i--) {
        kept += (i64)pairs[from + i];
        if (kept <= room) edge = from + i;
    }
    edges[t] = edge;
    __syncthreads();
    if (t == 0) {
        for (int i = 0; i < THREADS; i++) edge = edges[i] < edge ? edges[i] : edge;
        a.edges[blockIdx.x] = edge;
    }
}

// Blocks: (ROWS lists, head). A warp has a word of each row.
KERNEL(128) threshold_blocks(Threshold a) {
    __shared__ Rows rows;
    int head = blockIdx.y, row0 = blockIdx.x * ROWS, words = (a.blocks + 31) / 32;
    load_rows(a, head, row0, rows);
    int edge = a.by_density ? a.edges[head] : 0;
    for (int j0 = 0; j0 < words * 32; j0 += THREADS) {
        float z[ROWS];
        score(a, head, j0, rows, z);
        int j = j0 + threadIdx.x;
        bool there = j < a.blocks && a.size(head, j) > 0;
        for (int r = 0; r < ROWS; r++) {
            bool high = a.by_density ? step_of(z[r]) >= edge : z[r] > a.tau;
            u32 word = there && (high || a.text(j) || rows.near(r, j)) ? 1u << j % 32 : 0;
            for (int i = 16; i > 0; i /= 2) word |= __shfl_xor_sync(0xffffffffu, word, i);
            if (j % 32 == 0 && j < words * 32 && row0 + r < a.lists) {
                a.bits[((i64)head * a.lists + row0 + r) * words + j / 32] = word;
            }
        }
    }
}
