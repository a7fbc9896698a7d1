// Which keys each query attends to, in the numbers that PatternEncoder.java writes.
#pragma once
#include "svgen.cuh"

static const int NO_KEY = 0x7fffffff;

// An AttentionPlan as PatternEncoder.java writes it: a header of 4 ints (number of kinds, where
// segments begin, where spans begin), then 5 ints a kind, 12 a segment, 2 a span.
struct Kind {
    int first_segment, segments;
    int start, rows, columns;  // TokenOrder
};

struct Segment {
    int from, to;
    int first_span, spans;
    int has_band, origin, step, block_origin, block, reach, clip_from, clip_to;
};

struct Span {
    int from, to;
};

DEVICE Kind kind_of(const int* plan, int kind) { return ((const Kind*)(plan + 4))[kind]; }

// The position as stored of the token that stands at i in the kind's order.
DEVICE int stored(const Kind& o, int i) {
    int j = i - o.start;
    if (j < 0 || (i64)j >= (i64)o.rows * o.columns) return i;
    return o.start + j % o.rows * o.columns + j / o.rows;
}

// Its inverse.
DEVICE int position(const Kind& o, int i) {
    int j = i - o.start;
    if (j < 0 || (i64)j >= (i64)o.rows * o.columns) return i;
    return o.start + j % o.columns * o.rows + j / o.columns;
}

DEVICE i64 floor_divide(i64 a, int b) {
    i64 q = a / b;
    return a % b < 0 ? q - 1 : q;
}

DEVICE int clamp(i64 x, int low, int high) { return x < low ? low : x > high ? high : (int)x; }

// The keys that one query attends to.
struct KeyRanges {
    const Span* spans;
    int count;
    int band_from, band_to;

    DEVICE KeyRanges() : spans(0), count(0), band_from(0), band_to(0) {}

    DEVICE KeyRanges(const int* plan, const Kind& kind, int query) {
        const Segment* s = (const Segment*)(plan + plan[1]) + kind.first_segment;
        while (query >= s->to) s++;
        spans = (const Span*)(plan + plan[2]) + s->first_span;
        count = s->spans;
        band_from = band_to = 0;
        if (s->has_band) {
            i64 centre = s->origin + (i64)(query - s->from) * s->step;
            i64 block = floor_divide(centre - s->block_origin, s->block);
            i64 from = (block - s->reach) * s->block + s->block_origin;
            i64 to = (block + s->reach + 1) * s->block + s->block_origin;
            band_from = clamp(from, s->clip_from, s->clip_to);
            band_to = clamp(to, s->clip_from, s->clip_to);
        }
    }

    // The first key from `at` on.
    DEVICE int next(int at) const {
        int first = NO_KEY;
        for (int i = 0; i <= count; i++) {
            int from = i < count ? spans[i].from : band_from;
            int to = i < count ? spans[i].to : band_to;
            int key = from > at ? from : at;
            if (key < to && key < first) first = key;
        }
        return first;
    }

    // Which of the 32 keys from `start` on.
    DEVICE u32 bits(int start) const {
        u32 kept = 0;
        for (int i = 0; i <= count; i++) {
            int from = (i < count ? spans[i].from : band_from) - start;
            int to = (i < count ? spans[i].to : band_to) - start;
            if (from < 0) from = 0;
            if (to > 32) to = 32;
            if (from < to) kept |= (0xffffffffu >> (32 - (to - from))) << from;
        }
        return kept;
    }
};
