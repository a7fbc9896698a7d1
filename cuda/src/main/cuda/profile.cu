// How far kinds of attention are from dense attention on some rows, in bf16 on tensor cores
// (mma.sync): one pass over keys and values for all rows and kinds. Scores and weights are computed
// once; dense attention and each kind sum those that they keep. The keys are cut into splits.
// arch: sm_80 sm_89 sm_90a compute_80
#include "svgen.cuh"
#include "profile_keys.cuh"

static const int ROWS = 64, KEYS = 64, THREADS = 128, STAGES = 2;
static const int KINDS = 2, WAYS = KINDS + 1;  // the first way is dense
static const float NOTHING = -1e30f;           // the maximum of no scores
static const float SLACK = 8;                  // sums are scaled again when a maximum grew by more

struct Profile {
    const u16* q;  // [heads, queries, D], heads of all batch entries
    const u16* k;  // [heads, keys, D]
    const u16* v;
    const u32* masks;  // of profile_masks
    const int* rows;   // as stored; ascending ones are faster
    float* partial;   // [heads, splits, tiles of rows, part_size]
    int queries, keys;
    int row_count;
    int limit;  // of the keys of dense attention
    int end;    // of the keys that any row keeps in any way
    int splits;
    float scale;  // positive, times log2 e
};

// What a block finds: [WAYS, ROWS, D] sums of values, [WAYS, ROWS] of weights, [ROWS] maxima.
DEVICE int part_size(int dim) { return ROWS * (WAYS * (dim + 1) + 1); }

// Elements from one row of a tile to the next: ldmatrix then meets no bank twice, and all places of a
// tile are one address and a constant.
DEVICE constexpr int pitch(int dim) { return dim + 8; }

// Which weights a way keeps, of a warp's 16 rows and 32 keys. Lane l has rows l / 4 and l / 4 + 8.
struct Mask {
    u32 of[2];  // for each row: the top bit of byte n is that of key 8 n + 2 (l % 4) + 1, the next of that before

    DEVICE void set(int row, u32 bits, int lane) { of[row] = bits << (6 - lane % 4 * 2); }

    // Of the weights of keys 16 i to 16 i + 15.
    template <int i>
    DEVICE void apply(const u32 (&weights)[4], u32 (&kept)[4]) const {
        kept[0] = weights[0] & pair_mask<2 * i>(of[0] << 1, of[0]);
        kept[1] = weights[1] & pair_mask<2 * i>(of[1] << 1, of[1]);
        kept[2] = weights[2] & pair_mask<2 * i + 1>(of[0] << 1, of[0]);
        kept[3] = weights[3] & pair_mask<2 * i + 1>(of[1] << 1, of[1]);
    }
};

// A warp's sums. Lane l has columns 2 (l % 4) and the next of its rows.
template <int DIM>
struct Sums {
    float values[WAYS][DIM / 8][4];
    float* weights;  // [WAYS][2] of each thread, in shared memory to spare registers
    float top[2];

    DEVICE void scale(int row, float factor) {
#pragma unroll
        for (int way = 0; way < WAYS; way++) {
            weights[(2 * way + row) * THREADS] *= factor;
#pragma unroll
            for (int i = 0; i < DIM / 8; i++) {
                values[way][i][2 * row] *= factor;
                values[way][i][2 * row + 1] *= factor;
            }
        }
    }

    // Adds keys 16 i to 16 i + 15 of those in `masks` to the ways whose bit is set in `ways`.
    template <int ways, int i>
    DEVICE void add(const u32 (&all)[4], const Mask (&masks)[WAYS], const u16* v, int lane) {
        u32 kept[WAYS][4];
#pragma unroll
        for (int way = 0; way < WAYS; way++) {
            if (!(ways >> way & 1)) continue;
            masks[way].template apply<i>(all, kept[way]);
            float sums[4] = {};
            multiply_bf16(sums, kept[way], 0x3f803f80, 0x3f803f80);
            weights[2 * way * THREADS] += sums[0];
            weights[(2 * way + 1) * THREADS] += sums[2];
        }
#pragma unroll
        for (int d = 0; d < DIM / 16; d++) {
            u32 b[4];
            load_matrices_transposed(b, v + (16 * i + lane % 16) * pitch(DIM) + 16 * d + lane / 16 * 8);
#pragma unroll
            for (int way = 0; way < WAYS; way++) {
                if (!(ways >> way & 1)) continue;
                multiply_bf16(values[way][2 * d], kept[way], b[0], b[1]);
                multiply_bf16(values[way][2 * d + 1], kept[way], b[2], b[3]);
            }
        }
    }
};

