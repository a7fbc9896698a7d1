// Stands in for attention_blocks_sm90.cu, whose instructions are not emulated here: computes what its kernels shall,
// from the same arguments, and refuses launches that the kernels do not expect.
#include "emulator.hpp"
#include <vector>
#include "attention_blocks_variant.cuh"

namespace {
/** bf16 [batch, heads, tokens, D]. */
struct Rows {
    emulator::EmulatedMap map;
    bool right;

    Rows(const TensorMap& m, const BlockAttention& a, int d, int tokens, unsigned box, unsigned panels) {
        memcpy(&map, &m, sizeof map);
        uint64_t row = 2 * d;
        right = map.sizes[0] == 64 && map.sizes[1] == (uint64_t)tokens && map.sizes[2] == d / 64u &&
                map.sizes[3] == (uint64_t)a.heads && map.sizes[4] == (uint64_t)a.batch && map.stride == row &&
                map.strides[0] == 128 && map.strides[1] == row * tokens && map.strides[2] == row * tokens * a.heads &&
                map.box[0] == 64 && map.box[1] == box && map.box[2] == panels && map.type == 9 && map.swizzle == 3;
    }

    const u16* at(int batch, int head, int token) const {
        return (const u16*)((char*)map.address + batch * map.strides[2] + head * map.strides[1] + token * map.stride);
    }
};

struct Key {
    const u16 *key, *value;
    float more;
};

template <int D>
void attend(void** arguments) {
    const BlockAttention& a = *(const BlockAttention*)arguments[0];
    if (threadIdx.x || blockIdx.x) return;
    Rows q(a.q, a, D, a.queries, 64, 1), k(a.whole[0], a, D, a.keys, 128, D / 64), v(a.whole[1], a, D, a.keys, 128, D / 64);
    Rows mk(a.means[0], a, D, a.blocks, 128, D / 64), mv(a.means[1], a, D, a.blocks, 128, D / 64);
    bool right = q.right && k.right && v.right && (a.bias == nullptr || mk.right && mv.right) && blockDim.x == 512 &&
                 a.counter[0] == 0 && a.counter[1] == 0 && a.bias_pitch % 128 == 0 && a.words == (a.blocks + 31) / 32;
    for (int i = 0; i < BOXES; i++) {
        Rows kb(a.boxes[i][0], a, D, a.keys, EIGHT << i, 1), vb(a.boxes[i][1], a, D, a.keys, EIGHT << i, 1);
        right &= kb.right && vb.right && kb.map.address == k.map.address && vb.map.address == v.map.address;
    }
    if (!right) return;  // the output keeps its poison
    std::vector<Key> keys;
    std::vector<float> score;
    for (int head = 0; head < a.batch * a.heads; head++) {
        int b = head / a.heads, h = head % a.heads, map = a.which ? a.which[head] : head;
        const int* bounds = a.bounds + (i64)map * (a.blocks + 1);
        for (int t = 0; t < 3 * a.counts[map]; t++) {
            const int* tile = a.groups + 4 * ((i64)map * a.most_groups + t);
            if (t >= a.most_groups || tile[1] < 0 || tile[1] > 64 || t % 3 == 0 && tile[1] == 0) return;
            keys.clear();
            for (int pass = 0; pass < 2 && tile[2] >= 0; pass++)
                for (int j = 0; j < a.blocks; j++) {
                    bool exact = a.bits[((i64)map * a.query_blocks + tile[2]) * a.words + j / 32] >> j % 32 & 1;
                    if (pass == 0 && exact)
                        for (int p = bounds[j]; p < bounds[j + 1]; p++) keys.push_back({k.at(b, h, p), v.at(b, h, p), 0});
                    if (pass == 1 && !exact && a.bias)
                        keys.push_back({mk.at(b, h, j), mv.at(b, h, j), a.bias[(i64)map * a.bias_pitch + j]});
                }
            for (int p = tile[0]; p < tile[0] + tile[1]; p++) {
                const u16* query = q.at(b, h, p);
                float most = -INFINITY, total = 0, sum[D] = {};
                score.clear();
                for (const Key& key : keys) {
                    float x = key.more;
                    for (int i = 0; i < D; i++) x += bf16_to_float(query[i]) * bf16_to_float(key.key[i]);
                    score.push_back(x * a.scale / 1.44269504f);
                    most = fmaxf(most, x * a.scale / 1.44269504f);
                }
                for (size_t j = 0; j < keys.size() && most > -INFINITY; j++) {
                    float weight = expf(score[j] - most);
                    total += weight;
                    for (int i = 0; i < D; i++) sum[i] += weight * bf16_to_float(keys[j].value[i]);
                }
                i64 token = a.order ? a.order[(i64)map * a.queries + p] : p;
                for (int i = 0; i < D; i++)
                    a.out[((b * (i64)a.queries + token) * a.heads + h) * D + i] = float_to_bf16(total > 0 ? sum[i] / total : 0);
            }
        }
    }
}

bool added = emulator::add_kernel("attention_blocks_d64", attend<64>) & emulator::add_kernel("attention_blocks_d128", attend<128>);
}  // namespace
