// Operations that move elements and compute nothing, limited by memory.
#include "svgen.cuh"

static const int MOST_DIMS = 8;

// Output dimensions, the last varies fastest, and by how many units the input moves for each.
struct Permutation {
    int rank;
    int unused;
    i64 sizes[MOST_DIMS];
    i64 strides[MOST_DIMS];
};

template <class Unit>
DEVICE void permute_units(const Permutation& p, const Unit* x, Unit* out, i64 count) {
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        i64 rest = i, from = 0;
        for (int d = p.rank - 1; d > 0; d--) {
            i64 q = rest / p.sizes[d];
            from += (rest - q * p.sizes[d]) * p.strides[d];
            rest = q;
        }
        out[i] = x[from + rest * p.strides[0]];
    }
}

// A unit is 1, 2, 4, 8 or 16 bytes that stay together.
KERNEL(256) permute(Permutation p, const void* x, void* out, i64 count, int unit) {
    switch (unit) {
        case 1: permute_units(p, (const char*)x, (char*)out, count); break;
        case 2: permute_units(p, (const u16*)x, (u16*)out, count); break;
        case 4: permute_units(p, (const u32*)x, (u32*)out, count); break;
        case 8: permute_units(p, (const u64*)x, (u64*)out, count); break;
        default: permute_units(p, (const uint4*)x, (uint4*)out, count);
    }
}

KERNEL(256) embedding(const int* ids, Elements table, Elements out, i64 count, int width) {
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        i64 row = i / width;
        store(out, i, load(table, (i64)ids[row] * width + (i - row * width)));
    }
}

// x [T, H, W, C]; out has time * T frames of space * H x space * W pixels.
KERNEL(256)
upsample(Elements x, Elements out, i64 count, int time, int space, int h, int w, int c) {
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        i64 pixel = i / c;
        int channel = (int)(i - pixel * c);
        i64 line = pixel / (w * space);
        int column = (int)(pixel - line * (w * space)) / space;
        i64 frame = line / (h * space);
        int row = (int)(line - frame * (h * space)) / space;
        store(out, i, load(x, (((frame / time) * h + row) * w + column) * c + channel));
    }
}

// Frames with a margin, whose pixels repeat the nearest, and `front` copies of the first in front:
// line blockIdx.y of frame blockIdx.z. A unit is 16 bytes of a pixel's channels, of which there are c.
KERNEL(256)
repeat_edges(const uint4* x, uint4* out, int h, int w, int c, int front, int top, int left, int out_w) {
    int t = (int)blockIdx.z < front ? 0 : (int)blockIdx.z - front;
    int y = (int)blockIdx.y - top;
    y = y < 0 ? 0 : y < h ? y : h - 1;
    const uint4* line = x + ((i64)t * h + y) * w * c;
    uint4* to = out + ((i64)blockIdx.z * gridDim.y + blockIdx.y) * out_w * c;
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < out_w * c; i += gridDim.x * blockDim.x) {
        int pixel = i / c;
        int at = pixel - left;
        at = at < 0 ? 0 : at < w ? at : w - 1;
        to[i] = line[at * c + i - pixel * c];
    }
}

static const int MOST_TAPS = 27, CHANNELS = 64;

// [n, c, taps] to [n, taps, c] through shared memory, CHANNELS at a time.
template <class E>
DEVICE void move_channels(const E* x, E* out, int c, int taps, E* tile) {
    int first = blockIdx.x * CHANNELS;
    int width = c - first < CHANNELS ? c - first : CHANNELS;
    i64 row = (i64)blockIdx.y * c * taps;
    for (int i = threadIdx.x; i < width * taps; i += blockDim.x) {
        tile[i] = x[row + first * taps + i];
    }
    __syncthreads();
    for (int i = threadIdx.x; i < width * taps; i += blockDim.x) {
        int tap = i / width, channel = i - tap * width;
        out[row + tap * c + first + channel] = tile[channel * taps + tap];
    }
}

// The same of pairs of channels of 2 bytes: a warp has a tap, a lane a pair. c is even.
DEVICE void move_pairs(const u16* x, u16* out, int c, int taps, u32* tile) {
    int first = blockIdx.x * CHANNELS;
    int pairs = (c - first < CHANNELS ? c - first : CHANNELS) / 2;
    i64 row = (i64)blockIdx.y * c * taps;
    const u32* from = (const u32*)(x + row + first * taps);
    for (int i = threadIdx.x; i < pairs * taps; i += blockDim.x) tile[i] = from[i];
    __syncthreads();
    int pair = threadIdx.x % 32;
    if (pair >= pairs) return;
    const u16* two = (const u16*)tile + 2 * pair * taps;
    for (int tap = threadIdx.x / 32; tap < taps; tap += blockDim.x / 32) {
        *(u32*)(out + row + tap * c + first + 2 * pair) = two[tap] | (u32)two[taps + tap] << 16;
    }
}

// Elements are of 2 or 4 bytes.
KERNEL(256) channels_last(const void* x, void* out, int c, int taps, int bytes) {
    __shared__ u32 tile[MOST_TAPS * CHANNELS];
    if (bytes == 2 && c % 2 == 0 && ((size_t)x | (size_t)out) % 4 == 0) {
        move_pairs((const u16*)x, (u16*)out, c, taps, tile);
    } else if (bytes == 2) {
        move_channels((const u16*)x, (u16*)out, c, taps, (u16*)tile);
    } else {
        move_channels((const u32*)x, (u32*)out, c, taps, tile);
    }
}