// Scores of 16 rows and 16 keys, not yet scaled, in two parts.
template <int DIM>
DEVICE void scores(float (&s)[2][2][4], const u16* q, const u16* k, int lane) {
    q += lane % 16 * pitch(DIM) + lane / 16 * 8;
    k += (lane % 8 + lane / 16 * 8) * pitch(DIM) + lane / 8 % 2 * 8;
#pragma unroll
    for (int d = 0; d < DIM / 16; d++) {
        u32 a[4], b[4];
        load_matrices(a, q + 16 * d);
        load_matrices(b, k + 16 * d);
        multiply_bf16(s[d % 2][0], a, b[0], b[1]);
        multiply_bf16(s[d % 2][1], a, b[2], b[3]);
    }
}

// Weights of scores; `looked_at` has a bit for each key that some way keeps, of either row.
template <int DIM, int i>
DEVICE void weigh(float (&s)[2][4], const u32 (&looked_at)[2], float scale, Sums<DIM>& sums, u32 (&w)[4], int lane) {
#pragma unroll
    for (int row = 0; row < 2; row++) {
        if (looked_at[row] != 0xffffffff) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                int key = 16 * i + j / 2 * 8 + lane % 4 * 2 + j % 2;
                if (!(looked_at[row] >> key & 1)) s[j / 2][2 * row + j % 2] = -INFINITY;
            }
        }
        float most = fmaxf(fmaxf(s[0][2 * row], s[0][2 * row + 1]), fmaxf(s[1][2 * row], s[1][2 * row + 1]));
        most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 1));
        most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, 2)) * scale;
        if (most > sums.top[row] + SLACK) {
            sums.scale(row, exp2_fast(sums.top[row] - most));
            sums.top[row] = most;
        }
#pragma unroll
        for (int j = 0; j < 2; j++) {
            w[2 * j + row] = pack_bf16(exp2_fast(s[j][2 * row] * scale - sums.top[row]),
                                       exp2_fast(s[j][2 * row + 1] * scale - sums.top[row]));
        }
    }
}

// Sixteen of 32 keys: number i of their halves.
template <int DIM, int i>
DEVICE void attend(const u16* q, const u16* k, const u16* v, float scale, const u32 (&looked_at)[2], const Mask (&masks)[WAYS],
                   int ways, Sums<DIM>& sums, int lane) {
    float s[2][2][4] = {};
    scores<DIM>(s, q, k + 16 * i * pitch(DIM), lane);
#pragma unroll
    for (int j = 0; j < 8; j++) s[0][j / 4][j % 4] += s[1][j / 4][j % 4];
    u32 w[4];
    weigh<DIM, i>(s[0], looked_at, scale, sums, w, lane);
    switch (ways) {
        case 3: sums.template add<7, i>(w, masks, v, lane); break;
        case 2: sums.template add<5, i>(w, masks, v, lane); break;
        case 1: sums.template add<3, i>(w, masks, v, lane); break;
        default: sums.template add<1, i>(w, masks, v, lane);
    }
}

// Rows `first` on of [end, DIM] to a tile.
template <int DIM>
DEVICE void copy_rows(u16* to, const u16* from, int first, int end, int thread) {
    const int chunks = DIM / 8, step = THREADS / chunks;
    int row = thread / chunks, chunk = thread % chunks;
    from += (i64)(first + row) * DIM + chunk * 8;
    to += row * pitch(DIM) + chunk * 8;
    end -= first + row;
#pragma unroll
    for (int i = 0; i < KEYS; i += step) copy_async(to + i * pitch(DIM), i < end ? from + i * DIM : from, i < end);
}

// masks[word, tile of rows, thread]: the keys 32 word to 32 word + 31 that a row keeps. Lane l of warp w has
// row 16 w + l % 16 of the tile and kind l / 16.
KERNEL(THREADS) profile_masks(const int* plan, const int* rows, int row_count, u32* masks) {
    int lane = threadIdx.x % 32, kind = lane / 16;
    int row = blockIdx.y * ROWS + threadIdx.x / 32 * 16 + lane % 16;
    u32 kept = 0;
    if (row < row_count && kind < plan[0]) {
        Kind k = kind_of(plan, kind);
        kept = kept_keys(plan, k, position(k, rows[row]), blockIdx.x * 32);
    }
    masks[((i64)blockIdx.x * gridDim.y + blockIdx.y) * THREADS + threadIdx.x] = kept;
}

