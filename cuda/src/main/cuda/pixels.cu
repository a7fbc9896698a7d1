// Normalisation of pixels over their channels, bf16 on both sides, and SiLU: a few lanes for each
// pixel, which is read once and stays in their registers. Functions are exact to 2^-21, far below bf16.
// nvcc: --use_fast_math
#include "svgen.cuh"

static const int THREADS = 256;
static const int EACH = 8;  // channels of a piece of 16 bytes
static const int MOST_LANES = 32;

// out = silu(x / sqrt(mean(x^2) + eps) * weight), in rows of c channels.
struct Pixels {
    const u16* x;
    u16* out;
    Elements weight;
    float eps;
    int c;
    i64 rows;
    int lanes;  // of a row: a power of 2, MOST_LANES at most
};

// Of 8 channels of a lane's PIECES pieces, which are `lanes` pieces apart.
template <int PIECES>
DEVICE void rms_pixels(const Pixels& p) {
    __shared__ float4 weights[PIECES * MOST_LANES * EACH / 4];
    for (int i = threadIdx.x; i < p.c; i += THREADS) ((float*)weights)[i] = load(p.weight, i);
    __syncthreads();
    int lane = threadIdx.x % p.lanes;
    i64 step = thread_count() / p.lanes;
    i64 rounds = (p.rows + step - 1) / step;  // the same for all lanes of a warp
    i64 row = thread_index() / p.lanes;
    for (i64 round = 0; round < rounds; round++, row += step) {
        bool there = row < p.rows;
        const uint4* from = (const uint4*)(p.x + row * p.c) + lane;
        float v[PIECES][EACH];
#pragma unroll
        for (int i = 0; i < PIECES; i++) {
            uint4 bits = there ? from[i * p.lanes] : make_uint4(0, 0, 0, 0);
            u32 words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
            for (int j = 0; j < 4; j++) {
                v[i][2 * j] = as_float(words[j] << 16);
                v[i][2 * j + 1] = as_float(words[j] & 0xffff0000);
            }
        }
        float squares = 0;
#pragma unroll
        for (int i = 0; i < PIECES; i++) {
#pragma unroll
            for (int j = 0; j < EACH; j++) squares += v[i][j] * v[i][j];
        }
        for (int i = p.lanes / 2; i > 0; i /= 2) squares += __shfl_xor_sync(0xffffffffu, squares, i);
        if (!there) continue;
        float inverse = rsqrtf(squares / p.c + p.eps);
        uint4* to = (uint4*)(p.out + row * p.c) + lane;
#pragma unroll
        for (int i = 0; i < PIECES; i++) {
            const float4* factors = weights + (i * p.lanes + lane) * 2;
            float4 first = factors[0], second = factors[1];
            float weight[EACH] = {first.x, first.y, first.z, first.w,
                                  second.x, second.y, second.z, second.w};
            u32 words[4];
#pragma unroll
            for (int j = 0; j < 4; j++) {
                float low = activate(SILU, v[i][2 * j] * inverse * weight[2 * j]);
                float high = activate(SILU, v[i][2 * j + 1] * inverse * weight[2 * j + 1]);
                words[j] = pack_bf16(low, high);
            }
            to[i * p.lanes] = make_uint4(words[0], words[1], words[2], words[3]);
        }
    }
}

KERNEL(THREADS) rms_pixels_3(Pixels p) { rms_pixels<3>(p); }
KERNEL(THREADS) rms_pixels_4(Pixels p) { rms_pixels<4>(p); }
KERNEL(THREADS) rms_pixels_5(Pixels p) { rms_pixels<5>(p); }
