// What the matrix products share: where their left operand comes from, and what follows the product.
#pragma once
#include "svgen.cuh"

// y[m, n] = f(sum over k of a[m, k] b[n, k] + bias[n]). Of a PairRow, a holds the first `split`
// columns and a2 the others.
struct Product {
    Elements a, a2, b, bias, out;
    int m, n, k, split;
    int function;  // Activation
    int wide;      // rows of a and b may be read in fours, or eights by the bf16 kernels
    int wide_out;  // rows of out may be written in fours
};

// A convolution as a product: row m is an output pixel, and k runs over taps [kt, kh, kw] and, the
// fastest, input channels. Padded in space, not in time.
struct Window {
    int h, w, c;  // of the input
    int out_h, out_w;
    int kh, kw;
    int stride_time, stride_space, top, left;
    int edge;  // beyond the frame its nearest pixel counts, not zero
};

// Row m of a matrix [M, K].
struct MatrixRow {
    int m;

    DEVICE MatrixRow(const Product&, const Window&, i64 m) : m((int)m) {}

    // Where element k of the row lies, or a negative number where it counts as zero.
    DEVICE i64 place(const Product& p, const Window&, int k) const {
        return m < p.m && k < p.k ? (i64)m * p.k + k : -1;
    }

    // The tensor in which that is.
    DEVICE const Elements& source(const Product& p, int) const { return p.a; }
};

// Row m of two matrices side by side.
struct PairRow {
    int m;

    DEVICE PairRow(const Product&, const Window&, i64 m) : m((int)m) {}

    DEVICE i64 place(const Product& p, const Window&, int k) const {
        if (m >= p.m || k >= p.k) return -1;
        return k < p.split ? (i64)m * p.split + k : (i64)m * (p.k - p.split) + k - p.split;
    }

    DEVICE const Elements& source(const Product& p, int k) const {
        return k < p.split ? p.a : p.a2;
    }
};

// The input pixels that output pixel m sees.
struct PixelRow {
    int t, y, x;
    bool valid;

    DEVICE PixelRow(const Product& p, const Window& w, i64 m) : valid(m < p.m) {
        int pixel = (int)m;
        int line = pixel / w.out_w;
        x = (pixel - line * w.out_w) * w.stride_space - w.left;
        t = line / w.out_h;
        y = (line - t * w.out_h) * w.stride_space - w.top;
        t *= w.stride_time;
    }

    DEVICE i64 place(const Product& p, const Window& w, int k) const {
        int tap = k / w.c;
        int row = tap / w.kw;
        int time = row / w.kh;
        int yy = y + row - time * w.kh;
        int xx = x + tap - row * w.kw;
        if (w.edge) {
            yy = yy < 0 ? 0 : yy < w.h ? yy : w.h - 1;
            xx = xx < 0 ? 0 : xx < w.w ? xx : w.w - 1;
        }
        bool inside = valid && k < p.k && yy >= 0 && yy < w.h && xx >= 0 && xx < w.w;
        return inside ? (((i64)(t + time) * w.h + yy) * w.w + xx) * w.c + (k - tap * w.c) : -1;
    }

    DEVICE const Elements& source(const Product& p, int) const { return p.a; }
};
