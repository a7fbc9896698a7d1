// A tile of queries that attends in f32 on the ordinary units, in one pass over tiles of keys with a
// running softmax. Heads have up to 128 elements of any type.
#pragma once
#include "svgen.cuh"

static const int ROWS = 64, KEYS = 32, THREADS = 256;
static const int MOST_DIM = 128, COLUMNS = MOST_DIM / 16;

// A block's threads share it: thread (tx, ty) of 16 x 16 has rows 4 ty to 4 ty + 3.
struct PlainTile {
    float *qs, *ks, *vs;
    float* ps;  // [ROWS][KEYS + 1]
    int dim, pitch;
    int wide;   // rows may be read in fours
    int tx, ty;
    float sums[4][COLUMNS];
    float top[4], total[4];

    DEVICE PlainTile(unsigned char* shared, int dim, int wide) : dim(dim), wide(wide) {
        pitch = (dim + 3) / 4 * 4 + 4;
        qs = (float*)shared;
        ks = qs + ROWS * pitch;
        vs = ks + KEYS * pitch;
        ps = vs + KEYS * pitch;
        tx = threadIdx.x % 16;
        ty = threadIdx.x / 16;
#pragma unroll
        for (int i = 0; i < 4; i++) {
            top[i] = -INFINITY;
            total[i] = 0;
#pragma unroll
            for (int j = 0; j < COLUMNS; j++) sums[i][j] = 0;
        }
        for (int r = ty; r < ROWS; r += 16) {
            for (int d = dim + tx; d < pitch; d += 16) qs[r * pitch + d] = 0;
        }
        for (int r = ty; r < KEYS; r += 16) {
            for (int d = dim + tx; d < pitch; d += 16) ks[r * pitch + d] = 0;
        }
    }

    // Sixteen threads share a vector.
    DEVICE void load_vector(const Elements& from, i64 at, float* to, bool valid) const {
        if (wide) {
            for (int d = 4 * tx; d < dim; d += 64) {
                Four f = {};
                if (valid) f = load4(from, at + d);
                for (int j = 0; j < 4; j++) to[d + j] = f.v[j];
            }
        } else {
            for (int d = tx; d < dim; d += 16) to[d] = valid ? load(from, at + d) : 0;
        }
    }

    // The keys and values of `ks` and `vs`; row r takes part in those of `kept[r]`. Scores grow by `bias`.
    template <bool biased>
    DEVICE void add(const u32* kept, const float* bias, int count, float scale) {
        float s[4][2] = {};
        for (int d = 0; d < dim; d += 4) {
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
            s[i][0] *= scale;
            s[i][1] *= scale;
            if (biased) {
                s[i][0] += bias[tx];
                s[i][1] += bias[tx + 16];
            }
            float most = fmaxf(keep0 ? s[i][0] : -INFINITY, keep1 ? s[i][1] : -INFINITY);
            for (int j = 8; j > 0; j /= 2) most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, j));
            most = fmaxf(most, top[i]);
            // While no key was kept, any finite number will do; scores that are NaN stay so.
            float origin = most == -INFINITY ? 0 : most;
            float shrink = expf(top[i] - origin);
            float p0 = keep0 ? expf(s[i][0] - origin) : 0, p1 = keep1 ? expf(s[i][1] - origin) : 0;
            top[i] = most;
            total[i] = total[i] * shrink + (p0 + p1);
            for (int j = 0; j < COLUMNS; j++) sums[i][j] *= shrink;
            ps[(ty * 4 + i) * (KEYS + 1) + tx] = p0;
            ps[(ty * 4 + i) * (KEYS + 1) + tx + 16] = p1;
        }
        __syncwarp();  // these rows are read by the same half of the warp
        for (int key = 0; key < count; key++) {
            float p[4];
#pragma unroll
            for (int i = 0; i < 4; i++) p[i] = ps[(ty * 4 + i) * (KEYS + 1) + key];
#pragma unroll
            for (int j = 0; j < COLUMNS; j++) {
                int d = tx + 16 * j;
                float v = d < dim ? vs[key * pitch + d] : 0;
#pragma unroll
                for (int i = 0; i < 4; i++) sums[i][j] += p[i] * v;
            }
        }
    }

    // Of the thread's row i: adds up what its sixteen threads have.
    DEVICE float inverse(int i) {
        for (int j = 8; j > 0; j /= 2) total[i] += __shfl_xor_sync(0xffffffffu, total[i], j);
        return total[i] == 0 ? 0 : 1 / total[i];
    }

    // Writes the thread's row i to elements `to` and on.
    DEVICE void write(const Elements& out, i64 to, int i, float inverse) const {
#pragma unroll
        for (int j = 0; j < COLUMNS; j++) {
            int d = tx + 16 * j;
            if (d < dim) store(out, to + d, sums[i][j] * inverse);
        }
    }
};
