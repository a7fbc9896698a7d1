package org.svgen.vae;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Download;

/**
 * Brings tiles from the device to the host, blends them and passes on what is final. While a tile
 * is on its way and is blended, the device computes the next, whose work it has by then; where
 * several devices do a tile each, so many are on their way. {@link #close} waits for the last.
 */
final class TileAssembler implements PieceSink {
    private final Backend backend;
    private final TileGrid grid;
    private final int scale;
    private final TileBlender blender;
    private final RowOutput output;
    private final int most; // on their way
    private final Deque<Coming> coming = new ArrayDeque<>();
    private final Deque<float[]> idle = new ArrayDeque<>();
    private float[] busy = new float[0]; // the tile that is being blended
    private CompletableFuture<Void> blending = CompletableFuture.completedFuture(null);

    /**
     * @param pieces of a tile: each device may work on all of one
     */
    TileAssembler(TileSeams seams, int pieces, Target target) {
        int ranks = seams.backend().ranks();
        this.most = ranks == 1 ? 1 : 2 * ranks * pieces;
        this.backend = seams.backend();
        this.grid = seams.grid();
        this.scale = seams.scale();
        this.blender =
                new TileBlender(grid, scale, seams.patch(), target.frames(), target.channels());
        this.output = target.output();
    }

    /** A tile on its way to the host. */
    private record Coming(
            TileGrid.Tile tile, int frame, Shape shape, float[] values, Download download) {}

    @Override
    public void piece(TileGrid.Tile tile, int frame, Tensor frames) { // [T, H, W, C]
        if (coming.size() == most) {
            takeComing();
        }
        int count = Math.toIntExact(frames.elements());
        float[] values = idle.isEmpty() ? new float[0] : idle.pop();
        if (values.length < count) {
            values = new float[count];
        }
        MemorySegment segment = MemorySegment.ofArray(values).asSlice(0, 4L * count);
        Tensor host = Tensor.of(DType.F32, segment, frames.shape().dims());
        Download download = backend.beginDownload(frames, host);
        coming.add(new Coming(tile, frame, frames.shape(), values, download));
    }

    /** Waits for the first tile that is on its way, and begins to blend it. */
    private void takeComing() {
        Coming c = coming.remove();
        c.download.await();
        blending.join();
        float[] values = c.values;
        idle.push(busy);
        busy = values;
        int frames = c.shape.size(0);
        int height = c.shape.size(1);
        int width = c.shape.size(2);
        int each = height * width * c.shape.size(3);
        blending =
                CompletableFuture.runAsync(() ->
                        IntStream.range(0, frames)
                                .parallel()
                                .forEach(t ->
                                        blend(
                                                c.tile,
                                                c.frame + t,
                                                values,
                                                t * each,
                                                height,
                                                width,
                                                c.shape.size(3))));
    }

    private void blend(
            TileGrid.Tile tile,
            int frame,
            float[] pixels,
            int at,
            int height,
            int width,
            int channels) {
        int rows = Math.min(height, grid.strideHeight() * scale);
        int columns = Math.min(width, grid.strideWidth() * scale);
        blender.blend(tile, frame, pixels, at, height, width);
        for (int y = 0; y < rows; y++) {
            output.row(
                    frame,
                    tile.y() * scale + y,
                    tile.x() * scale,
                    pixels,
                    at + y * width * channels,
                    columns * channels);
        }
    }

    @Override
    public void close() {
        try {
            while (!coming.isEmpty()) {
                takeComing();
            }
        } finally {
            blending.join();
        }
    }
}
