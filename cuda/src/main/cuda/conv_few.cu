// The second half of a convolution with few output channels: a matrix product has multiplied every
// pixel by the weights of every tap; here the products that belong to an output pixel are added.
#include "svgen.cuh"

struct FewChannels {
    const float* products;  // [n taps, pixels of the input]
    Elements bias, out;
    i64 pixels;
    int n;
    int h, w;  // of the input
    int out_h, out_w;
    int kt, kh, kw;
    int top, left;
    int edge;  // beyond the frame its nearest pixel counts, not zero
};

KERNEL(256) sum_taps(FewChannels p, i64 count) {
    int taps = p.kt * p.kh * p.kw;
    for (i64 i = thread_index(); i < count; i += thread_count()) {
        int line = (int)i / p.out_w;
        int x = (int)i - line * p.out_w - p.left;
        int t = line / p.out_h;
        int y = line - t * p.out_h - p.top;
        for (int n = 0; n < p.n; n++) {
            float sum = p.bias.at ? load(p.bias, n) : 0;
            const float* row = p.products + n * taps * p.pixels;
            for (int kt = 0; kt < p.kt; kt++) {
                for (int ky = 0; ky < p.kh; ky++) {
                    for (int kx = 0; kx < p.kw; kx++, row += p.pixels) {
                        int yy = y + ky, xx = x + kx;
                        bool inside = yy >= 0 && yy < p.h && xx >= 0 && xx < p.w;
                        if (!inside && !p.edge) continue;
                        yy = yy < 0 ? 0 : yy < p.h ? yy : p.h - 1;
                        xx = xx < 0 ? 0 : xx < p.w ? xx : p.w - 1;
                        sum += row[((i64)(t + kt) * p.h + yy) * p.w + xx];
                    }
                }
            }
            store(p.out, i * p.n + n, sum);
        }
    }
}
