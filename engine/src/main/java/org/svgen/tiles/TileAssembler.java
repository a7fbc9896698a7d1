package org.svgen.tiles;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/**
 * Brings tiles from the device to the host, blends them and passes on what is final. It does so
 * while the device computes the next tile; {@link #close} waits for the last.
 */
public final class TileAssembler implements AutoCloseable {
    private final Backend backend;
    private final TileGrid grid;
    private final int scale;
    private final TileBlender blender;
    private final Output output;
    private float[] busy = new float[0]; // the tile that is being blended
    private float[] idle = new float[0]; // for the next
    private CompletableFuture<Void> blending = CompletableFuture.completedFuture(null);

    /** Receives pixels of the result, each once; several frames at the same time, on any thread. */
    @FunctionalInterface
    public interface Output {
        /**
         * Row {@code y} of a frame from column {@code x} on: {@code count} values of {@code from}.
         */
        void row(int frame, int y, int x, float[] from, int offset, int count);

        /**
         * Writes pixels of -1..1 as 0..1, clamped; NaN in place of what is no finite number.
         *
         * @param frames host F32 [frames, height, width, 3]
         */
        static Output pixels(Tensor frames) {
            int height = frames.size(1);
            int width = frames.size(2);
            MemorySegment to = frames.host();
            return (frame, y, x, from, offset, count) -> {
                long at = (((long) frame * height + y) * width + x) * 3;
                for (int i = 0; i < count; i++) {
                    float pixel = from[offset + i];
                    float value =
                            Float.isFinite(pixel)
                                    ? Math.clamp(pixel * 0.5f + 0.5f, 0f, 1f)
                                    : Float.NaN;
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, value);
                }
            };
        }
    }

    /**
     * @param scale pixels of the output per unit of the grid
     */
    public TileAssembler(
            Backend backend, TileGrid grid, int scale, int frames, int channels, Output o) {
        this.backend = backend;
        this.grid = grid;
        this.scale = scale;
        this.blender = new TileBlender(grid, scale, frames, channels);
        this.output = o;
    }

    /**
     * @param frame index of the first of {@code frames}
     * @param frames [T, H, W, C] of {@code tile}, valid during the call
     */
    public void batch(TileGrid.Tile tile, int frame, Tensor frames) { // [T, H, W, C]
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
