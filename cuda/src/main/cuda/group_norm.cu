// Group normalisation of channels-last data in three kernels: partial sums over runs of pixels,
// their totals, and the result.
#include "svgen.cuh"

#include "group_norm.cuh"

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

static const int AT_ONCE = 4;  // pixels

DEVICE void sum_fours(const Elements& x, i64 pixel, i64 end, int step, int c, int channel,
                      float origin, float& sum, float& squares) {
    for (; pixel < end; pixel += AT_ONCE * step) {
        Four f[AT_ONCE];
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            i64 at = pixel + i * step;
            f[i] = {origin, origin, origin, origin};
            if (at < end) f[i] = load4(x, at * c + channel);
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

// A group's sums of a run: of `side` pixels, each of `fours` threads.
DEVICE void add_threads(const float2* threads, int fours, int side, int groups, float2* partial) {
    int width = fours / groups;
    for (int group = threadIdx.x; group < groups; group += blockDim.x) {
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
    sum_fours(x, begin + threadIdx.x / fours, end, side, c, channel, origin, sum, squares);
    threads[threadIdx.x] = make_float2(sum, squares);
    __syncthreads();
    add_threads(threads, fours, side, groups, partial);
}

static const int SUMMED_AT_ONCE = 8;  // pixels

// What group_sums_wide does, in the same order, of bf16 elements: each thread does the work of two
// neighbours there, so that it reads 16 bytes of a pixel.
KERNEL(128)
group_sums_eights(const uint4* x, int pixels, int c, int groups, float2* partial) {
    __shared__ float2 threads[256];
    int eights = c / 8, side = 128 / eights;
    int eight = threadIdx.x % eights, lane = threadIdx.x / eights;
    int per_run = (pixels + gridDim.x - 1) / gridDim.x;
    int begin = blockIdx.x * per_run;
    int end = begin + per_run < pixels ? begin + per_run : pixels;
    float origins[2], sum[2] = {}, squares[2] = {};
    for (int i = 0; i < 2; i++) {
        int channel = eight * 8 + i * 4;
        origins[i] = bf16_to_float(((const u16*)x)[channel / (c / groups) * (c / groups)]);
    }
    auto add = [&](const uint4& bits) {
        float f[8];
        unpack8(bits, f);
#pragma unroll
        for (int j = 0; j < 8; j++) {
            float d = f[j] - origins[j / 4];
            sum[j / 4] += d;
            squares[j / 4] += d * d;
        }
    };
    int pixel = begin + lane;
    const uint4* at = x + (i64)pixel * eights + eight;
    for (; pixel + (SUMMED_AT_ONCE - 1) * side < end; pixel += SUMMED_AT_ONCE * side) {
        uint4 bits[SUMMED_AT_ONCE];
#pragma unroll
        for (int i = 0; i < SUMMED_AT_ONCE; i++) bits[i] = at[i * 128];
#pragma unroll
        for (int i = 0; i < SUMMED_AT_ONCE; i++) add(bits[i]);
        at += SUMMED_AT_ONCE * 128;
    }
    for (; pixel < end; pixel += side, at += 128) add(*at);
    for (int i = 0; i < 2; i++) {
        threads[lane * 2 * eights + eight * 2 + i] = make_float2(sum[i], squares[i]);
    }
    __syncthreads();
    add_threads(threads, 2 * eights, side, groups, partial);
}

static const int RUNS_AT_ONCE = 32;

// One warp for each group; moments[group] becomes the mean and 1 / sqrt(variance + eps).
KERNEL(32)
group_moments(Elements x, i64 pixels, int c, int groups, float eps, int runs,
              const float2* partial, float2* moments) {
    __shared__ double lanes[32][2];
    int group = blockIdx.x;
    double sum = 0, squares = 0;
    for (int first = threadIdx.x; first < runs; first += 32 * RUNS_AT_ONCE) {
        float2 part[RUNS_AT_ONCE];
#pragma unroll
        for (int i = 0; i < RUNS_AT_ONCE; i++) {
            part[i] = make_float2(0, 0);
            if (first + 32 * i < runs) part[i] = partial[group * runs + first + 32 * i];
        }
#pragma unroll
        for (int i = 0; i < RUNS_AT_ONCE; i++) {
            sum += part[i].x;
            squares += part[i].y;
        }
    }
    lanes[threadIdx.x][0] = sum;
    lanes[threadIdx.x][1] = squares;
    __syncthreads();
    if (threadIdx.x == 0) {
#pragma unroll
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

        DEVICE void finish(Four f, int pixel) const {
        for (int j = 0; j < 4; j++) f.v[j] = (f.v[j] - mean) * factor.v[j] + shift.v[j];
        if (g.scale_frame) modulate(f, pixel);
        for (int j = 0; j < 4; j++) f.v[j] = activate(g.function, f.v[j]);
        if (g.margin == 0) {
            write((i64)pixel * g.c, f);
        } else {
            Places(g, pixel).each(g, [&](i64 at) { write(at, f); });
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

        DEVICE void write(i64 at, const Four& f) const {
        store4(g.out, at + channel, f);
    }
};

DEVICE void normalise_fours(const GroupNorm& g, int pixels) {
    int fours = g.c / 4;
    Fours to(g, (int)(thread_index() % fours) * 4);
    int step = (int)(thread_count() / fours);
    for (int pixel = (int)(thread_index() / fours); pixel < pixels; pixel += AT_ONCE * step) {
        Four f[AT_ONCE] = {};
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            int at = pixel + i * step;
            if (at < pixels) f[i] = load4(g.x, (i64)at * g.c + to.channel);
        }
#pragma unroll
        for (int i = 0; i < AT_ONCE; i++) {
            int at = pixel + i * step;
            if (at < pixels) to.finish(f[i], at);
        }
    }
}

// Where group_sums_wide can be used: a thread has the same four channels of many pixels.
KERNEL(256) group_normalise_wide(const __grid_constant__ GroupNorm g, int pixels) {
    normalise_fours(g, pixels);
}

static const int TOGETHER = 4;  // pixels of a thread, side by side

// Some pixels of a line, which a thread takes at a time.
struct Batch {
    int frame, y, x, line;

    DEVICE Batch(const GroupNorm& g, int line, int x) : frame(line / g.h), y(line - frame * g.h), x(x), line(line) {}

    DEVICE void next(const GroupNorm& g, int first, int step) {
        x += step;
        if (x < g.w) return;
        x = first;
        line++;
        if (++y < g.h) return;
        y = 0;
        frame++;
    }

    DEVICE void read(const GroupNorm& g, int eights, int eight, uint4 (&bits)[TOGETHER]) const {
        const uint4* from = (const uint4*)g.x.at + ((i64)line * g.w + x) * eights + eight;
#pragma unroll
        for (int i = 0; i < TOGETHER; i++) {
            if (x + i < g.w) bits[i] = from[i * eights];
        }
    }
};

// Of `lines` lines of all frames, those from blockIdx.x * per_block on, shared by gridDim.y blocks. The next pixels are on
// their way while those before are computed.
template <bool MODULATED>
DEVICE void normalise_eights(const GroupNorm& g, const FrameTable& frames, int lines, int per_block) {
    int eights = g.c / 8, eight = threadIdx.x % eights;
    int width = 128 / eights * TOGETHER, step = width * gridDim.y;
    int first = blockIdx.y * width + threadIdx.x / eights * TOGETHER;
    if (first >= g.w) return;
    int begin = blockIdx.x * per_block;
    int end = begin + per_block < lines ? begin + per_block : lines;
    Batch next(g, begin, first);
    uint4 coming[TOGETHER];
    next.read(g, eights, eight, coming);
    Eights to(g, eight * 8);
    bool silu = g.function == SILU;
    int ratio = MODULATED ? g.w / g.scale_w : 1;
    bool shared = MODULATED && ratio * g.scale_w == g.w && ratio % TOGETHER == 0;
    int out_w = g.w + 2 * g.margin;
    while (next.line < end) {
        Batch now = next;
        uint4 bits[TOGETHER];
#pragma unroll
        for (int i = 0; i < TOGETHER; i++) bits[i] = coming[i];
        next.next(g, first, step);
        if (next.line < end) next.read(g, eights, eight, coming);
        i64 pixel = ((i64)now.frame * (g.h + 2 * g.margin) + now.y + g.margin) * out_w + now.x + g.margin;
        uint4* out = (uint4*)g.out.at + pixel * eights + eight;
        const uint4 *scale = nullptr, *move = nullptr;
        uint4 a = {}, b = {};
        if (MODULATED) {
            int ys = (int)((i64)now.y * g.scale_h / g.h);
            i64 at = ((i64)frames.at[now.frame] * g.scale_h + ys) * g.scale_w * eights + eight;
            scale = (const uint4*)g.scale.at + at;
            move = (const uint4*)g.shift.at + at;
            if (shared) {
                a = scale[now.x / ratio * eights];
                b = move[now.x / ratio * eights];
            }
        }
#pragma unroll
        for (int i = 0; i < TOGETHER; i++) {
            if (now.x + i >= g.w) break;
            if (MODULATED && !shared) {
                int xs = (int)((i64)(now.x + i) * g.scale_w / g.w) * eights;
                a = scale[xs];
                b = move[xs];
            }
            uint4 result = to.finish<MODULATED>(bits[i], a, b, silu);
            uint4* at = out + i * eights;
            *at = result;
            if (g.margin > 0) store_copies(g, at, result, now.x + i, now.y);
        }
    }
}

// As group_normalise_wide, all in bf16, with no function or SiLU: a thread has eight channels of a
// few pixels of a line, so that nothing is divided to find out where they lie.
KERNEL(128)
group_normalise_eights(const __grid_constant__ GroupNorm g, const __grid_constant__ FrameTable frames,
                       int lines, int per_block) {
    normalise_eights<false>(g, frames, lines, per_block);
}

KERNEL(128)
group_modulate_eights(const __grid_constant__ GroupNorm g, const __grid_constant__ FrameTable frames,
                      int lines, int per_block) {
    normalise_eights<true>(g, frames, lines, per_block);
}