template <int DIM>
DEVICE void profile(const Profile& p) {
    SHARED_BYTES(shared);
    const int tile_size = KEYS * pitch(DIM);
    u16* qs = (u16*)shared;
    u16* ring = qs + ROWS * pitch(DIM);  // [STAGES][K, V][KEYS][pitch]
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int row_tiles = (p.row_count + ROWS - 1) / ROWS;
    int row0 = blockIdx.x % row_tiles * ROWS, split = blockIdx.x / row_tiles, head = blockIdx.y;
    const u16* k = p.k + (i64)head * p.keys * DIM;
    const u16* v = p.v + (i64)head * p.keys * DIM;
    int tiles = (p.end + KEYS - 1) / KEYS;
    int tile = (int)((i64)tiles * split / p.splits), last = (int)((i64)tiles * (split + 1) / p.splits);

    auto fetch = [&](int i) {
        if (i < last) {
            u16* to = ring + i % STAGES * 2 * tile_size;
            copy_rows<DIM>(to, k, i * KEYS, p.end, threadIdx.x);
            copy_rows<DIM>(to + tile_size, v, i * KEYS, p.end, threadIdx.x);
        }
        copies_commit();
    };
    const int chunks = DIM / 8;
    for (int i = threadIdx.x; i < ROWS * chunks; i += THREADS) {
        int row = i / chunks, chunk = i % chunks;
        bool valid = row0 + row < p.row_count;
        i64 at = valid ? ((i64)head * p.queries + p.rows[row0 + row]) * DIM + chunk * 8 : 0;
        copy_async(qs + row * pitch(DIM) + chunk * 8, p.q + at, valid);
    }
    for (int i = 0; i < STAGES - 1; i++) fetch(tile + i);

    const int words = KEYS / 32;
    const u32* masks = p.masks + ((i64)tile * words * row_tiles + blockIdx.x % row_tiles) * THREADS + threadIdx.x;
    u32 next = tile < last ? *masks : 0;
    Sums<DIM> sums = {};
    sums.weights = (float*)(ring + STAGES * 2 * tile_size) + threadIdx.x;
    for (int i = 0; i < 2 * WAYS; i++) sums.weights[i * THREADS] = 0;
    sums.top[0] = sums.top[1] = NOTHING;
#pragma unroll 1
    for (; tile < last; tile++) {
        copies_wait<STAGES - 2>();
        __syncthreads();
        fetch(tile + STAGES - 1);
        const u16* ks = ring + tile % STAGES * 2 * tile_size;
#pragma unroll 1
        for (int half = 0; half < words; half++) {
            int first = tile * KEYS + 32 * half;
            u32 bits = next;
            masks += row_tiles * THREADS;
            if (half + 1 < words || tile + 1 < last) next = *masks;
            u32 looked_at[2];
            looked_at[0] = looked_at[1] = bits_below(p.limit > first ? p.limit - first : 0);
            Mask masks[WAYS];
            for (int r = 0; r < 2; r++) masks[0].set(r, looked_at[r], lane);
            int ways = 0;
#pragma unroll
            for (int j = 0; j < KINDS; j++) {
                u32 any = 0;
#pragma unroll
                for (int r = 0; r < 2; r++) {
                    u32 mine = lane_value(bits, 16 * j + 8 * r + lane / 4);
                    looked_at[r] |= mine;
                    any |= mine;
                    masks[j + 1].set(r, mine, lane);
                }
                if (warp_or(any)) ways |= 1 << j;
            }
            const u16* q = qs + warp * 16 * pitch(DIM);
            const u16* kh = ks + half * 32 * pitch(DIM);
            attend<DIM, 0>(q, kh, kh + tile_size, p.scale, looked_at, masks, ways, sums, lane);
            attend<DIM, 1>(q, kh, kh + tile_size, p.scale, looked_at, masks, ways, sums, lane);
        }
    }
    copies_wait<0>();

    float* out = p.partial + ((i64)blockIdx.y * gridDim.x + blockIdx.x) * part_size(DIM);
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int at = warp * 16 + 8 * r + lane / 4;
#pragma unroll
        for (int way = 0; way < WAYS; way++) {
            float* to = out + (way * ROWS + at) * DIM + lane % 4 * 2;
#pragma unroll
            for (int i = 0; i < DIM / 8; i++) {
                *(float2*)(to + 8 * i) = make_float2(sums.values[way][i][2 * r], sums.values[way][i][2 * r + 1]);
            }
            if (lane % 4 == 0) out[WAYS * ROWS * DIM + way * ROWS + at] = sums.weights[(2 * way + r) * THREADS];
        }
        if (lane % 4 == 0) out[WAYS * ROWS * (DIM + 1) + at] = sums.top[r];
    }
}

