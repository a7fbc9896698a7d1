// How far kinds of attention are from dense attention on some rows: a walk over the keys in f32 on the ordinary
// units, for heads of up to 128 elements of any type, and what every walk ends with.
#include "svgen.cuh"
#include "profile_walk.cuh"

static const int ROWS = 64, KEYS = 32, THREADS = 256;
static const int MOST_DIM = 128, COLUMNS = MOST_DIM / 16;

struct PlainWalk {
    Elements q, k, v;  // [heads, queries or keys, D]
    Walks walks;
    int queries, keys, dim;
    float scale;
    int wide;  // rows may be read in fours
};

// Sixteen threads share a vector.
DEVICE void load_vector(const PlainWalk& p, const Elements& from, i64 at, float* to, bool valid) {
    int part = threadIdx.x % 16;
    if (p.wide) {
        for (int d = 4 * part; d < p.dim; d += 64) {
            Four f = {};
            if (valid) f = load4(from, at + d);
            for (int j = 0; j < 4; j++) to[d + j] = f.v[j];
        }
    } else {
        for (int d = part; d < p.dim; d += 16) to[d] = valid ? load(from, at + d) : 0;
    }
}

// Blocks (tile of rows and split, head, order of tokens). Thread (ty, tx) has rows 4 ty to 4 ty + 3, of the
// scores keys tx and tx + 16, of the sums columns tx, tx + 16 and so on.
KERNEL(THREADS) walk_plain(PlainWalk p) {
    SHARED_BYTES(shared);
    __shared__ u32 kept[ROWS];
    __shared__ int first[2];
    const Walks& walks = p.walks;
    int pitch = (p.dim + 3) / 4 * 4 + 4;
    float* qs = (float*)shared;
    float* ks = qs + ROWS * pitch;
    float* vs = ks + KEYS * pitch;
    float* ps = vs + KEYS * pitch;  // [ROWS][KEYS + 1]
    int tid = threadIdx.x, tx = tid % 16, ty = tid / 16;
    int split = blockIdx.x % walks.splits, row0 = blockIdx.x / walks.splits * ROWS;
    int head = blockIdx.y, pass = blockIdx.z;
    Pass order = walks.passes[pass];
    i64 q_at = (i64)head * p.queries * p.dim, k_at = (i64)head * p.keys * p.dim;

    for (int r = ty; r < ROWS; r += 16) {
        bool valid = row0 + r < walks.rows;
        i64 query = valid ? walks.queries[(i64)pass * walks.rows + row0 + r] : 0;
        load_vector(p, p.q, q_at + query * p.dim, qs + r * pitch, valid);
        for (int d = p.dim + tx; d < pitch; d += 16) qs[r * pitch + d] = 0;
    }
    for (int r = ty; r < KEYS; r += 16) {
        for (int d = p.dim + tx; d < pitch; d += 16) ks[r * pitch + d] = 0;
    }
    Cursor ahead = {};  // of row `tid`
    if (tid < ROWS) ahead.begin(walks, pass, split, row0 + tid);
    Cursor cursors[4];  // of the thread's rows
    float sums[4][COLUMNS] = {};
    float top[4], total[4];
#pragma unroll
    for (int i = 0; i < 4; i++) {
        cursors[i].begin(walks, pass, split, row0 + ty * 4 + i);
        top[i] = -INFINITY;
        total[i] = 0;
    }
    int at = 0;
    while (true) {
        // The tile begins with the first key that any row keeps; keys that none keeps are skipped.
        if (tid < ROWS) {
            while (ahead.to <= at) ahead.next();
            int next = ahead.from > at ? ahead.from : at;
            for (int i = 16; i > 0; i /= 2) {
                int other = __shfl_xor_sync(0xffffffffu, next, i);
                next = other < next ? other : next;
            }
            if (tid % 32 == 0) first[tid / 32] = next;
        }
        __syncthreads();
        int start = first[0] < first[1] ? first[0] : first[1];
        if (start == NO_KEY) break;
        if (tid < ROWS) kept[tid] = ahead.kept(start, KEYS);
        for (int r = ty; r < KEYS; r += 16) {
            bool valid = start + r < order.end;
            i64 from = valid ? k_at + (i64)stored(order, start + r) * p.dim : 0;
            load_vector(p, p.k, from, ks + r * pitch, valid);
            load_vector(p, p.v, from, vs + r * pitch, valid);
        }
        __syncthreads();
        float s[4][2] = {};
        for (int d = 0; d < p.dim; d += 4) {
            float4 k0 = *(float4*)(ks + tx * pitch + d), k1 = *(float4*)(ks + (tx + 16) * pitch + d);
#pragma unroll
            for (int i = 0; i < 4; i++) {
                float4 q = *(float4*)(qs + (ty * 4 + i) * pitch + d);
                s[i][0] += q.x * k0.x + q.y * k0.y + q.z * k0.z + q.w * k0.w;
                s[i][1] += q.x * k1.x + q.y * k1.y + q.z * k1.z + q.w * k1.w;
            }
        }
#pragma unroll
        for (int i = 0; i < 4; i++) {
            u32 bits = kept[ty * 4 + i];
            bool keep0 = bits >> tx & 1, keep1 = bits >> (tx + 16) & 1;
            s[i][0] *= p.scale;
            s[i][1] *= p.scale;
            float most = fmaxf(keep0 ? s[i][0] : -INFINITY, keep1 ? s[i][1] : -INFINITY);
            for (int j = 8; j > 0; j /= 2) most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, j));
            most = fmaxf(most, top[i]);
            // While no key was kept, any finite number will do; scores that are NaN stay so.
            float origin = most == -INFINITY ? 0 : most;
            float shrink = expf(top[i] - origin);
            top[i] = most;
            total[i] *= shrink;
            for (int j = 0; j < COLUMNS; j++) sums[i][j] *= shrink;
            ps[(ty * 4 + i) * (KEYS + 1) + tx] = keep0 ? expf(s[i][0] - origin) : 0;
            ps[(ty * 4 + i) * (KEYS + 1) + tx + 16] = keep1 ? expf(s[i][1] - origin) : 0;
        }
        __syncwarp();  // these rows are read by the same half of the warp
        for (int key = 0; key < KEYS;) {
            int until = KEYS;  // where the next piece of these rows ends
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if (cursors[i].to - start < until) until = cursors[i].to - start;
            }
            for (; key < until; key++) {
                float w[4];
#pragma unroll
                for (int i = 0; i < 4; i++) {
                    w[i] = ps[(ty * 4 + i) * (KEYS + 1) + key];
                    total[i] += w[i];
                }
#pragma unroll
                for (int j = 0; j < COLUMNS; j++) {
                    int d = tx + 16 * j;
                    float v = d < p.dim ? vs[key * pitch + d] : 0;
#pragma unroll
                    for (int i = 0; i < 4; i++) sums[i][j] += w[i] * v;
                }
            }
