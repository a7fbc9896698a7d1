// arch: sm_90a
// What attention_blocks_sm90.cu needs to know of a map before it begins: groups of queries, and what means of several
// keys add to their scores. And rows of queries, keys and values in the order of their blocks, and means in bf16.
#include "svgen.cuh"

struct BlockTables {
    const int* query_bounds;  // [maps, query blocks + 1]
    const int* bounds;        // [maps, blocks + 1], of keys
    const u32* bits;          // [maps, query blocks, words]
    int* heavy;               // [maps, query blocks]: scratch
    int* groups;              // [maps, most groups, 4]: first query, queries, query block (-1: none), zero
    int* counts;              // [maps]: tiles, of three groups each
    float* bias;              // [maps, pitch]: ln(keys of a block) / scale; minus infinity where there are none
    int queries, query_blocks, blocks, words, most_groups, pitch;
    float scale;
};

/** Of a warp: the sum of the lanes before, and in `total` of all. */
DEVICE int sum_before(int mine, int lane, int& total) {
    int before = 0;
    total = mine;
    for (int i = 1; i < 32; i *= 2) {
        int other = __shfl_xor_sync(0xffffffffu, total, i);
        before += lane & i ? other : 0;
        total += other;
    }
    return before;
}

static const int ROWS = 64;   // of a group
static const int GROUPS = 3;  // of a tile

/** Queries of a block. */
struct QueryRange {
    int from, to;
    DEVICE int groups() const { return (to - from + ROWS - 1) / ROWS; }
};

/** Groups of queries from .. to of a block, from the at-th on. */
DEVICE void put_groups(int* groups, int at, int from, int to, int block) {
    for (; from < to; from += ROWS, at++) {
        groups[4 * at] = from;
        groups[4 * at + 1] = to - from < ROWS ? to - from : ROWS;
        groups[4 * at + 2] = block;
        groups[4 * at + 3] = 0;
    }
}

/** Of a warp: the same of each lane's block, behind `begun` others. Gives how many there are then. */
DEVICE int add_groups(int* groups, int begun, int from, int to, int block, int lane) {
    int total;
    int at = begun + sum_before((to - from + ROWS - 1) / ROWS, lane, total);
    put_groups(groups, at, from, to, block);
    return begun + total;
}

/**
 * Of a warp: what whole tiles leave of blocks. Two groups of a block share a tile with the one of another, as far as
 * there are both: so fewer strangers share keys.
 */
template <class Rest>
DEVICE int add_rests(int* groups, int begun, int blocks, const Rest& rest, int lane) {
    int ones = 0, twos = 0;
    for (int first = 0; first < blocks; first += 32) {
        int n = rest(first + lane).groups(), some;
        sum_before(n == 1, lane, some);
        ones += some;
        sum_before(n == 2, lane, some);
        twos += some;
    }
    int one = 0, two = 0;
    for (int first = 0; first < blocks; first += 32) {
        QueryRange r = rest(first + lane);
        int n = r.groups(), some_ones, some_twos;
        int i = one + sum_before(n == 1, lane, some_ones), j = two + sum_before(n == 2, lane, some_twos);
        one += some_ones;
        two += some_twos;
        int at = n == 2 ? (j < ones ? 3 * j : 3 * ones + 2 * (j - ones)) : (i < twos ? 3 * i + 2 : 3 * twos + i - twos);
        put_groups(groups, begun + at, r.from, r.to, first + lane);
    }
    return begun + ones + 2 * twos;
}

/** The same up to a whole tile, by groups without queries. */
DEVICE int fill_tile(int* groups, int begun, int lane) {
    int missing = (GROUPS - begun % GROUPS) % GROUPS;
    if (lane < missing) {
        int* group = groups + 4 * (begun + lane);
        group[0] = group[1] = group[3] = 0;
        group[2] = -1;
    }
    return begun + missing;
}

/**
 * Grid: maps. Query blocks that attend to half of the key blocks or more come first, since the others must not wait
 * for them at the end. Of each, whole tiles come before what is left of blocks: a tile of one block copies no key in
 * vain.
 */
