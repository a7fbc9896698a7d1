// arch: sm_80 sm_90a sm_120 compute_80
// Attention by maps of blocks in f32 on the ordinary units, with a tail of means if there is one: the
// version that is always right and that faster ones are compared with.
#include "svgen.cuh"
#include "block_map.cuh"
#include "plain_tile.cuh"

struct AttendBlocks {
    Elements q, k, v;      // [B, H, queries or keys, D]
    Elements tail_k, tail_v;  // [B, H, key blocks, D], or of no address
    Elements out;          // [B, queries, H, D]
    BlockMap map;
    int heads, dim;
    float scale;
    int wide;              // rows may be read in fours
};

// Blocks: (tile of rows by position, head). Rows of a tile may belong to several blocks.
KERNEL(THREADS) attend_blocks(AttendBlocks a) {
    SHARED_BYTES(shared);
    __shared__ u32 kept[ROWS];
    __shared__ float bias[KEYS];
    __shared__ int first[2];
    PlainTile tile(shared, a.dim, a.wide);
    int tid = threadIdx.x, ty = tile.ty;
    int head = blockIdx.y, row0 = blockIdx.x * ROWS;
    int map = a.map.map_of(head), queries = a.map.queries.tokens, end = a.map.keys.tokens;
    i64 q_at = (i64)head * queries * a.dim, k_at = (i64)head * end * a.dim;

    for (int r = ty; r < ROWS; r += 16) {
        bool valid = row0 + r < queries;
        i64 from = valid ? q_at + (i64)a.map.queries.stored(map, row0 + r) * a.dim : 0;
        tile.load_vector(a.q, from, tile.qs + r * tile.pitch, valid);
    }
    BlockRanges ranges;
    if (tid < ROWS && row0 + tid < queries) {
        int block = a.map.queries.block_of(map, row0 + tid);
        if (block != NO_BLOCK) ranges = BlockRanges(a.map, map, block);
    }

    int at = 0;
    while (true) {
        // The tile begins with the first key that any row keeps; keys that none keeps are skipped.
        if (tid < ROWS) {
            int next = ranges.next(at);
            for (int i = 16; i > 0; i /= 2) {
                int other = __shfl_xor_sync(0xffffffffu, next, i);
                next = other < next ? other : next;
            }
            if (tid % 32 == 0) first[tid / 32] = next;
        }
        __syncthreads();
        int start = first[0] < first[1] ? first[0] : first[1];
        if (start >= end) break;
        int count = end - start < KEYS ? end - start : KEYS;
        if (tid < ROWS) kept[tid] = ranges.bits(start) & (0xffffffffu >> (32 - count));
        for (int r = ty; r < KEYS; r += 16) {
            bool valid = r < count;
            i64 from = valid ? k_at + (i64)a.map.keys.stored(map, start + r) * a.dim : 0;
            tile.load_vector(a.k, from, tile.ks + r * tile.pitch, valid);
            tile.load_vector(a.v, from, tile.vs + r * tile.pitch, valid);
        }
        __syncthreads();
        tile.add<false>(kept, 0, count, a.scale);
        at = start + KEYS;
    }

    // Each word of bits is a tile of means: of the blocks whose bits are not set.
    int blocks = a.tail_k.at ? a.map.keys.count : 0;
    const int* bounds = a.map.keys.of(map);
    for (int block = 0; block < blocks; block += KEYS) {
        int count = blocks - block < KEYS ? blocks - block : KEYS;
        __syncthreads();
        if (tid < ROWS) {
            u32 others = ranges.count ? ~ranges.words[block / 32] & (0xffffffffu >> (32 - count)) : 0;
            kept[tid] = others;
            bool any = __any_sync(0xffffffffu, others != 0);
            if (tid % 32 == 0) first[tid / 32] = any;
            if (tid < KEYS) {
                int size = tid < count ? bounds[block + tid + 1] - bounds[block + tid] : 0;
                bias[tid] = size > 0 ? logf((float)size) : -INFINITY;
            }
        }
        __syncthreads();
        if (!first[0] && !first[1]) continue;
        for (int r = ty; r < KEYS; r += 16) {
            bool valid = r < count;
            i64 from = valid ? ((i64)head * blocks + block + r) * a.dim : 0;
            tile.load_vector(a.tail_k, from, tile.ks + r * tile.pitch, valid);
            tile.load_vector(a.tail_v, from, tile.vs + r * tile.pitch, valid);
        }
        __syncthreads();
        tile.add<true>(kept, bias, count, a.scale);
    }

#pragma unroll
    for (int i = 0; i < 4; i++) {
        float inverse = tile.inverse(i);
        int row = row0 + ty * 4 + i;
        if (row >= queries) continue;
        i64 token = (i64)(head / a.heads) * queries + a.map.queries.stored(map, row);
        tile.write(a.out, (token * a.heads + head % a.heads) * a.dim, i, inverse);
    }
}
