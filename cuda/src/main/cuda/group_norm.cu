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
#pragma unroll 4
    for (i64 pixel = begin + threadIdx.x / fours; pixel < end; pixel += side) {
        Four f = load4(x, pixel * c + channel);
        for (int j = 0; j < 4; j++) {
            float d = f.v[j] - origin;
            sum += d;
            squares += d * d;
        }
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
        store(g.out, i, activate(g.function, y));
    }
}

// Where group_sums_wide can be used: a thread has the same four channels of many pixels.
KERNEL(256) group_normalise_wide(GroupNorm g, int pixels) {
    int fours = g.c / 4;
    int channel = (int)(thread_index() % fours) * 4;
    int step = (int)(thread_count() / fours);
    float2 m = g.moments[channel / (g.c / g.groups)];
    Four factor = load4(g.weight, channel), shift = load4(g.bias, channel);
    for (int j = 0; j < 4; j++) {
        factor.v[j] *= m.y;
    }
    for (int pixel = (int)(thread_index() / fours); pixel < pixels; pixel += step) {
        i64 at = (i64)pixel * g.c + channel;
        Four f = load4(g.x, at);
        for (int j = 0; j < 4; j++) f.v[j] = (f.v[j] - m.x) * factor.v[j] + shift.v[j];
        if (g.scale_frame) {
            int line = pixel / g.w;
            int frame = line / g.h;
            int xs = (int)((i64)(pixel - line * g.w) * g.scale_w / g.w);
            int ys = (int)((i64)(line - frame * g.h) * g.scale_h / g.h);
            i64 from = (((i64)g.scale_frame[frame] * g.scale_h + ys) * g.scale_w + xs) * g.c + channel;
            Four scale = load4(g.scale, from), move = load4(g.shift, from);
            for (int j = 0; j < 4; j++) f.v[j] = f.v[j] * scale.v[j] + move.v[j];
        }
        for (int j = 0; j < 4; j++) f.v[j] = activate(g.function, f.v[j]);
        store4(g.out, at, f);
    }
}
