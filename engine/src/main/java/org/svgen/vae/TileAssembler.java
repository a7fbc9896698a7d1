package org.svgen.vae;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Download;

/**
 * Brings tiles from the device to the host, blends them and passes on what is final. While a tile
 * is on its way and is blended, the device computes the next, whose work it has by then; {@link
 * #close} waits for the last.
 */
final class TileAssembler implements PieceSink {
    private final Backend backend;
    private final TileGrid grid;
    private final int scale;
    private final TileBlender blender;
    private final RowOutput output;
    private float[] busy = new float[0]; // the tile that is being blended
    private float[] idle = new float[0]; // for the next
    private @Nullable Coming coming;
    private CompletableFuture<Void> blending = CompletableFuture.completedFuture(null);

    TileAssembler(TileSeams seams, Target target) {
        this.backend = seams.backend();
        this.grid = seams.grid();
        this.scale = seams.scale();
        this.blender =
                new TileBlender(grid, scale, seams.patch(), target.frames(), target.channels());
        this.output = target.output();
    }

    /** A tile on its way to {@link #idle}. */
    private record Coming(TileGrid.Tile tile, int frame, Shape shape, Download download) {}

    @Override
    public void piece(TileGrid.Tile tile, int frame, Tensor frames) { // [T, H, W, C]
        takeComing();
        int count = Math.toIntExact(frames.elements());
        if (idle.length < count) {
            idle = new float[count];
        }
        MemorySegment segment = MemorySegment.ofArray(idle).asSlice(0, 4L * count);
        Tensor host = Tensor.of(DType.F32, segment, frames.shape().dims());
        coming = new Coming(tile, frame, frames.shape(), backend.beginDownload(frames, host));
    }

    /** Waits for the tile that is on its way, and begins to blend it. */
    private void takeComing() {
        Coming c = coming;
        if (c == null) {
            return;
        }
        coming = null;
        c.download.await();
        blending.join();
        float[] values = idle;
        idle = busy;
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
            takeComing();
        } finally {
            blending.join();
        }
    }
}
