// Stands in for cluster_assign_sm90.cu and cluster_error_sm90.cu, whose instructions are not emulated here: computes
// what their kernels shall, from the same arguments, and refuses launches that the kernels do not expect.
#include "emulator.hpp"
#include "cluster_arguments.cuh"

namespace {
/** bf16 [batch, heads, rows, D]. */
struct Rows {
    emulator::EmulatedMap map;
    bool right;

    Rows(const TensorMap& m, int d, int heads, int rows, unsigned box) {
        memcpy(&map, &m, sizeof map);
        uint64_t row = 2 * d;
        right = map.sizes[0] == 64 && map.sizes[1] == (uint64_t)rows && map.sizes[2] == d / 64u && map.sizes[3] == (uint64_t)heads &&
                map.stride == row && map.strides[0] == 128 && map.strides[1] == row * rows && map.strides[2] == row * rows * heads &&
                map.box[0] == 64 && map.box[1] == box && map.box[2] == d / 64u && map.type == 9 && map.swizzle == 3;
    }

    float at(int map_, int row, int i) const {
        return bf16_to_float(((const u16*)((char*)map.address + map_ * map.strides[1] + row * map.stride))[i]);
    }
};

template <int D>
void assign(void** arguments) {
    const ClusterAssign& a = *(const ClusterAssign*)arguments[0];
    if (threadIdx.x || blockIdx.x) return;
    emulator::EmulatedMap tokens;
    memcpy(&tokens, &a.x, sizeof tokens);
    const int COLUMNS = D == 128 ? 144 : 128;
    Rows x(a.x, D, a.heads, (int)tokens.sizes[1], 192), centroids(a.centroids, D, a.maps, a.columns, COLUMNS);
    if (!x.right || !centroids.right || a.columns % COLUMNS || blockDim.x != 512) return;
    for (int m = 0; m < a.maps; m++)
        for (int i = 0; i < a.count; i++) {
            float least = INFINITY;
            int best = 0;
            for (int c = 0; c < a.columns; c++) {
                float dot = 0;
                for (int e = 0; e < D; e++) dot += x.at(m, a.from + i, e) * centroids.at(m, c, e);
                float distance = a.squares[(i64)m * a.columns + c] - 2 * dot;
                if (distance < least) least = distance, best = c;
            }
            a.labels[(i64)m * a.count + i] = best;
        }
}

template <int D>
void errors(void** arguments) {
    const ClusterError& a = *(const ClusterError*)arguments[0];
    if (threadIdx.x || blockIdx.x) return;
    int padded = (a.rows + 255) / 256 * 256;
    Rows queries(a.queries, D, a.maps, padded, 256), keys(a.keys, D, a.maps, a.n, 64);
    if (!queries.right || !keys.right || blockDim.x != 640 || a.parts < 1) return;
    for (int m = 0; m < a.maps; m++)
        for (int r = 0; r < a.rows; r++)
            for (int c = 0; c < a.clusters; c++) {
                const int* bounds = a.bounds + (i64)m * a.stride + a.first + c;
                float sum = 0;
                for (int p = bounds[0]; p < bounds[1]; p++) {
                    float dot = 0;
                    for (int e = 0; e < D; e++) dot += queries.at(m, r, e) * keys.at(m, p, e);
                    float2 t = a.terms[(i64)m * a.n + p];
                    float e = expf(fminf(dot * a.scale, FARTHEST * 0.69314718f)) - 1;
                    sum += e * (t.x + e * t.y);
                }
                a.sums[((i64)m * a.rows + r) * a.clusters + c] = sum;
            }
}

bool added = emulator::add_kernel("cluster_assign_d64", assign<64>) & emulator::add_kernel("cluster_assign_d128", assign<128>) &
             emulator::add_kernel("cluster_error_d64", errors<64>) & emulator::add_kernel("cluster_error_d128", errors<128>);
}  // namespace
