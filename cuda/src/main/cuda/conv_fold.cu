// Weights for convolving frames before they are enlarged to the nearest: an output pixel sees most
// pixels of its window twice, and their weights add up. Source: any text on sub-pixel convolution.
#include "svgen.cuh"

struct Fold {
    const u16* weight;  // bf16 [n, kt, 3, 3, c]
    u16* out;           // [phases, n, out_kt, 2, 2, c]; a phase is the place of a pixel among those
                        // that one pixel is enlarged to: in time, if out_kt < kt, then in y and x
    int n, kt, out_kt, c;
};

// The taps from `from` on, before `to`, that see what tap `tap` of two sees in this phase.
struct Taps {
    int from, to;
    DEVICE Taps(int phase, int tap) : from(tap ? 1 + phase : 0), to(tap ? 3 : 1 + phase) {}
};

KERNEL(256) fold_taps(Fold p, i64 count) {
    bool in_time = p.out_kt < p.kt;
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        int c = (int)(i % p.c);
        i64 rest = i / p.c;
        int tap = (int)(rest % (p.out_kt * 4));
        rest /= p.out_kt * 4;
        int n = (int)(rest % p.n), phase = (int)(rest / p.n);
        Taps y(phase / 2 % 2, tap / 2 % 2), x(phase % 2, tap % 2), t(phase / 4, tap / 4);
        if (!in_time) {
            t.from = tap / 4;
            t.to = tap / 4 + 1;
        }
        float sum = 0;
        for (int a = t.from; a < t.to; a++) {
            for (int b = y.from; b < y.to; b++) {
                for (int d = x.from; d < x.to; d++) {
                    i64 at = ((((i64)n * p.kt + a) * 3 + b) * 3 + d) * p.c + c;
                    sum += bf16_to_float(p.weight[at]);
                }
            }
        }
        p.out[i] = float_to_bf16(sum);
    }
}
