// Attention over key patterns in f32 on the ordinary units: the version that is always right and that
// faster ones are compared with.
#include "svgen.cuh"
#include "key_pattern.cuh"
#include "plain_tile.cuh"

struct Attend {
    Elements q, k, v;    // [B, H, queries or keys, D]
    Elements out;        // [B, queries, H, D]
    const int* plan;
    const int* kinds;    // [B, H], or null: all of kind 0
    int heads, queries, keys, dim;
    float scale;
    int wide;            // rows may be read in fours
};

// Blocks: (tile of rows, head).
KERNEL(THREADS) attend(Attend a) {
    SHARED_BYTES(shared);
    __shared__ u32 kept[ROWS];
    __shared__ int first[2];
    PlainTile tile(shared, a.dim, a.wide);
    int tid = threadIdx.x, ty = tile.ty;
    int head = blockIdx.y, row0 = blockIdx.x * ROWS;
    int which = a.kinds ? a.kinds[head] : 0;
    Kind kind = kind_of(a.plan, clamp(which, 0, a.plan[0] - 1));
    i64 q_at = (i64)head * a.queries * a.dim, k_at = (i64)head * a.keys * a.dim;
    int at = 0, end = a.keys;

    for (int r = ty; r < ROWS; r += 16) {
        bool valid = row0 + r < a.queries;
        i64 from = valid ? q_at + (i64)stored(kind, row0 + r) * a.dim : 0;
        tile.load_vector(a.q, from, tile.qs + r * tile.pitch, valid);
    }
    KeyRanges ranges;
    if (tid < ROWS && row0 + tid < a.queries) ranges = KeyRanges(a.plan, kind, row0 + tid);

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
            i64 from = valid ? k_at + (i64)stored(kind, start + r) * a.dim : 0;
            tile.load_vector(a.k, from, tile.ks + r * tile.pitch, valid);
            tile.load_vector(a.v, from, tile.vs + r * tile.pitch, valid);
        }
        __syncthreads();
        tile.add<false>(kept, 0, count, a.scale);
        at = start + KEYS;
    }

#pragma unroll
    for (int i = 0; i < 4; i++) {
        float inverse = tile.inverse(i);
        int row = row0 + ty * 4 + i;
        if (row >= a.queries) continue;
        i64 token = (i64)(head / a.heads) * a.queries + stored(kind, row);
        tile.write(a.out, (token * a.heads + head % a.heads) * a.dim, i, inverse);
    }
}

// Rows and columns of a tile of `biased_attention`, and the queries that a warp has at most.
static const int TILE = 32, WIDTH = 64, PITCH = WIDTH + 4, EACH = 4;

// Columns d0 and on of `count` rows of [N, H, D], `step` elements apart, to `rows` rows; zeros beyond
// both. All 128 threads of a block read neighbouring elements.
DEVICE void load_tile(const Elements& from, i64 at, i64 step, int count, int rows, int columns, int wide,
                      float* to) {
    int d = 4 * (threadIdx.x % 16);
#pragma unroll 4
    for (int r = threadIdx.x / 16; r < rows; r += 8) {
        Four f = {};
        if (r < count && wide) {
            if (d < columns) f = load4(from, at + r * step + d);
        } else if (r < count) {
            for (int j = 0; j < 4; j++) {
                if (d + j < columns) f.v[j] = load(from, at + r * step + d + j);
            }
        }
        *(float4*)(to + r * PITCH + d) = make_float4(f.v[0], f.v[1], f.v[2], f.v[3]);
    }
}

