// How far many kinds of attention are from dense attention on some rows, in bf16 on tensor cores (mma.sync):
// one pass over keys and values for each order of tokens, whatever the number of kinds. A warp has 16 rows and
// one set of sums, which a row writes and clears where one of its pieces ends. The keys are cut into splits.
// arch: sm_80 sm_89 sm_90a compute_80
#include "svgen.cuh"
#include "lanes.cuh"
#include "profile_walk.cuh"

// Three blocks share a multiprocessor: heads of 128 channels need 12 registers less then, and spill none.
#undef KERNEL
#define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads, 3)

static const int ROWS = 64, KEYS = 64, THREADS = 128, STAGES = 2;
static const int STEP = 16;             // keys of a product
static const float NOTHING = -1e30f;    // the maximum of no scores
static const float SLACK = 8;           // sums are scaled again when a maximum grew by more

struct WalkedHeads {
    const u16* q;  // [heads, queries, D], heads of all batch entries
    const u16* k;  // [heads, keys, D]
    const u16* v;
    Walks walks;
    int queries, keys;
    float scale;  // positive, times log2 e
};

// Elements from one row of a tile to the next: ldmatrix then meets no bank twice.
DEVICE constexpr int pitch(int dim) { return dim + 8; }

// Ones for the weights of keys `at` and at + 1 whose bits are set.
DEVICE u32 pair_of(u32 bits, int at) {
    bits >>= at;
    return (bits & 1) * 0xffff | (bits >> 1 & 1) * 0xffff0000;
}

// A warp's sums over the present pieces. Lane l has columns 2 (l % 4) and the next of rows l / 4 and l / 4 + 8.
template <int DIM>
struct Sums {
    float values[DIM / 8][4];
    float weights[4];  // the first and the third; a product with ones gives each twice
    float top[2];

    DEVICE void scale(int row, float factor) {
        weights[2 * row] *= factor;
#pragma unroll
        for (int i = 0; i < DIM / 8; i++) {
            values[i][2 * row] *= factor;
            values[i][2 * row + 1] *= factor;
        }
    }

    // Adds 16 keys and their values.
    DEVICE void add(const u32 (&w)[4], const u16* v, int lane) {
        multiply_bf16(weights, w, 0x3f803f80, 0x3f803f80);
#pragma unroll
        for (int d = 0; d < DIM / 16; d++) {
            u32 b[4];
            load_matrices_transposed(b, v + lane % 16 * pitch(DIM) + 16 * d + lane / 16 * 8);
            multiply_bf16(values[2 * d], w, b[0], b[1]);
            multiply_bf16(values[2 * d + 1], w, b[2], b[3]);
        }
    }

    // Writes a row's sums and clears them.
    DEVICE void finish(int row, float* to, int lane) {
#pragma unroll
        for (int i = 0; i < DIM / 8; i++) {
            *(float2*)(to + 8 * i + lane % 4 * 2) = make_float2(values[i][2 * row], values[i][2 * row + 1]);
            values[i][2 * row] = values[i][2 * row + 1] = 0;
        }
        if (lane % 4 == 0) *(float2*)(to + DIM) = make_float2(top[row], weights[2 * row]);
        weights[2 * row] = weights[2 * row + 1] = 0;
    }
};

// Scores of the warp's rows and 16 keys, not yet scaled, in two parts.
template <int DIM>
DEVICE void scores(float (&s)[2][2][4], const u32 (&q)[DIM / 16][4], const u16* k, int lane) {
    k += (lane % 8 + lane / 16 * 8) * pitch(DIM) + lane / 8 % 2 * 8;
#pragma unroll
    for (int d = 0; d < DIM / 16; d++) {
        u32 b[4];
        load_matrices(b, k + 16 * d);
        multiply_bf16(s[d % 2][0], q[d], b[0], b[1]);
        multiply_bf16(s[d % 2][1], q[d], b[2], b[3]);
    }
}

