// arch: sm_90a
// Queries, keys and values to 8 bits, in the order that their head attends in, for attention8_sm90.cu. Three
// kernels one after the other: sums over the tokens of a head, what follows from them, and the numbers.
//
// q: int8, a scale a token, which has the scale of scores and the logarithm of e to the base of 2 in it.
// k: int8, less its mean over all tokens of the head, a scale for each KEY_BLOCK tokens. The mean adds the same
//    to all scores of a query, so softmax does not see it.
// v: e4m3, transposed, a scale a channel.
// A number that is not finite makes its scale NaN: attention's results are NaN where they depend on it.
#include "attention8_operands.cuh"
#include "attention_plan.cuh"

/** Parts that the tokens of a head are cut into for sums. */
constexpr int PARTS = 64;

struct Placement8 {
    const uint4* q;  // bf16 [heads, queries, D]
    const uint4* k;  // bf16 [heads, keys, D]
    const uint4* v;
    Operands8 to;
    float* sums;  // of k [heads, PARTS, D]
    float* most;  // of v's magnitudes, the same; NaN where one is not finite
    float* mean;  // of k [heads, D]
    const int* plan;
    const int* kinds;  // [heads], or null: all of kind 0
    int queries;
    float scale;
};

/** Eight channels. */
struct Eight {
    float x[8];

    DEVICE Eight(uint4 bits) {
        u32 words[4] = {bits.x, bits.y, bits.z, bits.w};
#pragma unroll
        for (int i = 0; i < 8; i++) {
            x[i] = as_float(i % 2 ? words[i / 2] & 0xFFFF0000u : words[i / 2] << 16);
        }
    }

    /** The greatest magnitude; NaN where one is not finite. */
    DEVICE float most() const {
        float most = 0, none = 0;
#pragma unroll
        for (int i = 0; i < 8; i++) {
            most = fmaxf(most, fabsf(x[i]));
            none += x[i] * 0;
        }
        return most + none;
    }
};

/** The greater; NaN if one is. */
DEVICE float most_of(float a, float b) { return fmaxf(a, b) + (a + b) * 0; }

/** A scale by which numbers up to `most` become ones up to `limit`; never zero, so that it can be divided by. */
DEVICE float scale_of(float most, float limit) {
    return most < 1e-15f ? 1e-15f : most / limit;  // NaN stays
}

DEVICE Order order_of(const Placement8& p, int head) {
    return kind_of(p.plan, p.kinds == nullptr ? 0 : p.kinds[head]).order;
}

/** Grid: PARTS, heads. */
template <int D>
DEVICE void sum_part(const Placement8& p) {
    constexpr int PIECES = D / 8, ROWS = 256 / PIECES;
    __shared__ float sums[ROWS][D], most[ROWS][D];
    int head = blockIdx.y, keys = p.to.keys;
    int from = (int)((i64)keys * blockIdx.x / PARTS), to = (int)((i64)keys * (blockIdx.x + 1) / PARTS);
    int row = threadIdx.x / PIECES, piece = threadIdx.x % PIECES;
    const uint4* k = p.k + (i64)head * keys * PIECES;
    const uint4* v = p.v + (i64)head * keys * PIECES;
    float sum[8] = {}, greatest[8] = {};
    constexpr int AT_ONCE = 4;  // on the way at a time
    for (int first = from + row; first < to; first += ROWS * AT_ONCE) {
        uint4 x[AT_ONCE], y[AT_ONCE];
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            i64 token = first + j * ROWS;
            bool there = token < to;
            x[j] = there ? k[token * PIECES + piece] : make_uint4(0, 0, 0, 0);
            y[j] = there ? v[token * PIECES + piece] : make_uint4(0, 0, 0, 0);
        }
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            Eight a(x[j]), b(y[j]);
#pragma unroll
            for (int i = 0; i < 8; i++) {
                sum[i] += a.x[i];
                greatest[i] = most_of(greatest[i], fabsf(b.x[i]));
            }
        }
    }
