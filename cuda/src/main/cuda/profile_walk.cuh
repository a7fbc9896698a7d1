// Walks of sampled rows over the keys, as WalkTables.java writes them: one for each order of tokens, cut
// wherever the keys of a kind begin or end. KeyWalk of the tensor module says more.
#pragma once
#include "svgen.cuh"

static const int NO_KEY = 0x7fffffff;

// An order of tokens, and one past the last key that is kept in it.
struct Pass {
    int start, rows, columns;
    int end;
};

// Keys, by position, that the same ways keep. Bit 0: dense attention does; bit j + 1: kind j does.
struct Piece {
    int from, to;
    u32 ways[2];
};

struct Walks {
    const Pass* passes;
    const int* queries;   // [passes, rows] as stored, in ascending order of their positions
    const int* cursors;   // [passes, splits + 1, rows]: the first piece of a split; one row's follow each other
    const Piece* pieces;  // none crosses the border of a split
    float* partial;       // [heads, pieces, D + 2]: sums of weighted values, maximum, sum of weights
    int rows, splits, piece_count;

    DEVICE int first_piece(int pass, int split, int row) const {
        return cursors[((i64)pass * (splits + 1) + split) * rows + row];
    }

    DEVICE float* sums(int head, int piece, int dim) const {
        return partial + ((i64)head * piece_count + piece) * (dim + 2);
    }
};

// The position as stored of the token that stands at i in this order.
DEVICE int stored(const Pass& o, int i) {
    int j = i - o.start;
    if (j < 0 || (i64)j >= (i64)o.rows * o.columns) return i;
    return o.start + j % o.rows * o.columns + j / o.rows;
}

// The piece that a row is in, of those that it has in a split.
struct Cursor {
    const Piece* pieces;
    int at, end;
    int from, to;  // of the piece; NO_KEY behind the last

    DEVICE void begin(const Walks& w, int pass, int split, int row) {
        pieces = w.pieces;
        bool valid = row < w.rows;
        at = valid ? w.first_piece(pass, split, row) : 0;
        end = valid ? w.first_piece(pass, split + 1, row) : 0;
        read();
    }

    DEVICE void read() {
        from = at < end ? pieces[at].from : NO_KEY;
        to = at < end ? pieces[at].to : NO_KEY;
    }

    DEVICE void next() {
        at++;
        read();
    }

    // Bit i: the key at first + i is in this piece or in one behind it; of `count` keys, at most 32.
    DEVICE u32 kept(int first, int count) const {
        u32 bits = 0;
        for (int i = at; i < end && pieces[i].from < first + count; i++) {
            bits |= range(pieces[i].from - first, pieces[i].to - first, count);
        }
        return bits;
    }

    // Bits from .. to of `count`.
    DEVICE static u32 range(int from, int to, int count) {
        if (from < 0) from = 0;
        if (to > count) to = count;
        return from < to ? 0xffffffffu >> (32 - (to - from)) << from : 0;
    }
};
