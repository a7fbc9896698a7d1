// Stands in for conv_sm90.cu as hopper.cpp does for gemm_sm90.cu.
#include "emulator.hpp"
#include "conv_argument.cuh"

namespace {
struct Frames {
    emulator::EmulatedMap map;
    bool right;

    Frames(const TensorMap& m, int channels, int width, unsigned boxPixels) {
        memcpy(&map, &m, sizeof map);
        right = map.sizes[0] == (uint64_t)channels && map.stride >= 2 * map.sizes[0] &&
                map.strides[0] >= map.stride * map.sizes[1] && map.strides[1] >= map.strides[0] * map.sizes[2] &&
                map.box[0] == 64 && (int)map.box[1] == width &&
                map.box[1] * map.box[2] == boxPixels && map.box[3] == 1 && map.type == 9 && map.swizzle == 3;
    }

    u16* at(int t, int y, int x) const {
        return (u16*)((char*)map.address + t * map.strides[1] + y * map.strides[0] + x * map.stride);
    }
};

template <int PIXELS, int CHANNELS, int CLUSTER, bool ADD, bool TAIL = false>
void convolution(void** arguments) {
    const Conv& c = *(const Conv*)arguments[0];
    if (threadIdx.x || blockIdx.x) return;
    int stored = c.box_w < 16 ? c.box_w : 16, taps = c.kt * c.kh * c.kw;
    Frames x(c.x, c.channels, c.box_w, PIXELS), past(c.past, c.channels, c.box_w, PIXELS), out(c.out, c.n, stored, 16);
    emulator::EmulatedMap w;
    memcpy(&w, &c.w, sizeof w);
    int width = out.map.sizes[1], height = out.map.sizes[2], box_h = PIXELS / c.box_w;
    bool right = x.right && past.right && (c.back == 0 || (c.back == c.kt - 1 && (u64)c.past_frames == past.map.sizes[3])) && out.right && w.sizes[0] == (u64)taps * c.channels && w.sizes[1] == (u64)c.n &&
                 w.box[0] == 64 && w.box[1] == CHANNELS / CLUSTER && w.stride == 2 * w.sizes[0] &&
                 c.channels % (TAIL ? 32 : 64) == 0 && (CHANNELS % 64 == 0 || c.n <= CHANNELS) && gridDim.x % CLUSTER == 0 && gridDim.x <= 2 && blockDim.x == 384 &&
                 (u64)c.frames == out.map.sizes[3] && x.map.sizes[3] == (u64)(c.frames + c.kt - 1 - c.back) &&
                 c.tiles_w * c.box_w >= width && c.tiles / c.tiles_w * box_h >= height;
    if (!right) return;  // the output keeps its poison
    for (int t = 0; t < c.frames; t++)
        for (int i = 0; i < width * height; i++)
            for (int n = 0; n < c.n; n++) {
                float sum = c.bias.at ? load(c.bias, n) : 0;
                for (int tap = 0; tap < taps; tap++) {
                    int yy = i / width + tap / c.kw % c.kh - c.top, xx = i % width + tap % c.kw - c.left;
                    if (yy < 0 || yy >= (int)x.map.sizes[2] || xx < 0 || xx >= (int)x.map.sizes[1]) continue;
                    int frame = t + tap / (c.kw * c.kh) - c.back, before = std::max(0, c.past_frames + frame);
                    const u16* from = frame < 0 ? past.at(before, yy, xx) : x.at(frame, yy, xx);
                    const u16* by = (const u16*)w.address + ((u64)n * taps + tap) * c.channels;
                    for (int k = 0; k < c.channels; k++) sum += bf16_to_float(from[k]) * bf16_to_float(by[k]);
                }
                u16& to = out.at(t, i / width, i % width)[n];
                to = float_to_bf16(ADD ? bf16_to_float(to) + bf16_to_float(float_to_bf16(sum)) : sum);
            }
}

bool added = [] {
    emulator::add_kernel("conv_wide", convolution<128, 256, 2, false>);
    emulator::add_kernel("conv_wide_add", convolution<128, 256, 2, true>);
    emulator::add_kernel("conv_tall", convolution<256, 128, 2, false>);
    emulator::add_kernel("conv_tall_add", convolution<256, 128, 2, true>);
    emulator::add_kernel("conv_96", convolution<256, 96, 2, false, true>);
    emulator::add_kernel("conv_96_add", convolution<256, 96, 2, true, true>);
    emulator::add_kernel("conv_192", convolution<256, 192, 2, false, true>);
    emulator::add_kernel("conv_192_add", convolution<256, 192, 2, true, true>);
    emulator::add_kernel("conv_mid", convolution<128, 192, 2, false>);
    emulator::add_kernel("conv_mid_add", convolution<128, 192, 2, true>);
    emulator::add_kernel("conv_small", convolution<128, 128, 2, false>);
    emulator::add_kernel("conv_small_add", convolution<128, 128, 2, true>);
    return true;
}();
}  // namespace
