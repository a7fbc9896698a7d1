package org.svgen.cuda.simple;

import java.util.ArrayList;
import java.util.List;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Operations that move elements: kernels of shuffles.cu. */
public final class Shuffles {
    private static final String SOURCE = "shuffles";
    private static final int THREADS = 256;
    private static final int MOST_DIMS = 8;
    private static final int MOST_UNIT = 16;

    /** Taps whose weights a tile of the kernel holds. */
    private static final int MOST_TAPS = 27;

    private static final int CHANNELS_OF_A_TILE = 64;

    /** Blocks along the grid's second dimension. */
    private static final int MAX_BLOCKS_DOWN = 65535;

    private final Gpu gpu;

    public Shuffles(Gpu gpu) {
        this.gpu = gpu;
    }

    /** A dimension of the output, and by how many units the input moves along it. */
    private record Dim(long size, long stride) {}

    public void permute(Tensor x, int[] order, Tensor out) {
        int rank = order.length;
        long[] strides = new long[rank];
        long stride = 1;
        for (int d = rank - 1; d >= 0; d--) {
            strides[d] = stride;
            stride *= x.size(d);
        }
        List<Dim> dims = new ArrayList<>();
        for (int d : order) {
            dims.add(new Dim(x.size(d), strides[d]));
        }
        permute(
                DeviceStorage.address(x),
                DeviceStorage.address(out),
                x.elements(),
                x.dtype().bytes(),
                merged(dims));
    }

    /** Weights [Co, Ci, kt, kh, kw] with the input channels last. */
    public void channelsLast(Tensor weight, long to) {
        long channels = weight.size(1);
        long taps = weight.elements() / weight.size(0) / channels;
        int bytes = weight.dtype().bytes();
        if (taps <= MOST_TAPS && (bytes == 2 || bytes == 4) && weight.size(0) <= MAX_BLOCKS_DOWN) {
            gpu.kernel(SOURCE, "channels_last")
                    .pointer(weight)
                    .pointer(to)
                    .i32(weight.size(1))
                    .i32((int) taps)
                    .i32(bytes)
                    .start(Math.ceilDiv(channels, CHANNELS_OF_A_TILE), weight.size(0), 1, THREADS);
            return;
        }
        permute(
                DeviceStorage.address(weight),
                to,
                weight.elements(),
                weight.dtype().bytes(),
                merged(
                        List.of(
                                new Dim(weight.size(0), channels * taps),
                                new Dim(taps, 1),
                                new Dim(channels, taps))));
    }

    /** Takes dimensions together that are neighbours on both sides, and leaves out those of 1. */
    private static List<Dim> merged(List<Dim> dims) {
        List<Dim> merged = new ArrayList<>();
        for (Dim dim : dims) {
            if (dim.size == 1) {
                continue;
            }
            Dim last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && last.stride == dim.size * dim.stride) {
                merged.set(merged.size() - 1, new Dim(last.size * dim.size, dim.stride));
            } else {
                merged.add(dim);
            }
        }
        return merged;
    }

    private void permute(long from, long to, long elements, int elementBytes, List<Dim> dims) {
        long unit = elementBytes;
        List<Dim> moved = new ArrayList<>(dims);
        // What is contiguous on both sides moves in the largest units that fit.
        if (!moved.isEmpty() && moved.getLast().stride == 1) {
            long run = moved.removeLast().size * elementBytes;
            while (unit < MOST_UNIT && run % (2 * unit) == 0 && (from | to) % (2 * unit) == 0) {
                unit *= 2;
            }
            moved.add(new Dim(run / unit, unit / elementBytes));
        }
        if (moved.isEmpty()) {
            moved.add(new Dim(1, 1));
        }
        Check.that(moved.size() <= MOST_DIMS, "%s dimensions", moved.size());
        Launcher launch = gpu.kernel(SOURCE, "permute").struct().i32(moved.size()).i32(0);
        for (int d = 0; d < MOST_DIMS; d++) {
            launch.i64(d < moved.size() ? moved.get(d).size : 1);
        }
        for (int d = 0; d < MOST_DIMS; d++) {
            // In units: a stride in elements is a whole number of them.
            launch.i64(d < moved.size() ? moved.get(d).stride * elementBytes / unit : 0);
        }
        long count = elements * elementBytes / unit;
        launch.end().pointer(from).pointer(to).i64(count).i32((int) unit).start(count, THREADS);
    }

    public void embedding(Tensor ids, Tensor table, Tensor out) {
        gpu.kernel(SOURCE, "embedding")
                .pointer(ids)
                .elements(table)
                .elements(out)
                .i64(out.elements())
                .i32(table.size(1))
                .start(out.elements(), THREADS);
    }

    public void upsampleNearest(Tensor x, int time, int space, Tensor out) {
        gpu.kernel(SOURCE, "upsample")
                .elements(x)
                .elements(out)
                .i64(out.elements())
                .i32(time)
                .i32(space)
                .i32(x.size(1))
                .i32(x.size(2))
                .i32(x.size(3))
                .start(out.elements(), THREADS);
    }

    /**
     * {@code x} in the middle of {@code out}, whose margin repeats the nearest pixels; pixels are
     * whole groups of 16 bytes.
     *
     * @param front copies of the first frame in front
     * @param top lines of the margin above
     * @param left pixels of the margin to the left
     */
    public void repeatEdges(Tensor x, int front, int top, int left, Tensor out) { // [T, H, W, C]
        int units = x.size(3) * x.dtype().bytes() / MOST_UNIT;
        gpu.kernel(SOURCE, "repeat_edges")
                .pointer(x)
                .pointer(out)
                .i32(x.size(1))
                .i32(x.size(2))
                .i32(units)
                .i32(front)
                .i32(top)
                .i32(left)
                .i32(out.size(2))
                .start(
                        Math.ceilDiv(out.size(2) * units, THREADS),
                        out.size(1),
                        out.size(0),
                        THREADS);
    }
}
