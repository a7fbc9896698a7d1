// Cases of attention to lists of key blocks, their data, what a launch makes of it, and the definition in doubles.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "random_normal.hpp"

struct BlockCase {
    const char* name;
    int heads, tokens;
    int query_block, key_block;  // of tokens; negative: blocks of random sizes, some empty, of this mean size
    double density;              // of blocks that are listed
    bool tail, permuted;
    int text;                    // the last tokens: a block of their own, listed by all and listing all
    double factor = 1;           // of q
    bool repeats = false;        // some keys are far greater than others
    int padding = 0;             // tokens at the end that are in no block
};

inline std::vector<BlockCase> block_cases() {
    return {
            {"blocks of 64, queries of 192", 2, 1000, 192, 64, 0.3, false, false, 0},
            {"blocks of 64, queries of 192, tail", 2, 1000, 192, 64, 0.3, true, false, 0},
            {"queries of 64, tail, text", 1, 777, 64, 64, 0.2, true, false, 77},
            {"clusters, order", 2, 900, -150, -40, 0.25, false, true, 0},
            {"clusters, order, tail, text", 2, 900, -150, -25, 0.25, true, true, 37},
            {"many small blocks, tail", 1, 1500, -100, -7, 0.15, true, true, 0},
            {"nothing listed", 1, 400, 192, 64, 0, false, false, 0},
            {"nothing listed, tail", 1, 400, 192, 64, 0, true, false, 0},
            {"all listed, tail", 1, 400, 192, 64, 1, true, false, 0},
            {"one token", 1, 1, 192, 64, 1, true, false, 0},
            {"large scores", 1, 700, 128, 64, 0.4, true, false, 0, 8},
            {"scores that rise late", 2, 1000, 192, 32, 0.5, true, false, 0, 2, true},
            {"tokens of no block", 2, 800, 128, 64, 0.3, true, false, 50, 1, false, 215},
    };
}

struct BlockData {
    BlockCase c;
    int d, query_blocks, blocks, words;
    float scale;
    std::vector<unsigned short> q, k, v, mean_k, mean_v;  // [heads, positions, d], in the order of blocks
    std::vector<int> query_bounds, key_bounds, order;
    std::vector<unsigned> bits;
};

inline unsigned short bf16_of(float f) {
    unsigned u;
    memcpy(&u, &f, 4);
    return (unsigned short)((u + 0x7FFF + (u >> 16 & 1)) >> 16);
}

inline float float_of(unsigned short b) {
    unsigned u = (unsigned)b << 16;
    float f;
    memcpy(&f, &u, 4);
    return f;
}

/** Bounds of blocks of `tokens` tokens, as many for each head. */
inline std::vector<int> bounds_of(int heads, int tokens, int size, int text, int& blocks) {  // `tokens` in blocks
    int rest = tokens - text, mean = std::abs(size);
    int n = (rest + mean - 1) / mean;
    blocks = n + (text > 0);
    std::vector<int> all;
    for (int h = 0; h < heads; h++) {
        std::vector<int> cut{0, rest};
        for (int i = 1; i < n; i++) cut.push_back(size > 0 ? i * size : rand() % (rest + 1));
        if (size < 0 && n > 2) cut[2] = cut[3];  // one is empty
        for (size_t i = 1; i < cut.size(); i++)
            for (size_t j = i; j > 0 && cut[j] < cut[j - 1]; j--) std::swap(cut[j], cut[j - 1]);
        if (text > 0) cut.push_back(tokens);
        all.insert(all.end(), cut.begin(), cut.end());
    }
    return all;
}

inline BlockData make(const BlockCase& c, int d, unsigned seed) {
    srand(seed);
    BlockData x{c, d};
    x.scale = 1 / std::sqrt((float)d);
    x.query_bounds = bounds_of(c.heads, c.tokens - c.padding, c.query_block, c.text, x.query_blocks);
    x.key_bounds = bounds_of(c.heads, c.tokens - c.padding, c.key_block, c.text, x.blocks);
    x.words = (x.blocks + 31) / 32;
    size_t n = (size_t)c.heads * c.tokens * d;
    x.q.resize(n), x.k.resize(n), x.v.resize(n);
    for (auto& e : x.q) e = bf16_of(random_normal() * c.factor);
    for (auto& e : x.k) e = bf16_of(random_normal());
    for (auto& e : x.v) e = bf16_of(random_normal());
    if (c.repeats)
        for (size_t i = 0; i < n; i++)
            if ((int)(i / d % c.tokens) / 20 == c.tokens / 40) x.k[i] = bf16_of(float_of(x.k[i]) * 100);
    for (int h = 0; h < c.heads; h++) {
        std::vector<int> order(c.tokens);
        for (int i = 0; i < c.tokens; i++) order[i] = i;
        for (int i = c.tokens - 1; i > 0; i--) std::swap(order[i], order[rand() % (i + 1)]);
        x.order.insert(x.order.end(), order.begin(), order.end());
        for (int b = 0; b < x.query_blocks; b++)
            for (int w = 0; w < x.words; w++) {
                unsigned bits = 0;
                for (int i = 0; i < 32 && w * 32 + i < x.blocks; i++) {
                    bool text = c.text > 0 && (b == x.query_blocks - 1 || w * 32 + i == x.blocks - 1);
                    if (text || rand() / (double)RAND_MAX < c.density) bits |= 1u << i;
                }
                x.bits.push_back(bits);
            }
        for (int b = 0; b < x.blocks; b++) {
            int from = x.key_bounds[h * (x.blocks + 1) + b], to = x.key_bounds[h * (x.blocks + 1) + b + 1];
            for (int j = 0; j < d; j++) {
                double k = 0, v = 0;
                for (int t = from; t < to; t++) {
                    k += float_of(x.k[((size_t)h * c.tokens + t) * d + j]);
                    v += float_of(x.v[((size_t)h * c.tokens + t) * d + j]);
                }
                x.mean_k.push_back(bf16_of(to > from ? k / (to - from) : 0));
                x.mean_v.push_back(bf16_of(to > from ? v / (to - from) : 0));
            }
        }
    }
    return x;
}

