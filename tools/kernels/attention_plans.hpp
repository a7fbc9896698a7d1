// Plans of attention as org.svgen.sparse makes them, and the cases that kernels are checked with.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

struct Shape {
    int batch, heads, queries, keys, d;
};

PLAN_FUNCTION float from_bf16(u16 x) {
    u32 bits = (u32)x << 16;
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

/** A plan as the reference reads it: KeyPattern.Segment and AttentionPlan.Kind, spans inside. */
struct SegmentSpec {
    int from, to;
    int spans;
    Range span[4];
    int banded;
    Band band;
};

struct KindSpec {
    Order order{0, 1, 1};
    int segments;
    SegmentSpec segment[6];
};

constexpr int KINDS = 2;

inline SegmentSpec segment(int from, int to, std::vector<Range> spans) {
    SegmentSpec s{};
    s.from = from;
    s.to = to;
    s.spans = (int)spans.size();
    std::copy(spans.begin(), spans.end(), s.span);
    return s;
}

inline SegmentSpec banded(SegmentSpec s, int origin, int step, int block_origin, int block, int reach,
                      int clip_from, int clip_to) {
    s.banded = 1;
    s.band = {origin, step, block_origin, block, reach, clip_from, clip_to};
    return s;
}

inline void add(KindSpec& k, const SegmentSpec& s) {
    if (s.to > s.from) {
        k.segment[k.segments++] = s;
    }
}

struct Plan {
    std::string name;
    int kinds;
    KindSpec kind[KINDS];
};

inline Plan dense(int queries, int keys) {
    Plan p{"dense", 1, {}};
    add(p.kind[0], segment(0, queries, {{0, keys}}));
    return p;
}

enum class Text { FIRST, LAST, NONE };

/** org.svgen.sparse.Band: frames x places, text, prompt (the text that is no padding), half width. */
inline Plan band(int frames, int places, Text text, int c, int prompt, int half, int sink) {
    char name[100];
    snprintf(name, sizeof name, "band F%d P%d text %s %d/%d W%d sink %d", frames, places,
             text == Text::FIRST ? "first" : text == Text::LAST ? "last" : "none", prompt, c, half, sink);
    Plan p{name, 2, {}};
    int video = text == Text::FIRST ? c : 0, end = video + frames * places;
    int text_from = text == Text::FIRST ? 0 : end, prompt_to = text_from + prompt, n = c + frames * places;
    int sink_to = video + sink * places;
    for (int temporal = 0; temporal < 2; temporal++) {
        KindSpec& k = p.kind[temporal];
        if (temporal) k.order = {sink_to, frames - sink, places};
        std::vector<Range> real{{0, text == Text::FIRST ? n : prompt_to}}, spans;
        if (text == Text::FIRST) add(k, segment(0, c, real));
        if (text == Text::FIRST) spans.push_back({0, c});
        if (sink) spans.push_back({video, sink_to});
        if (text == Text::LAST && prompt) spans.push_back({text_from, prompt_to});
        int later = frames - sink;
        SegmentSpec first = segment(video, sink_to, spans), rest = segment(sink_to, end, spans);
        if (half > 0) {
            first = banded(first, temporal ? sink_to + later / 2 : video, temporal ? later : 1, 0, 1,
                           half - 1, sink_to, end);
            rest = banded(rest, sink_to, 1, 0, 1, half - 1, sink_to, end);
        }
        add(k, first);
        add(k, rest);
        if (text == Text::LAST) {
            if (prompt) add(k, segment(text_from, prompt_to, real));
            add(k, segment(prompt_to, n, {{prompt_to, n}}));
        }
    }
    return p;
}

/** KeyPattern.Segment.bandFrom and bandTo, written again from their definition. */
PLAN_FUNCTION bool keeps(const KindSpec& k, int q, int key) {
    for (int i = 0; i < k.segments; i++) {
        const SegmentSpec& s = k.segment[i];
        if (q < s.from || q >= s.to) continue;
        for (int j = 0; j < s.spans; j++) {
            if (key >= s.span[j].from && key < s.span[j].to) return true;
        }
        if (!s.banded || key < s.band.clip_from || key >= s.band.clip_to) return false;
        long long a = (long long)s.band.origin + (long long)(q - s.from) * s.band.step - s.band.block_origin;
        long long b = (long long)key - s.band.block_origin;
        a = a >= 0 ? a / s.band.block : -((-a + s.band.block - 1) / s.band.block);
        b = b >= 0 ? b / s.band.block : -((-b + s.band.block - 1) / s.band.block);
        return (a > b ? a - b : b - a) <= s.band.reach;
    }
    return false;
}

/** Pairs that a kind keeps. */
inline double pairs(const KindSpec& k) {
    double n = 0;
    for (int i = 0; i < k.segments; i++) {
        const SegmentSpec& s = k.segment[i];
        for (int j = 0; j < s.spans; j++) n += (double)(s.span[j].to - s.span[j].from) * (s.to - s.from);
        for (int q = s.from; s.banded && q < s.to; q++) {
            long long c = (long long)s.band.origin + (long long)(q - s.from) * s.band.step;  // blocks of one
            long long from = std::max<long long>(c - s.band.reach, s.band.clip_from);
            long long to = std::min<long long>(c + s.band.reach + 1, s.band.clip_to);
            n += std::max<long long>(0, to - from);
        }
    }
    return n;
}

/** The plan as the kernel reads it. */
inline std::vector<int> encode(const Plan& p) {
    std::vector<int> kinds, segments, spans;
    for (int i = 0; i < p.kinds; i++) {
        const KindSpec& k = p.kind[i];
        kinds.insert(kinds.end(), {(int)segments.size() / 12, k.segments, k.order.start, k.order.rows,
                                   k.order.columns});
        for (int j = 0; j < k.segments; j++) {
            const SegmentSpec& s = k.segment[j];
            const Band& b = s.band;
            segments.insert(segments.end(), {s.from, s.to, (int)spans.size() / 2, s.spans, s.banded, b.origin,
                                             b.step, b.block_origin, b.block, b.reach, b.clip_from, b.clip_to});
            for (int l = 0; l < s.spans; l++) spans.insert(spans.end(), {s.span[l].from, s.span[l].to});
        }
    }
    int at = 4 + (int)kinds.size();
    std::vector<int> all{p.kinds, at, at + (int)segments.size(), 0};
    for (auto* part : {&kinds, &segments, &spans}) all.insert(all.end(), part->begin(), part->end());
    return all;
}

inline std::vector<std::pair<Shape, Plan>> cases() {
    std::vector<std::pair<Shape, Plan>> c;
    c.push_back({{1, 1, 64, 64, 0}, dense(64, 64)});
    c.push_back({{1, 1, 256, 512, 0}, dense(256, 512)});
    c.push_back({{2, 3, 333, 333, 0}, dense(333, 333)});
    c.push_back({{1, 2, 150, 401, 0}, dense(150, 401)});
    c.push_back({{2, 16, 1000, 1000, 0}, dense(1000, 1000)});
    auto put = [&](const Plan& p) {
        const SegmentSpec& last = p.kind[0].segment[p.kind[0].segments - 1];
        c.push_back({{2, 3, last.to, last.to, 0}, p});
    };
    put(band(7, 61, Text::FIRST, 26, 26, 40, 0));
    put(band(7, 61, Text::FIRST, 26, 26, 300, 0));
    put(band(11, 83, Text::LAST, 40, 23, 130, 0));
    put(band(11, 83, Text::LAST, 40, 0, 64, 0));
    put(band(11, 83, Text::LAST, 300, 300, 1, 0));
    put(band(9, 77, Text::NONE, 0, 0, 100, 1));
    put(band(5, 130, Text::FIRST, 50, 50, 77, 1));
    put(band(5, 130, Text::FIRST, 50, 50, 0, 0));
    Plan p{"blocks of 128, no keys for the first 70", 2, {}};
    for (int i = 0; i < 2; i++) {
        add(p.kind[i], segment(0, 70, {}));
        add(p.kind[i], banded(segment(70, 700, {{0, 30 + 40 * i}}), 70, 1, i ? 70 : 0, 128, i, 70, 650));
    }
    p.kind[1].order = {70, 9, 70};
    put(p);
    return c;
}
