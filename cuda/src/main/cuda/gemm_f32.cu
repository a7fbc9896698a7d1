// Matrix product and convolution in f32 on the ordinary units, for operands of any type: each
// thread multiplies ROWS x COLUMNS elements of a tile out of shared memory, while the next slice of
// K is on its way into registers.
#include "gemm.cuh"

static const int DEPTH = 16;
static const int THREADS = 256;

template <int ROWS, int COLUMNS>
struct Tile {
    static const int M = 16 * ROWS;
    static const int N = 16 * COLUMNS;
};

template <class Row>
DEVICE Four load_row(const Product& p, const Window& w, const Row& row, int k) {
    if (p.wide) {
        i64 at = row.place(p, w, k);
        if (at >= 0) return load4(row.source(p, k), at);
        return {};
    }
    Four f = {};
    for (int j = 0; j < 4; j++) {
        i64 at = row.place(p, w, k + j);
        if (at >= 0) f.v[j] = load(row.source(p, k + j), at);
    }
    return f;
}

DEVICE Four load_weights(const Product& p, int n, int k) {
    Four f = {};
    if (n >= p.n) return f;
    i64 at = (i64)n * p.k + k;
    if (p.wide) return k < p.k ? load4(p.b, at) : f;
    for (int j = 0; j < 4; j++) {
        if (k + j < p.k) f.v[j] = load(p.b, at + j);
    }
    return f;
}

// Bias, activation and store of elements n to n + 3 of row m. Not inlined: it would be sixteen times.
__device__ __noinline__ void finish(const Product& p, i64 m, int n, Four y) {
    for (int e = 0; e < 4; e++) {
        float bias = p.bias.at && n + e < p.n ? load(p.bias, n + e) : 0;
        y.v[e] = activate(p.function, y.v[e] + bias);
    }
    if (p.wide_out) {
        store4(p.out, m * p.n + n, y);
    } else {
        for (int e = 0; e < 4; e++) {
            if (n + e < p.n) store(p.out, m * p.n + n + e, y.v[e]);
        }
    }
}

template <class Row, int ROWS, int COLUMNS>
DEVICE void product(const Product& p, const Window& w) {
    const int M = Tile<ROWS, COLUMNS>::M, N = Tile<ROWS, COLUMNS>::N;
    // Each thread loads groups of four along K: THREADS / 4 rows at a time.
    const int AT_ONCE = THREADS / (DEPTH / 4);
    const int A_LOADS = (M + AT_ONCE - 1) / AT_ONCE, B_LOADS = (N + AT_ONCE - 1) / AT_ONCE;
    __shared__ float as[DEPTH][M + 4];
    __shared__ float bs[DEPTH][N + 4];
    int tid = threadIdx.x;
    i64 m0 = (i64)blockIdx.x * M;
    int n0 = blockIdx.y * N;
    int load_row_index = tid / (DEPTH / 4), load_k = tid % (DEPTH / 4) * 4;
    int tx = tid % 16, ty = tid / 16;

    Four a[A_LOADS], b[B_LOADS];
    auto fetch = [&](int k) {
#pragma unroll
        for (int i = 0; i < A_LOADS; i++) {
            Row row(p, w, m0 + load_row_index + i * AT_ONCE);
            a[i] = load_row(p, w, row, k + load_k);
        }
#pragma unroll
        for (int i = 0; i < B_LOADS; i++) {
            b[i] = load_weights(p, n0 + load_row_index + i * AT_ONCE, k + load_k);
        }
    };

    float sums[ROWS][COLUMNS] = {};
    fetch(0);
    for (int k = 0; k < p.k; k += DEPTH) {
        __syncthreads();
#pragma unroll
        for (int i = 0; i < A_LOADS; i++) {
            int row = load_row_index + i * AT_ONCE;
            if (M % AT_ONCE == 0 || row < M) {
                for (int j = 0; j < 4; j++) as[load_k + j][row] = a[i].v[j];
            }
        }
#pragma unroll
        for (int i = 0; i < B_LOADS; i++) {
            int row = load_row_index + i * AT_ONCE;
            if (N % AT_ONCE == 0 || row < N) {
                for (int j = 0; j < 4; j++) bs[load_k + j][row] = b[i].v[j];
            }
        }
        __syncthreads();
        if (k + DEPTH < p.k) fetch(k + DEPTH);
#pragma unroll
        for (int d = 0; d < DEPTH; d++) {
            float x[ROWS], y[COLUMNS];
#pragma unroll
            for (int i = 0; i < ROWS; i++) x[i] = as[d][ty * ROWS + i];
#pragma unroll
            for (int j = 0; j < COLUMNS; j++) y[j] = bs[d][tx * 4 + j % 4 + j / 4 * 64];
#pragma unroll
            for (int i = 0; i < ROWS; i++) {
#pragma unroll
                for (int j = 0; j < COLUMNS; j++) sums[i][j] += x[i] * y[j];
            }
        }
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
#pragma unroll
        for (int j = 0; j < COLUMNS; j += 4) {
            i64 m = m0 + ty * ROWS + i;
            int n = n0 + tx * 4 + j / 4 * 64;
            Four y = {sums[i][j], sums[i][j + 1], sums[i][j + 2], sums[i][j + 3]};
            if (m < p.m && n < p.n) finish(p, m, n, y);
        }
    }
}

// Tiles of 128 x 128.
KERNEL(THREADS) linear_f32(const __grid_constant__ Product p) { product<MatrixRow, 8, 8>(p, Window()); }

// Tiles of 32 x 64, where large ones would leave multiprocessors idle.
KERNEL(THREADS) linear_f32_small(const __grid_constant__ Product p) { product<MatrixRow, 2, 4>(p, Window()); }

KERNEL(THREADS) linear_pair_f32(const __grid_constant__ Product p) {
    product<PairRow, 8, 8>(p, Window());
}

KERNEL(THREADS) linear_pair_f32_small(const __grid_constant__ Product p) {
    product<PairRow, 2, 4>(p, Window());
}

KERNEL(THREADS) conv_f32(const __grid_constant__ Product p, const __grid_constant__ Window w) { product<PixelRow, 8, 8>(p, w); }

KERNEL(THREADS) conv_f32_small(const __grid_constant__ Product p, const __grid_constant__ Window w) { product<PixelRow, 2, 4>(p, w); }
