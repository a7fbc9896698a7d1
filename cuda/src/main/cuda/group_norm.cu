// Group normalisation of channels-last data in three kernels: partial sums over runs of pixels,
// their totals, and the result.
#include "svgen.cuh"

// Sums of x - K and its square, K being the group's first element, so that data far from zero lose
// nothing. Block (group, run) writes partial[group][run].
KERNEL(256)
group_sums(Elements x, i64 pixels, int c, int groups, float2* partial) {
    __shared__ float2 warps[8];
    int width = c / groups;
    int group = blockIdx.x;
    i64 per_run = (pixels + gridDim.y - 1) / gridDim.y;
    i64 begin = blockIdx.y * per_run;
    i64 end = begin + per_run < pixels ? begin + per_run : pixels;
    float origin = load(x, group * width);
    float sum = 0, squares = 0;
    i64 count = end > begin ? (end - begin) * width : 0;
    for (i64 i = threadIdx.x; i < count; i += blockDim.x) {
        i64 pixel = i / width;
        float d = load(x, (begin + pixel) * c + group * width + (i - pixel * width)) - origin;
        sum += d;
        squares += d * d;
    }
    sum = warp_sum(sum);
    squares = warp_sum(squares);
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = make_float2(sum, squares);
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < 8; i++) {
            sum += warps[i].x;
            squares += warps[i].y;
        }
        partial[group * gridDim.y + blockIdx.y] = make_float2(sum, squares);
    }
}

// load4 with a known type, so that several loads can be on their way at once.
template <bool IS_BF16>
DEVICE Four read4(const Elements& x, i64 i) {
    if (!IS_BF16) return load4(x, i);
    uint2 b = *(const uint2*)((const u16*)x.at + i);
    return {as_float(b.x << 16), as_float(b.x & 0xffff0000), as_float(b.y << 16),
            as_float(b.y & 0xffff0000)};
}

static const int AT_ONCE = 4;  // pixels

template <bool IS_BF16>
DEVICE void sum_fours(const Elements& x, i64 pixel, i64 end, int step, int c, int channel,
                      float origin, float& sum, float& squares) {
    for (; pixel < end; pixel += AT_ONCE * step) {
        Four f[AT_ONCE];
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            i64 at = pixel + i * step;
            f[i] = {origin, origin, origin, origin};
            if (at < end) f[i] = read4<IS_BF16>(x, at * c + channel);
        }
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
#pragma unroll
            for (int j = 0; j < 4; j++) {
                float d = f[i].v[j] - origin;
                sum += d;
                squares += d * d;
            }
        }
    }
}

// The same where a group has whole fours of channels and their number divides the threads: all
// groups of a run of pixels by one block, four channels a thread, partial[group][blockIdx.x].
KERNEL(256)
group_sums_wide(Elements x, i64 pixels, int c, int groups, float2* partial) {
    __shared__ float2 threads[256];
    int fours = c / 4, side = 256 / fours;
    int channel = threadIdx.x % fours * 4;
    i64 per_run = (pixels + gridDim.x - 1) / gridDim.x;
    i64 begin = blockIdx.x * per_run;
    i64 end = begin + per_run < pixels ? begin + per_run : pixels;
    float origin = load(x, channel / (c / groups) * (c / groups));
    float sum = 0, squares = 0;
    if (x.type == BF16) {
        sum_fours<true>(x, begin + threadIdx.x / fours, end, side, c, channel, origin, sum, squares);
    } else {
        sum_fours<false>(x, begin + threadIdx.x / fours, end, side, c, channel, origin, sum, squares);
    }
    threads[threadIdx.x] = make_float2(sum, squares);
    __syncthreads();
    int width = fours / groups;
    for (int group = threadIdx.x; group < groups; group += 256) {
        float2 total = make_float2(0, 0);
        for (int i = 0; i < side; i++) {
            for (int j = 0; j < width; j++) {
                float2 part = threads[i * fours + group * width + j];
                total.x += part.x;
                total.y += part.y;
            }
        }
        partial[group * gridDim.x + blockIdx.x] = total;
    }
}

// One warp for each group; moments[group] becomes the mean and 1 / sqrt(variance + eps).
KERNEL(32)
group_moments(Elements x, i64 pixels, int c, int groups, float eps, int runs,
              const float2* partial, float2* moments) {
    __shared__ double lanes[32][2];
    int group = blockIdx.x;
    double sum = 0, squares = 0;
    for (int i = threadIdx.x; i < runs; i += 32) {
        sum += partial[group * runs + i].x;
        squares += partial[group * runs + i].y;
    }
    lanes[threadIdx.x][0] = sum;
    lanes[threadIdx.x][1] = squares;
    __syncthreads();
    if (threadIdx.x == 0) {
        for (int i = 1; i < 32; i++) {
            sum += lanes[i][0];
            squares += lanes[i][1];
        }
        double count = (double)pixels * (c / groups);
        double mean = sum / count;
        double variance = squares / count - mean * mean;
        if (variance < 0) variance = 0;
        moments[group] = make_float2((float)(mean + load(x, group * (c / groups))),
                                     (float)(1 / sqrt(variance + eps)));
    }
}