// out[n, h] = softmax(scale q k^T + bias[h]) v for [N, H, D] of few tokens. A warp has `each` queries of
// a head, and their scores are in shared memory. All warps of a block share tiles of keys and values.
// Sums are those of one query by itself, in the same order.
KERNEL(128)
biased_attention(Elements q, Elements k, Elements v, const float* bias, Elements out, int n, int heads,
                 int dim, float scale, int each, int wide) {
    SHARED_BYTES(shared);
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32, head = blockIdx.y;
    int queries = 4 * each, query0 = blockIdx.x * queries;
    i64 step = (i64)heads * dim, at = (i64)head * dim;
    float* tile = (float*)shared;
    float* qs = tile + TILE * PITCH;
    float* first = qs + queries * PITCH + warp * each * n;
    const float* mine[EACH];
    float* scores[EACH];
#pragma unroll
    for (int i = 0; i < EACH; i++) {  // those that a warp does not have repeat its first
        int own = i < each ? i : 0;
        mine[i] = qs + (warp * each + own) * PITCH;
        scores[i] = first + own * n;
    }

    for (int d0 = 0; d0 < dim; d0 += WIDTH) {
        int columns = dim - d0 < WIDTH ? dim - d0 : WIDTH;
        for (int j0 = 0; j0 < n; j0 += TILE) {
            __syncthreads();
            if (j0 == 0) {
                load_tile(q, query0 * step + at + d0, step, n - query0, queries, columns, wide, qs);
            }
            load_tile(k, j0 * step + at + d0, step, n - j0, TILE, columns, wide, tile);
            __syncthreads();
            bool valid = j0 + lane < n;
            float s[EACH];
#pragma unroll
            for (int i = 0; i < EACH; i++) s[i] = d0 > 0 && valid ? scores[i][j0 + lane] : 0;
            for (int d = 0; d < columns; d += 4) {
                float4 key = *(float4*)(tile + lane * PITCH + d);
#pragma unroll
                for (int i = 0; i < EACH; i++) {
                    float4 x = *(const float4*)(mine[i] + d);
                    s[i] += x.x * key.x;
                    s[i] += x.y * key.y;
                    s[i] += x.z * key.z;
                    s[i] += x.w * key.w;
                }
            }
#pragma unroll
            for (int i = 0; i < EACH; i++) {
                if (i < each && valid) scores[i][j0 + lane] = s[i];
            }
        }
    }

    float total[EACH];
#pragma unroll
    for (int i = 0; i < EACH; i++) {
        int query = query0 + warp * each + i;
        total[i] = 0;
        if (i >= each || query >= n) continue;
        float top = -INFINITY;
        const float* added = bias + ((i64)head * n + query) * n;
        for (int j = lane; j < n; j += 32) {
            float s = scores[i][j] * scale + added[j];
            scores[i][j] = s;
            top = fmaxf(top, s);
        }
        for (int j = 16; j > 0; j /= 2) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, j));
        float sum = 0;
        for (int j = lane; j < n; j += 32) {
            float p = expf(scores[i][j] - top);
            scores[i][j] = p;
            sum += p;
        }
        total[i] = warp_sum(sum);
    }

    for (int d0 = 0; d0 < dim; d0 += WIDTH) {
        int columns = dim - d0 < WIDTH ? dim - d0 : WIDTH;
        float sums[EACH][2] = {};
        for (int j0 = 0; j0 < n; j0 += TILE) {
            __syncthreads();  // scores of the warp's other lanes are there, too
            load_tile(v, j0 * step + at + d0, step, n - j0, TILE, columns, wide, tile);
            __syncthreads();
            int count = n - j0 < TILE ? n - j0 : TILE;
#pragma unroll 4
            for (int j = 0; j < count; j++) {
                float v0 = tile[j * PITCH + lane], v1 = tile[j * PITCH + lane + 32];
#pragma unroll
                for (int i = 0; i < EACH; i++) {
                    float p = scores[i][j0 + j];
                    sums[i][0] += p * v0;
                    sums[i][1] += p * v1;
                }
            }
        }
#pragma unroll
        for (int i = 0; i < EACH; i++) {
            int query = query0 + warp * each + i;
            if (i >= each || query >= n) continue;
            i64 to = query * step + at + d0;
            if (lane < columns) store(out, to + lane, sums[i][0] / total[i]);
            if (lane + 32 < columns) store(out, to + lane + 32, sums[i][1] / total[i]);
        }
    }
}