#pragma unroll
            for (int i = 0; i < 4; i++) {
                if (cursors[i].to - start != until) continue;
                float* to = walks.sums(head, cursors[i].at, p.dim);
#pragma unroll
                for (int j = 0; j < COLUMNS; j++) {
                    if (tx + 16 * j < p.dim) to[tx + 16 * j] = sums[i][j];
                    sums[i][j] = 0;
                }
                if (tx == 0) {
                    to[p.dim] = top[i] * 1.44269504f;  // weights are powers of two from here on
                    to[p.dim + 1] = total[i];
                }
                total[i] = 0;
                cursors[i].next();
            }
        }
        at = start + KEYS;
    }
}

static const int MERGED = 4, MERGERS = 256;  // rows that a block merges, and its threads
static const int GROUP = 16;                 // ways at a time: dense attention and 15 kinds

// Blocks (rows, head, group of kinds): squares[head, block, way] of dense attention's channels, and of the
// kinds' differences from them, summed over the block's rows. Pieces of a row follow each other.
KERNEL(MERGERS)
walk_squares(const float* partial, const Piece* pieces, const int* row_pieces, int row_count, int piece_count,
             int dim, int ways, double* squares) {
    __shared__ double warps[MERGERS / 32][GROUP];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int first_kind = blockIdx.z * (GROUP - 1);
    int rows = row_count - blockIdx.x * MERGED;
    double sums[GROUP] = {};
    for (int i = threadIdx.x; i < (rows < MERGED ? rows : MERGED) * dim; i += MERGERS) {
        int row = blockIdx.x * MERGED + i / dim, d = i % dim;
        int from = row_pieces[row], to = row_pieces[row + 1];
        const float* found = partial + (i64)blockIdx.y * piece_count * (dim + 2);
        float top = -INFINITY;
        for (int j = from; j < to; j++) top = fmaxf(top, found[(i64)j * (dim + 2) + dim]);
        if (top == -INFINITY) top = 0;  // scores that are NaN stay so
        float mean[GROUP] = {}, total[GROUP] = {};
        for (int j = from; j < to; j++) {
            u64 bits = pieces[j].ways[1] * (1ull << 32) | pieces[j].ways[0];
            u32 mine = (u32)(bits & 1) | (u32)(bits >> 1 >> first_kind & ((1 << (GROUP - 1)) - 1)) << 1;
            const float* piece = found + (i64)j * (dim + 2);
            float weight = exp2_fast(piece[dim] - top);
            float value = weight * piece[d], sum = weight * piece[dim + 1];
#pragma unroll
            for (int way = 0; way < GROUP; way++) {
                if (mine >> way & 1) {
                    mean[way] += value;
                    total[way] += sum;
                }
            }
        }
#pragma unroll
        for (int way = 0; way < GROUP; way++) mean[way] = total[way] == 0 ? 0 : mean[way] / total[way];
#pragma unroll
        for (int way = 0; way < GROUP; way++) {
            float x = way == 0 ? mean[0] : mean[way] - mean[0];
            sums[way] += (double)x * x;
        }
    }
#pragma unroll
    for (int way = 0; way < GROUP; way++) {
        for (int i = 16; i > 0; i /= 2) sums[way] += __shfl_xor_sync(0xffffffffu, sums[way], i);
        if (lane == 0) warps[warp][way] = sums[way];
    }
    __syncthreads();
    int way = threadIdx.x == 0 ? 0 : first_kind + threadIdx.x;
    if (threadIdx.x < GROUP && way < ways && (threadIdx.x > 0 || blockIdx.z == 0)) {
        double sum = 0;
        for (int i = 0; i < MERGERS / 32; i++) sum += warps[i][threadIdx.x];
        squares[((i64)blockIdx.y * gridDim.x + blockIdx.x) * ways + way] = sum;
    }
}

// energies[head] and errors[kind, head]: means of the squares.
KERNEL(128)
walk_means(const double* squares, int blocks, int heads, int ways, int values, float* errors, float* energies) {
    for (i64 i = thread_index(); i < (i64)ways * heads; i += thread_count()) {
        int way = (int)(i / heads), head = (int)(i % heads);
        double sum = 0;
        for (int j = 0; j < blocks; j++) sum += squares[((i64)head * blocks + j) * ways + way];
        (way == 0 ? energies : errors + (i64)(way - 1) * heads)[head] = (float)(sum / values);
    }
}
