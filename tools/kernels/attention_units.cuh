// The building blocks of the attention kernel alone, so that a wrong one shows by itself.
#pragma once

#include "attention_bench.cuh"

constexpr int UNIT_KEYS = 176;
constexpr int UNIT_TOKEN = 5;
constexpr int UNIT_TOKENS = 140;  // fewer than the box: the rest must come as zeros

/** A box of rows of one head: its bytes in shared memory, as they came. */
template <int D>
__global__ void unit_copy(const __grid_constant__ TensorMap map, uint4* out) {
    extern __shared__ __align__(1024) unsigned char shared[];
    u32 base = shared_address(shared), skip = (1024 - base % 1024) % 1024;
    __shared__ u64 barrier;
    constexpr int BYTES = UNIT_KEYS * D * 2;
    if (threadIdx.x == 0) {
        barrier_init(shared_address(&barrier), 1);
        barrier_init_fence();
        barrier_expect(shared_address(&barrier), BYTES);
        load_rows(base + skip, &map, UNIT_TOKEN, 1, 1, shared_address(&barrier), EVICT_LAST);
    }
    __syncthreads();
    barrier_wait(shared_address(&barrier), 0);
    for (int i = threadIdx.x; i < BYTES / 16; i += blockDim.x) {
        out[i] = ((uint4*)(shared + skip))[i];
    }
}

/** Scores of the first 64 rows of a box of 128 with the rows of another, or weights times values. */
template <int D>
__global__ void __launch_bounds__(128)
        unit_product(const __grid_constant__ TensorMap queries, const __grid_constant__ TensorMap keys,
                     const u16* weights, float* out) {
    extern __shared__ __align__(1024) unsigned char shared[];
    u32 base = shared_address(shared);
    base += (1024 - base % 1024) % 1024;
    __shared__ u64 barrier;
    constexpr int ROWS = 128;
    u32 at = base + ROWS * D * 2;
    if (threadIdx.x == 0) {
        barrier_init(shared_address(&barrier), 1);
        barrier_init_fence();
        barrier_expect(shared_address(&barrier), (ROWS + UNIT_KEYS) * D * 2);
        load_rows(base, &queries, 0, 0, 0, shared_address(&barrier), EVICT_LAST);
        load_rows(at, &keys, 0, 0, 0, shared_address(&barrier), EVICT_LAST);
    }
    __syncthreads();
    barrier_wait(shared_address(&barrier), 0);
    int row = threadIdx.x / 32 * 16 + threadIdx.x % 32 / 4, column = threadIdx.x % 4 * 2;
    if (weights == nullptr) {
        float s[UNIT_KEYS / 2];
#pragma unroll
        for (int i = 0; i < UNIT_KEYS / 2; i++) s[i] = 0;
        pin(s);
        products_begin();
#pragma unroll
        for (int i = 0; i < D / 16; i++) {
            Scores<UNIT_KEYS>::add(s, descriptor(base, 0) + (i / 4 * ROWS * 128 + i % 4 * 32) / 16,
                                   descriptor(at, 0) + (i / 4 * UNIT_KEYS * 128 + i % 4 * 32) / 16,
                                   i > 0);
        }
        products_commit();
        products_wait<0>();
        pin(s);
#pragma unroll
        for (int i = 0; i < UNIT_KEYS / 2; i++) {
            out[(row + i / 2 % 2 * 8) * UNIT_KEYS + i / 4 * 8 + column + i % 2] = s[i];
        }
    } else {
        float o[D / 2];
        u32 p[UNIT_KEYS / 4];
#pragma unroll
        for (int i = 0; i < D / 2; i++) o[i] = 0;
#pragma unroll
        for (int i = 0; i < UNIT_KEYS / 4; i++) {
            p[i] = *(u32*)(weights + (row + i % 2 * 8) * UNIT_KEYS + i / 2 * 8 + column);
        }
        pin(o);
        products_begin();
#pragma unroll
        for (int i = 0; i < UNIT_KEYS / 16; i++) {
            Values<D>::add(o, p + 4 * i, descriptor(at, UNIT_KEYS * 128) + i * 128);
        }
        products_commit();
        products_wait<0>();
        pin(o);
#pragma unroll
        for (int i = 0; i < D / 2; i++) {
            out[(row + i / 2 % 2 * 8) * D + i / 4 * 8 + column + i % 2] = o[i];
        }
    }
}

