// Stands in for conv_pairs_sm90.cu as hopper_conv.cpp does for conv_sm90.cu.
#include "emulator.hpp"
#include "conv_pairs_argument.cuh"

namespace {
struct Frames {
    emulator::EmulatedMap map;
    bool right;

    Frames(const TensorMap& m, int channels, unsigned width, unsigned lines) {
        memcpy(&map, &m, sizeof map);
        right = map.sizes[0] == (uint64_t)channels && map.stride >= 2 * map.sizes[0] &&
                map.strides[0] >= map.stride * map.sizes[1] && map.strides[1] >= map.strides[0] * map.sizes[2] &&
                map.box[0] == 64 && map.box[1] == width && map.box[2] == lines && map.box[3] == 1 && map.type == 9 &&
                map.swizzle == 3;
    }

    u16* at(int t, int y, int x) const {
        return (u16*)((char*)map.address + t * map.strides[1] + y * map.strides[0] + x * map.stride);
    }
};

// Product `i` of a frame at a pixel, for output channel n.
float product(const ConvPairs& c, const Frames& x, int frame, int i, int py, int px, int n, const u16* weights) {
    float sum = 0;
    for (int tap = 0; tap < 9; tap++) {
        int y = py + tap / 3 - c.top, xx = px + tap % 3 - c.left;
        if (y < 0 || y >= (int)x.map.sizes[2] || xx < 0 || xx >= (int)x.map.sizes[1]) continue;
        const u16* from = x.at(frame, y, xx);
        const u16* by = weights + (((u64)i * c.n + n) * 9 + tap) * c.channels;
        for (int k = 0; k < c.channels; k++) sum += bf16_to_float(from[k]) * bf16_to_float(by[k]);
    }
    return sum;
}

template <bool ADD>
void convolution(void** arguments) {
    const ConvPairs& c = *(const ConvPairs*)arguments[0];
    if (threadIdx.x || blockIdx.x) return;
    unsigned lines = 128 / c.box_w + 2;
    Frames sums(c.sums, c.channels, c.box_w, lines), first(c.first, c.channels, c.box_w, lines);
    Frames out(c.out, c.n, c.box_w, 16 / c.box_w);
    emulator::EmulatedMap w;
    memcpy(&w, &c.w, sizeof w);
    int width = out.map.sizes[1], height = out.map.sizes[2], frames = out.map.sizes[3];
    bool right = sums.right && first.right && out.right && (c.box_w == 8 || c.box_w == 16) && c.channels % 64 == 0 &&
                 c.n % 64 == 0 && w.sizes[0] == (u64)9 * c.channels && w.sizes[1] == (u64)4 * c.n && w.box[0] == 64 &&
                 w.box[1] == 64 && w.stride == 2 * w.sizes[0] && sums.map.sizes[3] == (u64)4 * c.pairs &&
                 frames > c.singles + 2 * (c.pairs - 1) && frames <= c.singles + 2 * c.pairs && blockDim.x == 384 &&
                 gridDim.x % 2 == 0 && c.tiles_w * c.box_w >= width && c.tiles / c.tiles_w * (128 / c.box_w) >= height;
    if (!right) return;  // the output keeps its poison
    const u16* weights = (const u16*)w.address;
    auto put = [&](int t, int y, int x, int n, float sum) {
        if (t >= frames) return;
        u16& to = out.at(t, y, x)[n];
        to = float_to_bf16(ADD ? bf16_to_float(to) + bf16_to_float(float_to_bf16(sum)) : sum);
    };
    for (int i = 0; i < width * height; i++)
        for (int n = 0; n < c.n; n++) {
            int y = i / width, x = i % width;
            float bias = c.bias.at ? load(c.bias, n) : 0;
            if (c.singles) put(0, y, x, n, bias + product(c, first, 0, 0, y, x, n, weights));
            for (int pair = 0; pair < c.pairs; pair++) {
                float sum[4];
                for (int k = 0; k < 4; k++) sum[k] = product(c, sums, 4 * pair + k, k, y, x, n, weights);
                put(c.singles + 2 * pair, y, x, n, bias + sum[0] + sum[1] + sum[2]);
                put(c.singles + 2 * pair + 1, y, x, n, bias + sum[0] - sum[1] + sum[3]);
            }
        }
}

bool added = [] {
    emulator::add_kernel("conv_pairs", convolution<false>);
    emulator::add_kernel("conv_pairs_add", convolution<true>);
    return true;
}();
}  // namespace