KERNEL(256) attention_block_tables(const __grid_constant__ BlockTables t) {
    int map = blockIdx.x;
    const int* keys = t.bounds + map * (t.blocks + 1);
    for (int b = threadIdx.x; b < t.pitch; b += blockDim.x) {
        int n = b < t.blocks ? keys[b + 1] - keys[b] : 0;
        t.bias[(i64)map * t.pitch + b] = n > 0 ? logf((float)n) / t.scale : as_float(0xFF800000u);
    }
    int* heavy = t.heavy + map * t.query_blocks;
    for (int b = threadIdx.x; b < t.query_blocks; b += blockDim.x) {
        const u32* bits = t.bits + ((i64)map * t.query_blocks + b) * t.words;
        int listed = 0;
        for (int w = 0; w < t.words; w++) listed += __popc(bits[w]);
        heavy[b] = 2 * listed >= t.blocks;
    }
    __syncthreads();
    if (threadIdx.x >= 32) return;
    int lane = threadIdx.x;
    const int* queries = t.query_bounds + map * (t.query_blocks + 1);
    int* groups = t.groups + (i64)map * t.most_groups * 4;
    int begun = 0;
    for (int pass = 1; pass >= 0; pass--) {
        auto rest = [&](int b) {  // behind whole tiles
            if (b >= t.query_blocks || heavy[b] != pass) return QueryRange{0, 0};
            QueryRange r{queries[b], queries[b + 1]};
            r.from += r.groups() / GROUPS * GROUPS * ROWS;
            return r.from < r.to ? r : QueryRange{r.to, r.to};
        };
        for (int first = 0; first < t.query_blocks; first += 32) {
            int b = first + lane;
            QueryRange r = rest(b);
            int from = b < t.query_blocks && heavy[b] == pass ? queries[b] : r.from;
            begun = add_groups(groups, begun, from, r.from, b, lane);
        }
        begun = add_rests(groups, fill_tile(groups, begun, lane), t.query_blocks, rest, lane);
        begun = fill_tile(groups, begun, lane);
    }
    // What is in no block, before and behind all blocks.
    int from = lane == 1 ? queries[t.query_blocks] : 0;
    int to = lane == 0 ? queries[0] : lane == 1 ? t.queries : 0;
    begun = fill_tile(groups, add_groups(groups, begun, from, to, -1, lane), lane);
    if (lane == 0) t.counts[map] = begun / GROUPS;
}

/** Of queries, keys and values: [batch, heads, tokens, dim], bf16. */
struct BlockPlacement {
    const uint4* from[3];
    uint4* to[3];
    const int* order[3];  // [maps, tokens]: where what stands at a position is stored; null: nothing is moved
    const int* which;     // [batch, heads]: the map of each head; null: a map each
    int tokens[3];
    int row;  // 16-byte pieces of a token: dim / 8
};

/** Grid: any, heads of all batch entries, 3. Reads and writes whole rows. */
KERNEL(256) attention_block_place(const __grid_constant__ BlockPlacement p) {
    int head = blockIdx.y, which = blockIdx.z;
    if (p.order[which] == nullptr) return;
    int tokens = p.tokens[which];
    const int* order = p.order[which] + (i64)(p.which == nullptr ? head : p.which[head]) * tokens;
    const uint4* from = p.from[which] + (i64)head * tokens * p.row;
    uint4* to = p.to[which] + (i64)head * tokens * p.row;
    int rows = blockDim.x / p.row;  // that a block copies at a time
    int piece = threadIdx.x % p.row;
    for (int i = blockIdx.x * rows + threadIdx.x / p.row; i < tokens; i += gridDim.x * rows) {
        to[(i64)i * p.row + piece] = from[(i64)order[i] * p.row + piece];
    }
}

struct BlockMeans {
    Elements from[2];  // [n]
    u16* to[2];        // bf16
    i64 n;
};

/** Means of keys and values in bf16. Grid: any, 2. */
KERNEL(256) attention_block_means(const __grid_constant__ BlockMeans m) {
    const Elements& from = m.from[blockIdx.y];
    for (i64 i = blockIdx.x * (i64)blockDim.x + threadIdx.x; i < m.n; i += (i64)gridDim.x * blockDim.x) {
        m.to[blockIdx.y][i] = float_to_bf16(load(from, i));
    }
}
