// Products of many rows with a few columns, in f32: what the kernels on clusters of tokens share.
#pragma once
#include "svgen.cuh"

static const int ROWS = 256;    // of a tile, a thread each
static const int COLUMNS = 32;  // of a tile
static const int DEPTH = 32;    // elements of a row at once
static const int TOGETHER = 8;  // rows that a thread asks for at once
static const int ROW_PITCH = DEPTH + 1;
static const int COLUMN_PITCH = COLUMNS + 4;  // a multiple of four floats

struct __align__(16) Tile {
    float rows[ROWS * ROW_PITCH];
    float columns[DEPTH * COLUMN_PITCH];
};

// dots[c] = row . column c of the thread's row. `row_at` and `column_at` say where a row or a column begins
// in x or y, or -1: then it is zero. Sums go through the elements in their order. All threads call it.
template <class RowAt, class ColumnAt>
DEVICE void tile_dots(Tile& tile, const Elements& x, const RowAt& row_at, const Elements& y, const ColumnAt& column_at,
                      int d, float (&dots)[COLUMNS]) {
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    for (int c = 0; c < COLUMNS; c++) dots[c] = 0;
    for (int from = 0; from < d; from += DEPTH) {
        bool inside = from + lane < d;
        __syncthreads();
        for (int r = warp; r < ROWS; r += TOGETHER * ROWS / 32) {  // asked for together
            float some[TOGETHER];
#pragma unroll
            for (int i = 0; i < TOGETHER; i++) {
                i64 at = row_at(r + i * ROWS / 32);
                some[i] = at >= 0 && inside ? load(x, at + from + lane) : 0;
            }
#pragma unroll
            for (int i = 0; i < TOGETHER; i++) tile.rows[(r + i * ROWS / 32) * ROW_PITCH + lane] = some[i];
        }
        for (int c = warp; c < COLUMNS; c += ROWS / 32) {
            i64 at = column_at(c);
            tile.columns[lane * COLUMN_PITCH + c] = at >= 0 && inside ? load(y, at + from + lane) : 0;
        }
        __syncthreads();
        for (int i = 0; i < DEPTH; i++) {
            float a = tile.rows[threadIdx.x * ROW_PITCH + i];
            const float4* b = (const float4*)(tile.columns + i * COLUMN_PITCH);
#pragma unroll
            for (int c = 0; c < COLUMNS / 4; c++) {
                float4 four = b[c];
                dots[4 * c] = __fmaf_rn(a, four.x, dots[4 * c]);
                dots[4 * c + 1] = __fmaf_rn(a, four.y, dots[4 * c + 1]);
                dots[4 * c + 2] = __fmaf_rn(a, four.z, dots[4 * c + 2]);
                dots[4 * c + 3] = __fmaf_rn(a, four.w, dots[4 * c + 3]);
            }
        }
    }
}