#pragma unroll
    for (int i = 0; i < 8; i++) {
        sums[row][piece * 8 + i] = sum[i];
        most[row][piece * 8 + i] = greatest[i];
    }
    __syncthreads();
    if (threadIdx.x < D) {
        float all = 0, greatest = 0;
        for (int i = 0; i < ROWS; i++) {
            all += sums[i][threadIdx.x];
            greatest = most_of(greatest, most[i][threadIdx.x]);
        }
        i64 at = ((i64)head * PARTS + blockIdx.x) * D + threadIdx.x;
        p.sums[at] = all;
        p.most[at] = greatest;
    }
}

/** Grid: heads; D threads. */
template <int D>
DEVICE void find_scales(const Placement8& p) {
    int head = blockIdx.x;
    float sum = 0, most = 0;
    for (int i = 0; i < PARTS; i++) {
        i64 at = ((i64)head * PARTS + i) * D + threadIdx.x;
        sum += p.sums[at];
        most = most_of(most, p.most[at]);
    }
    p.mean[head * D + threadIdx.x] = sum / p.to.keys;
    p.to.v_scale[head * D + threadIdx.x] = scale_of(most, 448);
}

DEVICE u32 pack_int8(const float* x, float by) {
    u32 bits = 0;
#pragma unroll
    for (int i = 0; i < 4; i++) {
        bits |= ((u32)__float2int_rn(x[i] * by) & 0xFF) << 8 * i;
    }
    return bits;
}

DEVICE uint2 pack_int8(const Eight& x, float by) { return make_uint2(pack_int8(x.x, by), pack_int8(x.x + 4, by)); }

DEVICE Eight less(uint4 bits, const float (&mean)[8]) {
    Eight x(bits);
#pragma unroll
    for (int i = 0; i < 8; i++) {
        x.x[i] -= mean[i];
    }
    return x;
}

/** D / 8 lanes a token. */
template <int D>
DEVICE void place_queries(const Placement8& p, int head, Order order) {
    constexpr int PIECES = D / 8, ROWS = 256 / PIECES;
    int piece = threadIdx.x % PIECES;
    const uint4* from = p.q + (i64)head * p.queries * PIECES;
    uint2* to = (uint2*)p.to.q + (i64)head * p.queries * PIECES;
    constexpr int AT_ONCE = 4;  // on the way at a time
    for (int first = blockIdx.x * ROWS * AT_ONCE; first < p.queries; first += gridDim.x * ROWS * AT_ONCE) {
        uint4 bits[AT_ONCE];
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            int i = first + j * ROWS + threadIdx.x / PIECES;
            bits[j] = i < p.queries ? from[(i64)stored(order, i) * PIECES + piece] : make_uint4(0, 0, 0, 0);
        }
#pragma unroll
        for (int j = 0; j < AT_ONCE; j++) {
            int i = first + j * ROWS + threadIdx.x / PIECES;
            Eight x(bits[j]);
            float most = x.most();
#pragma unroll
            for (int by = 1; by < PIECES; by *= 2) {
                most = most_of(most, __shfl_xor_sync(~0u, most, by));
            }
            float scale = scale_of(most, 127);
            if (i < p.queries) {
                to[(i64)i * PIECES + piece] = pack_int8(x, 1 / scale);
                if (piece == 0) {
                    p.to.q_scale[(i64)head * p.queries + i] = scale * p.scale * 1.44269504f;
                }
            }
        }
    }
}