inline void report(const char* name, int d, int bad, int of, const std::string& first) {
    printf("unit %-9s d%-3d %s", name, d, bad == 0 ? "ok\n" : "WRONG ");
    if (bad) printf("%d of %d, %s\n", bad, of, first.c_str());
}

template <int D>
void unit_tests() {
    Shape s{2, 2, UNIT_TOKENS, UNIT_TOKENS, D};
    size_t n = (size_t)4 * UNIT_TOKENS * D;
    u16 *q = device<u16>(n), *k = device<u16>(n), *w = device<u16>(64 * UNIT_KEYS);
    random_bf16(q, n, 1, 1);
    random_bf16(k, n, 2, 1);
    random_bf16(w, 64 * UNIT_KEYS, 3, 1);
    std::vector<u16> hq(n), hk(n), hw(64 * UNIT_KEYS);
    CHECK(cudaMemcpy(hq.data(), q, n * 2, cudaMemcpyDefault));
    CHECK(cudaMemcpy(hk.data(), k, n * 2, cudaMemcpyDefault));
    CHECK(cudaMemcpy(hw.data(), w, hw.size() * 2, cudaMemcpyDefault));
    TensorMap mq = map_of(q, s, UNIT_TOKENS, 128), mk = map_of(k, s, UNIT_TOKENS, UNIT_KEYS);

    constexpr int BYTES = UNIT_KEYS * D * 2;
    uint4* raw = device<uint4>(BYTES / 16);
    CHECK(cudaFuncSetAttribute(unit_copy<D>, cudaFuncAttributeMaxDynamicSharedMemorySize, BYTES + 1024));
    unit_copy<D><<<1, 128, BYTES + 1024>>>(mk, raw);
    CHECK(cudaDeviceSynchronize());
    std::vector<u16> got(BYTES / 2);
    CHECK(cudaMemcpy(got.data(), raw, BYTES, cudaMemcpyDefault));
    int bad = 0;
    char text[300] = "";
    for (int r = 0; r < UNIT_KEYS; r++) {
        for (int c = 0; c < D; c++) {
            int at = c / 64 * UNIT_KEYS * 64 + r * 64 + ((c % 64 / 8) ^ (r % 8)) * 8 + c % 8;
            int token = r + UNIT_TOKEN;
            u16 want = token < UNIT_TOKENS ? hk[((size_t)3 * UNIT_TOKENS + token) * D + c] : 0;
            if (got[at] != want && bad++ == 0) {
                int where = -1;
                for (int i = 0; i < BYTES / 2 && where < 0; i++) if (got[i] == want) where = i;
                snprintf(text, sizeof text, "row %d channel %d: %04x, want %04x (lies at element %d, expected %d)",
                         r, c, got[at], want, where, at);
            }
        }
    }
    report("copy", D, bad, UNIT_KEYS * D, text);

    constexpr int SHARED = (128 + UNIT_KEYS) * D * 2 + 1024;
    float* out = device<float>(64 * UNIT_KEYS);
    std::vector<float> o(64 * UNIT_KEYS);
    CHECK(cudaFuncSetAttribute(unit_product<D>, cudaFuncAttributeMaxDynamicSharedMemorySize, SHARED));
    for (int values = 0; values < 2; values++) {
        unit_product<D><<<1, 128, SHARED>>>(mq, mk, values ? w : nullptr, out);
        CHECK(cudaDeviceSynchronize());
        CHECK(cudaMemcpy(o.data(), out, o.size() * 4, cudaMemcpyDefault));
        int columns = values ? D : UNIT_KEYS;
        bad = 0;
        for (int r = 0; r < 64; r++) {
            for (int c = 0; c < columns; c++) {
                double want = 0;
                if (values) {
                    for (int j = 0; j < UNIT_TOKENS; j++)
                        want += (double)from_bf16(hw[r * UNIT_KEYS + j]) * from_bf16(hk[(size_t)j * D + c]);
                } else if (c < UNIT_TOKENS) {
                    for (int i = 0; i < D; i++)
                        want += (double)from_bf16(hq[(size_t)r * D + i]) * from_bf16(hk[(size_t)c * D + i]);
                }
                if (!(fabs(o[r * columns + c] - want) < 2e-2) && bad++ < 3) {
                    snprintf(text + strlen(text), sizeof text - strlen(text), "[%d,%d] %.3f want %.3f; ", r, c,
                             o[r * columns + c], want);
                }
            }
        }
        report(values ? "values" : "scores", D, bad, 64 * columns, text);
        text[0] = 0;
    }
}

inline int units() {
    unit_tests<64>();
    unit_tests<128>();
    return 0;
}
