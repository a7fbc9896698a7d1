// Stands in for gemm_sm90.cu, whose instructions are not emulated here: computes what its kernels
// shall, from the same arguments, and refuses launches that the kernels do not expect.
#include "emulator.hpp"
#include "gemm_argument.cuh"

namespace {
struct Matrix {
    emulator::EmulatedMap map;
    bool right;

    Matrix(const TensorMap& m, int rows, int columns, unsigned box, unsigned bytes = 2) {
        memcpy(&map, &m, sizeof map);
        right = map.sizes[0] == (uint64_t)columns && map.sizes[1] == (uint64_t)rows &&
                map.stride == (uint64_t)bytes * columns && map.box[0] == 128 / bytes && map.box[1] == box &&
                map.type == (bytes == 2 ? 9 : 7) && map.swizzle == 3;
    }

    u16* at(int row, int column) const { return (u16*)((char*)map.address + row * map.stride) + column; }
};

template <int CLUSTER, int BOX, int FUNCTION, int TYPE>
void product(void** arguments) {
    const Gemm& g = *(const Gemm*)arguments[0];
    if (threadIdx.x || blockIdx.x) return;
    Matrix a(g.a, g.m, g.split, 128), b(g.b, g.n, g.k, BOX), out(g.out, g.m, g.n, TYPE == BF16 ? 16 : 8, TYPE == BF16 ? 2 : 4);
    Matrix a2(g.k > g.split ? g.a2 : g.a, g.m, g.k > g.split ? g.k - g.split : g.split, 128);
    bool right = a.right && a2.right && b.right && out.right &&
                 gridDim.x % CLUSTER == 0 && gridDim.x <= 2 && blockDim.x == 384 && g.group > 0;
    if (!right) return;  // the output keeps its poison
    for (int m = 0; m < g.m; m++)
        for (int n = 0; n < g.n; n++) {
            float y = g.bias.at ? load(g.bias, n) : 0;
            for (int k = 0; k < g.k; k++)
                y += bf16_to_float(k < g.split ? *a.at(m, k) : *a2.at(m, k - g.split)) * bf16_to_float(*b.at(n, k));
            Elements to{out.map.address, TYPE};
            store(to, (i64)m * g.n + n, activate(FUNCTION, y));
        }
}

template <int CLUSTER, int BOX>
void add(const char* none, const char* silu, const char* gelu_tanh, const char* f32) {
    emulator::add_kernel(none, product<CLUSTER, BOX, NONE, BF16>);
    emulator::add_kernel(silu, product<CLUSTER, BOX, SILU, BF16>);
    emulator::add_kernel(gelu_tanh, product<CLUSTER, BOX, GELU_TANH, BF16>);
    emulator::add_kernel(f32, product<CLUSTER, BOX, NONE, F32>);
}

bool added = [] {
    add<2, 128>("linear_wide", "linear_wide_silu", "linear_wide_gelu_tanh", "linear_wide_f32");
    add<1, 128>("linear_narrow", "linear_narrow_silu", "linear_narrow_gelu_tanh", "linear_narrow_f32");
    add<1, 64>("linear_slim", "linear_slim_silu", "linear_slim_gelu_tanh", "linear_slim_f32");
    return true;
}();
}  // namespace
