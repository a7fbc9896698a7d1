package org.svgen.vae;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/**
 * Brings tiles from the device to the host, blends them and passes on what is final. It does so
 * while the device computes the next tile; {@link #close} waits for the last.
 */
final class TileAssembler implements PieceSink {
    private final Backend backend;
    private final TileGrid grid;
    private final int scale;
    private final TileBlender blender;
    private final RowOutput output;
    private float[] busy = new float[0]; // the tile that is being blended
    private float[] idle = new float[0]; // for the next
    private CompletableFuture<Void> blending = CompletableFuture.completedFuture(null);

    TileAssembler(TileSeams seams, Target target) {
        this.backend = seams.backend();
        this.grid = seams.grid();
        this.scale = seams.scale();
        this.blender =
                new TileBlender(grid, scale, seams.patch(), target.frames(), target.channels());
        this.output = target.output();
    }

    @Override
    public void piece(TileGrid.Tile tile, int frame, Tensor frames) { // [T, H, W, C]
        int count = Math.toIntExact(frames.elements());
        if (idle.length < count) {
            idle = new float[count];
        }
        float[] values = idle;
        MemorySegment segment = MemorySegment.ofArray(values).asSlice(0, 4L * count);
        backend.download(frames, Tensor.of(DType.F32, segment, frames.shape().dims()));
        int each = count / frames.size(0);
        int height = frames.size(1);
        int width = frames.size(2);
        int channels = frames.size(3);
        close();
        idle = busy;
        busy = values;
        blending =
                CompletableFuture.runAsync(() ->
                        IntStream.range(0, count / each)
                                .parallel()
                                .forEach(t -> {
                                    int at = t * each;
                                    blend(tile, frame + t, values, at, height, width, channels);
                                }));
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
        blending.join();
    }
}