struct GroupNorm {
    Elements x, weight, bias, scale, shift, out;
    const int* scale_frame;  // [T], or null if scale and shift are absent
    const float2* moments;
    int h, w, c, groups;
    int scale_h, scale_w;
    int function;  // Activation
    int margin;    // pixels around the frames of out, copies of the nearest
};

// Where a pixel goes: once, but for those at the edges of a frame.
struct Places {
    int t, top, bottom, left, right;

    DEVICE Places(const GroupNorm& g, i64 pixel) {
        int line = (int)(pixel / g.w);
        int x = (int)(pixel - (i64)line * g.w);
        t = line / g.h;
        int y = line - t * g.h;
        top = y == 0 ? 0 : y + g.margin;
        bottom = y == g.h - 1 ? y + 2 * g.margin : y + g.margin;
        left = x == 0 ? 0 : x + g.margin;
        right = x == g.w - 1 ? x + 2 * g.margin : x + g.margin;
    }

    template <class F>
    DEVICE void each(const GroupNorm& g, F store) const {
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                store((((i64)t * (g.h + 2 * g.margin) + y) * (g.w + 2 * g.margin) + x) * g.c);
            }
        }
    }
};

KERNEL(256) group_normalise(GroupNorm g, i64 count) {
    int width = g.c / g.groups;
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        i64 pixel = i / g.c;
        int channel = (int)(i - pixel * g.c);
        float2 m = g.moments[channel / width];
        float y = (load(g.x, i) - m.x) * m.y * load(g.weight, channel) + load(g.bias, channel);
        if (g.scale_frame) {
            i64 line = pixel / g.w;
            int column = (int)(pixel - line * g.w);
            i64 frame = line / g.h;
            int row = (int)(line - frame * g.h);
            i64 ys = (i64)row * g.scale_h / g.h, xs = (i64)column * g.scale_w / g.w;
            i64 at = (((i64)g.scale_frame[frame] * g.scale_h + ys) * g.scale_w + xs) * g.c + channel;
            y = y * load(g.scale, at) + load(g.shift, at);
        }
        y = activate(g.function, y);
        Places(g, pixel).each(g, [&](i64 at) { store(g.out, at + channel, y); });
    }
}

// What becomes of four channels of a pixel.
struct Fours {
    const GroupNorm& g;
    int channel;
    float mean;
    Four factor, shift;

    DEVICE Fours(const GroupNorm& g, int channel)
            : g(g), channel(channel), factor(load4(g.weight, channel)), shift(load4(g.bias, channel)) {
        float2 m = g.moments[channel / (g.c / g.groups)];
        mean = m.x;
        for (int j = 0; j < 4; j++) factor.v[j] *= m.y;
    }

    template <bool IS_BF16>
    DEVICE void finish(Four f, int pixel) const {
        for (int j = 0; j < 4; j++) f.v[j] = (f.v[j] - mean) * factor.v[j] + shift.v[j];
        if (g.scale_frame) modulate(f, pixel);
        for (int j = 0; j < 4; j++) f.v[j] = activate(g.function, f.v[j]);
        if (g.margin == 0) {
            write<IS_BF16>((i64)pixel * g.c, f);
        } else {
            Places(g, pixel).each(g, [&](i64 at) { write<IS_BF16>(at, f); });
        }
    }

    DEVICE void modulate(Four& f, int pixel) const {
        int line = pixel / g.w;
        int frame = line / g.h;
        int xs = (int)((i64)(pixel - line * g.w) * g.scale_w / g.w);
        int ys = (int)((i64)(line - frame * g.h) * g.scale_h / g.h);
        i64 from = (((i64)g.scale_frame[frame] * g.scale_h + ys) * g.scale_w + xs) * g.c + channel;
        Four scale = load4(g.scale, from), move = load4(g.shift, from);
        for (int j = 0; j < 4; j++) f.v[j] = f.v[j] * scale.v[j] + move.v[j];
    }

    template <bool IS_BF16>
    DEVICE void write(i64 at, const Four& f) const {
        if (!IS_BF16) {
            store4(g.out, at + channel, f);
            return;
        }
        uint2 bits = make_uint2(pack_bf16(f.v[0], f.v[1]), pack_bf16(f.v[2], f.v[3]));
        *(uint2*)((u16*)g.out.at + at + channel) = bits;
    }
};

template <bool IS_BF16>
DEVICE void normalise_fours(const GroupNorm& g, int pixels) {
    int fours = g.c / 4;
    Fours to(g, (int)(thread_index() % fours) * 4);
    int step = (int)(thread_count() / fours);
    for (int pixel = (int)(thread_index() / fours); pixel < pixels; pixel += AT_ONCE * step) {
        Four f[AT_ONCE] = {};
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            int at = pixel + i * step;
            if (at < pixels) f[i] = read4<IS_BF16>(g.x, (i64)at * g.c + to.channel);
        }
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            int at = pixel + i * step;
            if (at < pixels) to.finish<IS_BF16>(f[i], at);
        }
    }
}

// Where group_sums_wide can be used: a thread has the same four channels of many pixels.
KERNEL(256) group_normalise_wide(const __grid_constant__ GroupNorm g, int pixels) {
    if (g.x.type == BF16 && g.out.type == BF16) {
        normalise_fours<true>(g, pixels);
    } else {
        normalise_fours<false>(g, pixels);
    }
}