// Weights of the scores of the keys in `kept`, of either row.
template <int DIM>
DEVICE void weigh(float (&s)[2][4], const u32 (&kept)[2], float scale, Sums<DIM>& sums, u32 (&w)[4], int lane) {
#pragma unroll
    for (int row = 0; row < 2; row++) {
        if (kept[row] != 0xffff) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                int key = j / 2 * 8 + lane % 4 * 2 + j % 2;
                if (!(kept[row] >> key & 1)) s[j / 2][2 * row + j % 2] = -INFINITY;
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

// Adds keys `first` on of those in `kept`, and finishes the pieces that end among them. `whole`: each row
// keeps all of them in one piece, or none.
template <int DIM>
DEVICE void add_pieces(const WalkedHeads& p, int first, bool whole, u32 (&kept)[2], const u32 (&w)[4], const u16* v,
                       Cursor (&cursors)[2], Sums<DIM>& sums, int lane) {
    do {
        u32 now[4];
#pragma unroll
        for (int i = 0; i < 4; i++) now[i] = w[i];
        if (!whole) {
#pragma unroll
            for (int row = 0; row < 2; row++) {
                u32 bits = kept[row] & Cursor::range(cursors[row].from - first, cursors[row].to - first, STEP);
                kept[row] &= ~bits;
                now[row] &= pair_of(bits, lane % 4 * 2);
                now[2 + row] &= pair_of(bits, lane % 4 * 2 + 8);
            }
        }
        sums.add(now, v, lane);
#pragma unroll
        for (int row = 0; row < 2; row++) {
            if (cursors[row].to <= first + STEP) {
                sums.finish(row, p.walks.sums(blockIdx.y, cursors[row].at, DIM), lane);
                cursors[row].next();
            }
        }
    } while (!whole && warp_or(kept[0] | kept[1]));
}

// Keys `first` on of an order to tiles; a warp copies 16 of each.
template <int DIM>
DEVICE void copy_keys(u16* to, const u16* k, const u16* v, const Pass& order, int first) {
    const int chunks = DIM / 8, at_once = 32 / chunks;
    int lane = threadIdx.x % 32, row0 = threadIdx.x / 32 * 16;
    int key = first + row0 + lane % 16;
    int mine = key < order.end ? stored(order, key) : -1;
#pragma unroll
    for (int i = 0; i < 16 / at_once; i++) {
        int row = i * at_once + lane / chunks, chunk = lane % chunks * 8;
        int from = lane_value(mine, row);
        i64 at = from < 0 ? 0 : (i64)from * DIM + chunk;
        u16* here = to + (row0 + row) * pitch(DIM) + chunk;
        copy_async(here, k + at, from >= 0);
        copy_async(here + KEYS * pitch(DIM), v + at, from >= 0);
    }
}

template <int DIM>
DEVICE void walk(const WalkedHeads& p) {
    SHARED_BYTES(shared);
    u16* ring = (u16*)shared;  // [STAGES][K, V][KEYS][pitch]
    const int tile_size = KEYS * pitch(DIM);
    const Walks& walks = p.walks;
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int row_tiles = (walks.rows + ROWS - 1) / ROWS;
    int row0 = blockIdx.x % row_tiles * ROWS + warp * 16 + lane / 4, split = blockIdx.x / row_tiles;
    int head = blockIdx.y, pass = blockIdx.z;
    Pass order = walks.passes[pass];
    const u16* k = p.k + (i64)head * p.keys * DIM;
    const u16* v = p.v + (i64)head * p.keys * DIM;
    int tiles = (order.end + KEYS - 1) / KEYS;
    int tile = (int)((i64)tiles * split / walks.splits), last = (int)((i64)tiles * (split + 1) / walks.splits);

    auto fetch = [&](int i) {
        if (i < last) copy_keys<DIM>(ring + i % STAGES * 2 * tile_size, k, v, order, i * KEYS);
        copies_commit();
    };
    for (int i = 0; i < STAGES - 1; i++) fetch(tile + i);
    u32 q[DIM / 16][4];
    Cursor cursors[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
        int row = row0 + 8 * r;
        cursors[r].begin(walks, pass, split, row);
        int query = row < walks.rows ? walks.queries[(i64)pass * walks.rows + row] : 0;
        const u16* from = p.q + ((i64)head * p.queries + query) * DIM + lane % 4 * 2;
#pragma unroll
        for (int d = 0; d < DIM / 16; d++) {
            q[d][r] = *(const u32*)(from + 16 * d);
            q[d][2 + r] = *(const u32*)(from + 16 * d + 8);
        }
    }
    Sums<DIM> sums = {};
    sums.top[0] = sums.top[1] = NOTHING;
#pragma unroll 1
    for (; tile < last; tile++) {
        copies_wait<STAGES - 2>();
        __syncthreads();
        fetch(tile + STAGES - 1);
        const u16* ks = ring + tile % STAGES * 2 * tile_size;
#pragma unroll 1
        for (int step = 0; step < KEYS / STEP; step++, ks += STEP * pitch(DIM)) {
            int first = tile * KEYS + step * STEP;
            u32 kept[2], seen = 0;  // bit 0: some key is kept; bit 1: by a row that does not keep all
#pragma unroll
            for (int r = 0; r < 2; r++) {
                bool all = cursors[r].from <= first && cursors[r].to >= first + STEP;
                kept[r] = all ? 0xffff : 0;
                if (cursors[r].from < first + STEP) seen |= all ? 1 : 3;
            }
            seen = warp_or(seen);
            if (!seen) continue;
            bool whole = !(seen & 2);
            if (!whole) {
#pragma unroll
                for (int r = 0; r < 2; r++) kept[r] = cursors[r].kept(first, STEP);
            }
            float s[2][2][4] = {};
            scores<DIM>(s, q, ks, lane);
#pragma unroll
            for (int j = 0; j < 8; j++) s[0][j / 4][j % 4] += s[1][j / 4][j % 4];
            u32 w[4];
            weigh<DIM>(s[0], kept, p.scale, sums, w, lane);
            add_pieces<DIM>(p, first, whole, kept, w, ks + tile_size, cursors, sums, lane);
        }
    }
    copies_wait<0>();
}

// Blocks (split and tile of rows, head, order of tokens).
KERNEL(THREADS) walk_d64(const __grid_constant__ WalkedHeads p) { walk<64>(p); }

KERNEL(THREADS) walk_d128(const __grid_constant__ WalkedHeads p) { walk<128>(p); }