/** The tables of a launch, as attention_block_tables makes them. */
struct ExpectedTables {
    int most, pitch;
    std::vector<int> groups, counts;  // four numbers a group, three groups a tile
    std::vector<float> bias;
};

inline int exact_blocks(const BlockData& x, int h, int b) {
    int n = 0;
    for (int w = 0; w < x.words; w++) n += __builtin_popcount(x.bits[((size_t)h * x.query_blocks + b) * x.words + w]);
    return n;
}

inline int most_groups(int tokens, int query_blocks) { return (tokens + 63) / 64 + query_blocks + 12; }

inline ExpectedTables tables_of(const BlockData& x, int keys) {
    ExpectedTables t;
    t.pitch = (x.blocks + keys - 1) / keys * keys;
    t.most = (most_groups(x.c.tokens, x.query_blocks) + 2) / 3 * 3;
    for (int h = 0; h < x.c.heads; h++) {
        size_t begin = t.groups.size() / 4;
        auto add = [&](int from, int to, int block) {
            for (int i = from; i < to; i += 64) {
                int group[] = {i, to - i < 64 ? to - i : 64, block, 0};
                t.groups.insert(t.groups.end(), group, group + 4);
            }
        };
        auto fill = [&] {
            while ((t.groups.size() / 4 - begin) % 3) t.groups.insert(t.groups.end(), {0, 0, -1, 0});
        };
        const int* bounds = &x.query_bounds[h * (x.query_blocks + 1)];
        // Rests of two groups beside those of one: rests[n]: blocks that leave n groups.
        for (int heavy = 1; heavy >= 0; heavy--) {
            std::vector<int> rests[3];
            auto groups_of = [&](int b) { return (bounds[b + 1] - bounds[b] + 63) / 64; };
            for (int b = 0; b < x.query_blocks; b++) {
                if ((2 * exact_blocks(x, h, b) >= x.blocks) != heavy) continue;
                int middle = std::min(bounds[b] + groups_of(b) / 3 * 192, bounds[b + 1]);
                add(bounds[b], middle, b);
                rests[groups_of(b) % 3].push_back(b);
            }
            fill();
            auto add_rest = [&](int n, size_t i) {
                if (i < rests[n].size()) add(bounds[rests[n][i]] + groups_of(rests[n][i]) / 3 * 192, bounds[rests[n][i] + 1], rests[n][i]);
            };
            for (size_t i = 0; i < std::max(rests[1].size(), rests[2].size()); i++) add_rest(2, i), add_rest(1, i);
            fill();
        }
        add(0, bounds[0], -1);
        add(bounds[x.query_blocks], x.c.tokens, -1);
        fill();
        t.counts.push_back((int)(t.groups.size() / 4 - begin) / 3);
        t.groups.resize((begin + t.most) * 4, -1);
        for (int b = 0; b < t.pitch; b++) {
            const int* at = &x.key_bounds[h * (x.blocks + 1) + (b < x.blocks ? b : 0)];
            int n = b < x.blocks ? at[1] - at[0] : 0;
            t.bias.push_back(n > 0 ? std::log((float)n) / x.scale : -INFINITY);
        }
    }
    return t;
}

inline int query_block(const BlockData& x, int h, int position) {
    for (int b = 0; b < x.query_blocks; b++) {
        const int* at = &x.query_bounds[h * (x.query_blocks + 1) + b];
        if (position >= at[0] && position < at[1]) return b;
    }
    return -1;
}

/** The definition, of the query at a position. */
inline void expected(const BlockData& x, int h, int position, double* out) {
    int d = x.d, tokens = x.c.tokens;
    std::vector<double> score;
    std::vector<const unsigned short*> value;
    const unsigned short* q = &x.q[((size_t)h * tokens + position) * d];
    auto add = [&](const unsigned short* k, const unsigned short* v, double more) {
        double s = 0;
        for (int i = 0; i < d; i++) s += (double)float_of(q[i]) * float_of(k[i]);
        score.push_back(s * x.scale + more);
        value.push_back(v);
    };
    int block = query_block(x, h, position);
    for (int b = 0; b < x.blocks && block >= 0; b++) {
        const int* at = &x.key_bounds[h * (x.blocks + 1) + b];
        if (x.bits[((size_t)h * x.query_blocks + block) * x.words + b / 32] >> b % 32 & 1) {
            for (int t = at[0]; t < at[1]; t++)
                add(&x.k[((size_t)h * tokens + t) * d], &x.v[((size_t)h * tokens + t) * d], 0);
        } else if (x.c.tail && at[1] > at[0]) {
            size_t m = ((size_t)h * x.blocks + b) * d;
            add(&x.mean_k[m], &x.mean_v[m], std::log((double)(at[1] - at[0])));
        }
    }
    double most = -INFINITY, total = 0;
    for (double s : score) most = s > most ? s : most;
    for (int i = 0; i < d; i++) out[i] = 0;
    for (size_t j = 0; j < score.size(); j++) {
        double p = std::exp(score[j] - most);
        total += p;
        for (int i = 0; i < d; i++) out[i] += p * float_of(value[j][i]);
    }
    for (int i = 0; i < d && total > 0; i++) out[i] /= total;
}
