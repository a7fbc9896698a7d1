// Stands in for gemm8_sm90.cu, whose instructions are not emulated here: computes what its kernels
// shall, from the same arguments, and refuses launches that the kernels do not expect.
#include "emulator.hpp"
#include "gemm8_argument.cuh"

namespace {
bool fits(const TensorMap& m, emulator::EmulatedMap& map, int rows, int columns, unsigned box, unsigned bytes, int type) {
    memcpy(&map, &m, sizeof map);
    return map.sizes[0] == (uint64_t)columns && map.sizes[1] == (uint64_t)rows && map.stride == (uint64_t)bytes * columns &&
           map.box[0] == 128 / bytes && map.box[1] == box && map.type == type && map.swizzle == 3;
}

float number(unsigned char x) {
    int e = x >> 3 & 15, f = x & 7;
    float v = e == 15 && f == 7 ? NAN : e ? std::ldexp(8.0f + f, e - 10) : std::ldexp((float)f, -9);
    return x & 128 ? -v : v;
}

template <int CLUSTER, int FUNCTION, int TYPE>
void product(void** arguments) {
    const Gemm8& g = *(const Gemm8*)arguments[0];
    if (threadIdx.x || blockIdx.x) return;
    emulator::EmulatedMap a, b, out;
    bool right = fits(g.a, a, g.m, g.k, 128, 1, 0) && fits(g.b, b, g.n, g.k, 128, 1, 0) &&
                 fits(g.out, out, g.m, g.n, TYPE == BF16 ? 16 : 8, TYPE == BF16 ? 2 : 4, TYPE == BF16 ? 9 : 7) && gridDim.x % CLUSTER == 0 &&
                 gridDim.x <= 2 && blockDim.x == 384 && g.group > 0 && g.row_scales.type == F32 && g.column_scales.type == F32;
    if (!right) return;  // the output keeps its poison
    for (int m = 0; m < g.m; m++)
        for (int n = 0; n < g.n; n++) {
            float sum = 0;
            for (int k = 0; k < g.k; k++)
                sum += number(((unsigned char*)a.address)[m * a.stride + k]) * number(((unsigned char*)b.address)[n * b.stride + k]);
            float y = sum * load(g.row_scales, m) * load(g.column_scales, n) + (g.bias.at ? load(g.bias, n) : 0);
            store(Elements{out.address, TYPE}, (i64)m * g.n + n, activate(FUNCTION, y));
        }
}

bool added = [] {
    emulator::add_kernel("linear8_wide", product<2, NONE, BF16>);
    emulator::add_kernel("linear8_wide_gelu_tanh", product<2, GELU_TANH, BF16>);
    emulator::add_kernel("linear8_long", product<2, NONE, BF16>);
    emulator::add_kernel("linear8_long_f32", product<2, NONE, F32>);
    emulator::add_kernel("linear8_narrow", product<1, NONE, BF16>);
    emulator::add_kernel("linear8_narrow_gelu_tanh", product<1, GELU_TANH, BF16>);
    emulator::add_kernel("linear8_narrow_f32", product<1, NONE, F32>);
    return true;
}();
}  // namespace
