// Which keys each query attends to, in the numbers that PatternEncoder.java writes, and the cutting
// of it into work for a block of threads.
#pragma once

#include "svgen.cuh"

#ifndef PLAN_FUNCTION
#define PLAN_FUNCTION DEVICE
#endif

// A plan: number of kinds, where segments begin, where spans begin, one unused; 5 numbers a kind;
// 12 a segment; 2 a span. Meaning: AttentionPlan, KeyPattern and TokenOrder of the tensor module.

/** A change of token order, as a transpose. */
struct Order {
    int start, rows, columns;
};

struct Kind {
    int first_segment, segments;
    Order order;
};

/** The band of a segment whose first query is `from`. */
struct Band {
    int origin, step, block_origin, block, reach, clip_from, clip_to;
};

struct Segment {
    int from, to;
    int first_span, spans;
    int banded;
    Band band;
};

/** Keys from .. to (excluded). */
struct Range {
    int from, to;
};

/** Keys from .. to that some row of a tile of queries keeps; all rows keep whole_from .. whole_to. */
struct TileRange {
    int from, to, whole_from, whole_to;
};

/** Spans of a segment and its band. */
constexpr int RANGES = 8;

/** A row's greatest score before it has one. */
constexpr float NO_MAXIMUM = -1e30f;

/** Sums of weights beyond this need another reference. */
constexpr float LARGE = 4294967296.f;

/** A tile of queries: what a block of threads works on at a time. All that is needed to do it. */
struct Work {
    int batch, head;
    int from, rows;
    int tiles;  // of keys
    int ranges;
    TileRange range[RANGES];
    Order order;
    int segment_from;
    int banded;
    Band band;
    int careful;   // to be done with greatest scores of all tiles
    int overflow;  // set where weights overflowed: to be done again, carefully
};

PLAN_FUNCTION int ceil_div(int a, int b) { return (a + b - 1) / b; }

PLAN_FUNCTION int floor_div(int a, int b) {
    int q = a / b;
    return q * b > a ? q - 1 : q;
}

PLAN_FUNCTION int smaller(int a, int b) { return a < b ? a : b; }

PLAN_FUNCTION int greater(int a, int b) { return a > b ? a : b; }

PLAN_FUNCTION const Kind& kind_of(const int* plan, int i) { return ((const Kind*)(plan + 4))[i]; }

PLAN_FUNCTION const Segment& segment_of(const int* plan, int i) {
    return ((const Segment*)(plan + plan[1]))[i];
}

PLAN_FUNCTION const Range& span_of(const int* plan, int i) {
    return ((const Range*)(plan + plan[2]))[i];
}

/** Keys of the band for the query that is `i`-th in its segment. */
PLAN_FUNCTION Range band_of(const Band& b, int i) {
    int centre = b.origin + i * b.step - b.block_origin;
    int block = b.block == 1 ? centre : floor_div(centre, b.block);
    int from = (block - b.reach) * b.block + b.block_origin;
    int to = (block + b.reach + 1) * b.block + b.block_origin;
    return {smaller(greater(from, b.clip_from), b.clip_to),
            smaller(greater(to, b.clip_from), b.clip_to)};
}

/** One by one: the thread that does this has few registers. */
template <int COUNT>
PLAN_FUNCTION void copy_ints(const int* from, int* to) {
#pragma unroll 1
    for (int i = 0; i < COUNT; i++) {
        to[i] = from[i];
    }
}

/** Where the first tile of keys begins that has `from`: tiles begin at multiples of `step`, a power of two. */
PLAN_FUNCTION int tile_start(int from, int step) { return from & -step; }

/** The keys of a tile of queries: its segment's spans, then its rows' band. */
PLAN_FUNCTION void find_keys(const int* plan, const Segment& s, int keys, int step, Work& w) {
    int ranges = 0;
    int tiles = 0;
#pragma unroll 1
    for (int i = 0; i < s.spans + s.banded; i++) {
        TileRange r;
        if (i < s.spans) {
            const Range& span = span_of(plan, s.first_span + i);
            r.from = r.whole_from = span.from;
            r.to = r.whole_to = span.to;
        } else {
            Range first = band_of(w.band, w.from - s.from);
            r.from = first.from;
            r.whole_to = first.to;
            Range last = band_of(w.band, w.from + w.rows - 1 - s.from);
            r.whole_from = last.from;
            r.to = last.to;
        }
        if (r.to > r.from) {
            w.range[ranges] = r;
            ranges++;
            tiles += ceil_div(r.to - tile_start(r.from, step), keys);
        }
    }
    w.ranges = ranges;
    w.tiles = tiles;
}

/** Tiles of `rows` queries in those segments of a kind that have a band, or in those that have none. */
PLAN_FUNCTION int tiles_of(const int* plan, const Kind& k, int banded, int rows) {
    int n = 0;
#pragma unroll 1
    for (int i = 0; i < k.segments; i++) {
        const Segment& s = segment_of(plan, k.first_segment + i);
        if (s.banded == banded) {
            n += ceil_div(s.to - s.from, rows);
        }
    }
    return n;
}

/** Tiles per head without and with a band: the greatest of all kinds, whose segments may differ. */
PLAN_FUNCTION int most_tiles(const int* plan, int banded, int rows) {
    int n = 0;
#pragma unroll 1
    for (int i = 0; i < plan[0]; i++) {
        n = greater(n, tiles_of(plan, kind_of(plan, i), banded, rows));
    }
    return n;
}

/**
 * Work number `n`. Queries without a band come first: they attend to most keys and must not be what
 * the others wait for at the end. Then head after head, so that neighbours share keys in the cache.
 * False where this head's kind has fewer tiles than the other. `a` is a kernel's parameter, with
 * batch, heads, plan and kinds. Tiles have `keys` keys and begin at multiples of `step`.
 */
template <class Call>
PLAN_FUNCTION bool find_work(const Call& a, int n, int plain, int banded, int rows, int keys, Work& w, int step = 1) {
    int heads = a.batch * a.heads;
    int with_band = n >= plain * heads;
    int per_head = with_band ? banded : plain;
    n -= with_band ? plain * heads : 0;
    int head = n / per_head;
    int tile = n - head * per_head;
    w.batch = head / a.heads;
    w.head = head - w.batch * a.heads;
    const Kind& k = kind_of(a.plan, a.kinds == nullptr ? 0 : a.kinds[head]);
#pragma unroll 1
    for (int i = 0; i < k.segments; i++) {
        const Segment& s = segment_of(a.plan, k.first_segment + i);
        if (s.banded != with_band) {
            continue;
        }
        int here = ceil_div(s.to - s.from, rows);
        if (tile < here) {
            w.from = s.from + tile * rows;
            w.rows = smaller(rows, s.to - w.from);
            w.segment_from = s.from;
            w.banded = s.banded;
            w.careful = 0;
            copy_ints<3>((const int*)&k.order, (int*)&w.order);
            copy_ints<7>((const int*)&s.band, (int*)&w.band);
            find_keys(a.plan, s, keys, step, w);
            return true;
        }
        tile -= here;
    }
    return false;
}

/** True if the order changes anything. */
PLAN_FUNCTION bool changes(const Order& o) { return o.rows > 1 && o.columns > 1; }

/** The position as stored of the token that stands at `i` in this order. */
PLAN_FUNCTION int stored(const Order& o, int i) {
    int j = i - o.start;
    if (j < 0 || j >= o.rows * o.columns) {
        return i;
    }
    return o.start + (j % o.rows) * o.columns + j / o.rows;
}
