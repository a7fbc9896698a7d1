// Matrix product and convolution of bf16 operands on tensor cores by mma.sync, for all GPUs from
// Ampere on: tiles of 128 x 128, slices of 32 along K, three of them in shared memory and filled by
// asynchronous copies. Hopper's own instructions are about twice as fast.
#include "gemm.cuh"

static const int M = 128, N = 128, DEPTH = 32, STAGES = 3;
static const int THREADS = 256;
static const int PITCH = DEPTH + 8;  // bf16 elements; ldmatrix then meets no bank twice
static const int STAGE = (M + N) * PITCH;

// Bias, activation and store of elements n and n + 1 of row m.
__device__ __noinline__ void finish(const Product& p, i64 m, int n, float y0, float y1) {
    if (n >= p.n) return;
    bool both = n + 1 < p.n;
    if (p.bias.at) {
        y0 += load(p.bias, n);
        if (both) y1 += load(p.bias, n + 1);
    }
    y0 = activate(p.function, y0);
    y1 = activate(p.function, y1);
    i64 at = m * p.n + n;
    if (p.wide_out && p.out.type == BF16) {
        *(u32*)((u16*)p.out.at + at) = pack_bf16(y0, y1);
        return;
    }
    store(p.out, at, y0);
    if (both) store(p.out, at + 1, y1);
}

template <class Row>
DEVICE void product(const Product& p, const Window& w) {
    SHARED_BYTES(shared);
    u16* tiles = (u16*)shared;
    int tid = threadIdx.x, lane = tid % 32, warp = tid / 32;
    i64 m0 = (i64)blockIdx.x * M;
    int n0 = blockIdx.y * N;
    int warp_m = warp / 4 * 64, warp_n = warp % 4 * 32;
    // Chunks of eight elements: each thread copies two of a and two of b a slice.
    int chunk_row = tid / 4, chunk_k = tid % 4 * 8;
    const u16* b = (const u16*)p.b.at;
    Row row0(p, w, m0 + chunk_row), row1(p, w, m0 + chunk_row + 64);

    auto fetch = [&](int slice) {
        u16* to_a = tiles + slice % STAGES * STAGE + chunk_row * PITCH + chunk_k;
        u16* to_b = to_a + M * PITCH;
        int k = slice * DEPTH + chunk_k;
        const u16* a = (const u16*)row0.source(p, k).at;
        i64 at0 = row0.place(p, w, k), at1 = row1.place(p, w, k);
        copy_async(to_a, at0 >= 0 ? a + at0 : a, at0 >= 0);
        copy_async(to_a + 64 * PITCH, at1 >= 0 ? a + at1 : a, at1 >= 0);
        for (int i = 0; i < 2; i++) {
            int n = n0 + chunk_row + 64 * i;
            bool valid = n < p.n && k < p.k;
            copy_async(to_b + i * 64 * PITCH, valid ? b + (i64)n * p.k + k : b, valid);
        }
    };

    int slices = (p.k + DEPTH - 1) / DEPTH;
    for (int s = 0; s < STAGES - 1; s++) {
        if (s < slices) fetch(s);
        copies_commit();
    }
    float sums[4][4][4] = {};
    for (int s = 0; s < slices; s++) {
        copies_wait<STAGES - 2>();
        __syncthreads();
        if (s + STAGES - 1 < slices) fetch(s + STAGES - 1);
        copies_commit();
        const u16* tile_a = tiles + s % STAGES * STAGE + warp_m * PITCH;
        const u16* tile_b = tiles + s % STAGES * STAGE + (M + warp_n) * PITCH;
#pragma unroll
        for (int k = 0; k < DEPTH; k += 16) {
            u32 x[4][4], y[2][4];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                load_matrices(x[i], tile_a + (i * 16 + lane % 16) * PITCH + k + lane / 16 * 8);
            }
#pragma unroll
            for (int j = 0; j < 2; j++) {
                int n = j * 16 + lane % 8 + lane / 16 * 8;
                load_matrices(y[j], tile_b + n * PITCH + k + lane / 8 % 2 * 8);
            }
#pragma unroll
            for (int i = 0; i < 4; i++) {
#pragma unroll
                for (int j = 0; j < 4; j++) {
                    multiply_bf16(sums[i][j], x[i], y[j / 2][j % 2 * 2], y[j / 2][j % 2 * 2 + 1]);
                }
            }
        }
    }
    copies_wait<0>();
#pragma unroll
    for (int i = 0; i < 4; i++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            i64 m = m0 + warp_m + i * 16 + lane / 4 + half * 8;
            if (m >= p.m) continue;
#pragma unroll
            for (int j = 0; j < 4; j++) {
                int n = n0 + warp_n + j * 8 + lane % 4 * 2;
                finish(p, m, n, sums[i][j][half * 2], sums[i][j][half * 2 + 1]);
            }
        }
    }
}

KERNEL(THREADS) linear_bf16(const __grid_constant__ Product p) { product<MatrixRow>(p, Window()); }

KERNEL(THREADS) linear_pair_bf16(const __grid_constant__ Product p) {
    product<PairRow>(p, Window());
}

KERNEL(THREADS) conv_bf16(const __grid_constant__ Product p, const __grid_constant__ Window w) { product<PixelRow>(p, w); }