KERNEL(THREADS) profile_d64(const __grid_constant__ Profile p) { profile<64>(p); }

KERNEL(THREADS) profile_d128(const __grid_constant__ Profile p) { profile<128>(p); }

static const int MERGED = 4;  // rows that a block merges
static const int MERGERS = 256, MOST_SPLITS = 64;

// Blocks (rows, head): squares[head, block, way] of dense attention's channels, and of the differences
// from them, summed over the block's rows.
KERNEL(MERGERS)
profile_squares(const float* partial, int row_count, int splits, int dim, double* squares) {
    __shared__ float weights[MERGED][MOST_SPLITS];  // of each split
    __shared__ float inverse[MERGED][WAYS];
    __shared__ double warps[MERGERS / 32][WAYS];
    int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    int row_tiles = (row_count + ROWS - 1) / ROWS, row0 = blockIdx.x * MERGED;
    i64 step = (i64)row_tiles * part_size(dim);
    const float* first = partial + blockIdx.y * splits * step + (i64)(row0 / ROWS) * part_size(dim);
    row0 %= ROWS;
    if (warp < MERGED) {
        const float* tops = first + WAYS * ROWS * (dim + 1) + row0 + warp;
        float top = NOTHING;
        for (int s = lane; s < splits; s += 32) top = fmaxf(top, tops[s * step]);
        for (int i = 16; i > 0; i /= 2) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, i));
        for (int s = lane; s < splits; s += 32) weights[warp][s] = exp2_fast(tops[s * step] - top);
        for (int way = 0; way < WAYS; way++) {
            const float* totals = first + WAYS * ROWS * dim + way * ROWS + row0 + warp;
            float total = 0;
            for (int s = lane; s < splits; s += 32) total += weights[warp][s] * totals[s * step];
            total = warp_sum(total);
            if (lane == 0) inverse[warp][way] = total == 0 ? 0 : 1 / total;
        }
    }
    __syncthreads();
    int rows = row_count - blockIdx.x * MERGED;
    double sums[WAYS] = {};
    for (int i = threadIdx.x; i < (rows < MERGED ? rows : MERGED) * dim; i += MERGERS) {
        int row = i / dim;
        const float* values = first + row0 * dim + i;
        float mean[WAYS] = {};
        for (int s = 0; s < splits; s++) {
#pragma unroll
            for (int way = 0; way < WAYS; way++) mean[way] += weights[row][s] * values[s * step + way * ROWS * dim];
        }
#pragma unroll
        for (int way = 0; way < WAYS; way++) mean[way] *= inverse[row][way];
#pragma unroll
        for (int way = 0; way < WAYS; way++) {
            float x = way == 0 ? mean[0] : mean[way] - mean[0];
            sums[way] += (double)x * x;
        }
    }
    for (int way = 0; way < WAYS; way++) {
        for (int i = 16; i > 0; i /= 2) sums[way] += __shfl_xor_sync(0xffffffffu, sums[way], i);
        if (lane == 0) warps[warp][way] = sums[way];
    }
    __syncthreads();
    if (threadIdx.x < WAYS) {
        double sum = 0;
        for (int i = 0; i < MERGERS / 32; i++) sum += warps[i][threadIdx.x];
        squares[((i64)blockIdx.y * gridDim.x + blockIdx.x) * WAYS + threadIdx.x] = sum;
    }
}

// errors[kind, head] and energies[head]: means of the squares.
KERNEL(128)
profile_means(const double* squares, int blocks, int heads, int kinds, float values, float* errors,
              float* energies) {
    int head = (int)thread_index();
    if (head >= heads) return;
    double mean[WAYS] = {};
    for (int i = 0; i < blocks; i++) {
        for (int way = 0; way < WAYS; way++) mean[way] += squares[((i64)head * blocks + i) * WAYS + way];
    }
    energies[head] = (float)(mean[0] / values);
    for (int kind = 0; kind < kinds; kind++) errors[kind * heads + head] = (float)(mean[kind + 1] / values);
}
