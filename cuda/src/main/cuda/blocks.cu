// arch: sm_80 sm_90a sm_120 compute_80
// What is computed of blocks of tokens beside attention.
#include "svgen.cuh"
#include "block_map.cuh"
#include "row_means.cuh"

static const int THREADS = 128;

struct Means {
    Elements x;        // [heads, tokens, D]
    Elements out;      // [heads, blocks, D]
    TokenBlocks blocks;
    const int* which;  // [heads], or null
    int maps, dim;
};

// Blocks: (block of tokens, head).
KERNEL(256) block_means(Means a) {
    int block = blockIdx.x, head = blockIdx.y;
    BlockMap maps = {a.blocks, a.blocks, 0, a.which, a.maps, 0};
    int map = maps.map_of(head);
    int from = a.blocks.of(map)[block], to = a.blocks.of(map)[block + 1];
    i64 out = ((i64)head * a.blocks.count + block) * a.dim;
    auto row_at = [&](int p) { return a.blocks.stored(map, p); };
    mean_of_rows(a.x, (i64)head * a.blocks.tokens * a.dim, row_at, from, to, a.dim, [&](int e, float mean) { store(a.out, out + e, from < to ? mean : 0); });
}

struct Density {
    BlockMap map;
    float* out;  // [heads]
};

// Blocks: one a head. Pairs are whole numbers, whose sum has no order.
KERNEL(128) block_density(Density a) {
    __shared__ i64 sums[THREADS];
    int head = blockIdx.x, map = a.map.map_of(head);
    const int *queries = a.map.queries.of(map), *keys = a.map.keys.of(map);
    i64 sum = 0;
    for (int c = threadIdx.x; c < a.map.queries.count; c += THREADS) {
        const u32* words = a.map.row(map, c);
        int kept = 0;
        for (int j = 0; j < a.map.keys.count; j++) {
            if (words[j / 32] >> j % 32 & 1) kept += keys[j + 1] - keys[j];
        }
        sum += (i64)(queries[c + 1] - queries[c]) * kept;
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.x == 0) {
        i64 all = 0;
        for (int i = 0; i < THREADS; i++) all += sums[i];
        a.out[head] = (float)(all / ((double)a.map.queries.tokens * a.map.keys.tokens));
    }
}