/** Two warps have the tokens of a scale. */
template <int D>
DEVICE void place_keys(const Placement8& p, int head, Order order) {
    constexpr int PIECES = D / 8, AT_ONCE = 64 / PIECES, TIMES = KEY_BLOCK / AT_ONCE;
    __shared__ float shared[2][8];  // of each warp, in turns
    int keys = p.to.keys, blocks = key_scales(keys), warp = threadIdx.x / 32, piece = threadIdx.x % PIECES;
    const uint4* from = p.k + (i64)head * keys * PIECES;
    uint2* to = (uint2*)p.to.k + (i64)head * keys * PIECES;
    float mean[8];
#pragma unroll
    for (int i = 0; i < 8; i++) {
        mean[i] = p.mean[head * D + piece * 8 + i];
    }
    int turn = 0;
    for (int begin = blockIdx.x * 4; begin < blocks; begin += gridDim.x * 4, turn ^= 1) {
        int block = begin + warp / 2;
        uint4 bits[TIMES];
        int first = block * KEY_BLOCK + threadIdx.x % 64 / PIECES;
#pragma unroll
        for (int i = 0; i < TIMES; i++) {
            int token = first + i * AT_ONCE;
            if (token < keys) {
                bits[i] = from[(i64)stored(order, token) * PIECES + piece];
            }
        }
        float most = 0;
#pragma unroll
        for (int i = 0; i < TIMES; i++) {
            if (first + i * AT_ONCE < keys) {
                most = most_of(most, less(bits[i], mean).most());
            }
        }
#pragma unroll
        for (int by = 1; by < 32; by *= 2) {
            most = most_of(most, __shfl_xor_sync(~0u, most, by));
        }
        if (threadIdx.x % 32 == 0) {
            shared[turn][warp] = most;
        }
        __syncthreads();
        most = most_of(shared[turn][warp], shared[turn][warp ^ 1]);
        float scale = scale_of(most, 127), inverse = 1 / scale;
#pragma unroll
        for (int i = 0; i < TIMES; i++) {
            if (first + i * AT_ONCE < keys) {
                to[(i64)(first + i * AT_ONCE) * PIECES + piece] = pack_int8(less(bits[i], mean), inverse);
            }
        }
        if (threadIdx.x % 64 == 0 && block < blocks) {
            p.to.k_scale[(i64)head * blocks + block] = scale;
        }
    }
}

/** A block transposes VALUE_BLOCK tokens: a thread packs four of them, of eight channels. */
template <int D>
DEVICE void place_values(const Placement8& p, int head, Order order) {
    constexpr int PIECES = D / 8, FOURS = VALUE_BLOCK / 4, LINE = FOURS + 1;
    __shared__ u32 tile[D * LINE];
    int keys = p.to.keys, padded = value_tokens(keys), piece = threadIdx.x % PIECES;
    const uint4* from = p.v + (i64)head * keys * PIECES;
    u32* to = (u32*)(p.to.v + (i64)head * D * padded);
    float inverse[8];
#pragma unroll
    for (int i = 0; i < 8; i++) {
        inverse[i] = 1 / p.to.v_scale[head * D + piece * 8 + i];
    }
    for (int first = blockIdx.x * VALUE_BLOCK; first < padded; first += gridDim.x * VALUE_BLOCK) {
        for (int four = threadIdx.x / PIECES; four < FOURS; four += 256 / PIECES) {
            float x[4][8];
#pragma unroll
            for (int i = 0; i < 4; i++) {
                int token = first + four / 4 * 16 + four % 4 * 2 + i / 2 * 8 + i % 2;
                Eight y(token < keys ? from[(i64)stored(order, token) * PIECES + piece] : make_uint4(0, 0, 0, 0));
#pragma unroll
                for (int j = 0; j < 8; j++) x[i][j] = y.x[j] * inverse[j];
            }
#pragma unroll
            for (int j = 0; j < 8; j++) {
                tile[(piece * 8 + j) * LINE + four] = pack_e4m3(x[0][j], x[1][j], x[2][j], x[3][j]);
            }
        }
        __syncthreads();
        for (int i = threadIdx.x; i < D * FOURS; i += 256) {
            to[(i64)(i / FOURS) * (padded / 4) + first / 4 + i % FOURS] = tile[i / FOURS * LINE + i % FOURS];
        }
        __syncthreads();
    }
}

/** Grid: any, heads, 3. */
template <int D>
DEVICE void place(const Placement8& p) {
    int head = blockIdx.y;
    Order order = order_of(p, head);
    if (blockIdx.z == 0) {
        place_queries<D>(p, head, order);
    } else if (blockIdx.z == 1) {
        place_keys<D>(p, head, order);
    } else {
        place_values<D>(p, head, order);
    }
}

#define PLACEMENT8(D)                                                                                          \
    KERNEL(256) attention8_sums_d##D(const __grid_constant__ Placement8 p) { sum_part<D>(p); }                 \
    KERNEL(D) attention8_scales_d##D(const __grid_constant__ Placement8 p) { find_scales<D>(p); }              \
    KERNEL(256) attention8_place_d##D(const __grid_constant__ Placement8 p) { place<D>(p); }

PLACEMENT8(64)
PLACEMENT8(128)
