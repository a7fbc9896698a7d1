// Matrix product and convolution of bf16 operands on tensor cores by mma.sync, for all GPUs from
// Ampere on: tiles of 128 x 128, slices of 32 along K, some of them in shared memory and filled by
// asynchronous copies; four warps of 64 x 64, so that what is read from shared memory serves four
// products. Hopper's own instructions are about twice as fast.
#include "gemm.cuh"

static const int M = 128, N = 128, DEPTH = 32, STAGES = 3;
static const int THREADS = 128;
static const int STAGE = (M + N) * DEPTH;
static const int COPIED = THREADS / 4;  // rows that all threads copy a chunk of at once
static const int COPIES = M / COPIED;
static const int GROUP = 16;  // tiles along M whose products follow one another, for the L2 cache's sake
static const int PITCH = N + 4;  // floats of a row of results; pairs then meet no bank twice

// Where chunk `c` of eight elements of a row of 32 lies: ldmatrix then meets no bank twice.
DEVICE int place(int row, int c) { return row * DEPTH + (c ^ row / 2 % 4) * 8; }

// What a warp multiplies at a time: 64 rows of either operand, 16 columns.
struct Fragments {
    u32 x[4][4], y[4][4];

    DEVICE void read(const u16* a, const u16* b, int k, int lane) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            load_matrices(x[i], a + place(i * 16 + lane % 16, k / 8 + lane / 16));
            load_matrices(y[i], b + place(i * 16 + lane % 8 + lane / 16 * 8, k / 8 + lane / 8 % 2));
        }
    }

    DEVICE void multiply(float (&sums)[4][8][4]) const {
#pragma unroll
        for (int i = 0; i < 4; i++) {
#pragma unroll
            for (int j = 0; j < 8; j++) multiply_bf16(sums[i][j], x[i], y[j / 2][j % 2 * 2], y[j / 2][j % 2 * 2 + 1]);
        }
    }
};

// Bias, activation and store of elements n to n + 3 of row m.
DEVICE void write_four(const Product& p, i64 m, int n, Four y) {
    if (m >= p.m || n >= p.n) return;
    for (int i = 0; i < 4; i++) {
        if (p.bias.at && n + i < p.n) y.v[i] += load(p.bias, n + i);
        y.v[i] = activate(p.function, y.v[i]);
    }
    i64 at = m * p.n + n;
    if (p.wide_out) {
        store4(p.out, at, y);
        return;
    }
    for (int i = 0; i < 4; i++) {
        if (n + i < p.n) store(p.out, at + i, y.v[i]);
    }
}

template <class Row>
DEVICE void tensor_product(const Product& p, const Window& w) {
    SHARED_BYTES(shared);
    u16* tiles = (u16*)shared;
    int tid = threadIdx.x, lane = tid % 32, warp = tid / 32;
    // Column by column within a group of rows of tiles.
    int blocks_m = (p.m + M - 1) / M, blocks_n = (p.n + N - 1) / N;
    int group = blockIdx.x / (GROUP * blocks_n), in_group = blockIdx.x % (GROUP * blocks_n);
    int left = blocks_m - group * GROUP, height = left < GROUP ? left : GROUP;
    i64 m0 = (i64)(group * GROUP + in_group % height) * M;
    int n0 = in_group / height * N;
    int warp_m = warp / 2 * 64, warp_n = warp % 2 * 64;
    int chunk_row = tid / 4, chunk = tid % 4;
    const u16* b = (const u16*)p.b.at;
    Row row[COPIES] = {Row(p, w, m0 + chunk_row), Row(p, w, m0 + chunk_row + COPIED), Row(p, w, m0 + chunk_row + 2 * COPIED),
                       Row(p, w, m0 + chunk_row + 3 * COPIED)};

    auto fetch = [&](int slice) {
        u16* to = tiles + slice % STAGES * STAGE + place(chunk_row, chunk);
        int k = slice * DEPTH + chunk * 8;
        const u16* a = (const u16*)row[0].source(p, k).at;
#pragma unroll
        for (int i = 0; i < COPIES; i++) {
            i64 at = row[i].place(p, w, k);
            copy_async(to + i * COPIED * DEPTH, at >= 0 ? a + at : a, at >= 0);
        }
#pragma unroll
        for (int i = 0; i < COPIES; i++) {
            int n = n0 + chunk_row + COPIED * i;
            bool valid = n < p.n && k < p.k;
            copy_async(to + (M + i * COPIED) * DEPTH, valid ? b + (i64)n * p.k + k : b, valid);
        }
    };

    int slices = (p.k + DEPTH - 1) / DEPTH;
    for (int s = 0; s < STAGES - 1; s++) {
        if (s < slices) fetch(s);
        copies_commit();
    }
    float sums[4][8][4] = {};
    Fragments now, next;
    auto read = [&](Fragments& f, int slice, int k) {
        const u16* tile = tiles + slice % STAGES * STAGE;
        f.read(tile + warp_m * DEPTH, tile + (M + warp_n) * DEPTH, k, lane);
    };
    copies_wait<STAGES - 2>();
    __syncthreads();
    read(now, 0, 0);
#pragma unroll 1
    for (int s = 0; s < slices; s++) {
        if (s + STAGES - 1 < slices) fetch(s + STAGES - 1);
        copies_commit();
        read(next, s, 16);
        now.multiply(sums);
        copies_wait<STAGES - 2>();
        __syncthreads();  // the next slice is there, and nobody reads this one any more
        if (s + 1 < slices) read(now, s + 1, 0);
        next.multiply(sums);
    }

    // By way of shared memory, so that whole rows are written.
    copies_wait<0>();
    float* results = (float*)shared;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        __syncthreads();
#pragma unroll
        for (int j = 0; j < 8; j++) {
            float* to = results + (warp / 2 * 16 + lane / 4) * PITCH + warp_n + j * 8 + lane % 4 * 2;
            *(float2*)to = make_float2(sums[i][j][0], sums[i][j][1]);
            *(float2*)(to + 8 * PITCH) = make_float2(sums[i][j][2], sums[i][j][3]);
        }
        __syncthreads();
#pragma unroll 1
        for (int r = warp; r < 32; r += THREADS / 32) {
            float4 y = *(float4*)(results + r * PITCH + lane * 4);
            write_four(p, m0 + r / 16 * 64 + i * 16 + r % 16, n0 + lane * 4, {y.x, y.y, y.z, y.w});
        }
    }
}

KERNEL(THREADS) linear_bf16(const __grid_constant__ Product p) { tensor_product<MatrixRow>(p, Window()); }

KERNEL(THREADS) linear_pair_bf16(const __grid_constant__ Product p) {
    tensor_product<PairRow>(p, Window());
}

KERNEL(THREADS) conv_bf16(const __grid_constant__ Product p, const __grid_constant__ Window w) { tensor_product<PixelRow>(p, w); }
