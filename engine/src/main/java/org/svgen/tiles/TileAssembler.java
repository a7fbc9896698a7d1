package org.svgen.tiles;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.svgen.tensor.Backend;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Brings tiles from the device to the host, blends them and passes on what is final. */
public final class TileAssembler {
    private final Backend backend;
    private final TileGrid grid;
    private final int scale;
    private final TileBlender blender;
    private final Output output;

    /** Receives pixels of the result, each once; several frames at the same time. */
    @FunctionalInterface
    public interface Output {
        /**
         * Row {@code y} of a frame from column {@code x} on: {@code count} values of {@code from}.
         */
        void row(int frame, int y, int x, float[] from, int offset, int count);
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
        int height = frames.size(1);
        int width = frames.size(2);
        int channels = frames.size(3);
        int rows = Math.min(height, grid.strideHeight() * scale);
        int count = Math.min(width, grid.strideWidth() * scale) * channels;
        try (Arena arena = Arena.ofShared()) {
            Tensor host = Tensor.zeros(arena, DType.F32, frames.shape().dims());
            backend.download(frames, host);
            IntStream.range(0, frames.size(0))
                    .parallel()
                    .forEach(t -> {
                        float[] pixels = new float[height * width * channels];
                        MemorySegment from = host.get(t).host();
                        MemorySegment.copy(
                                from, ValueLayout.JAVA_FLOAT, 0, pixels, 0, pixels.length);
                        blender.blend(tile, frame + t, pixels, height, width);
                        for (int y = 0; y < rows; y++) {
                            output.row(
                                    frame + t,
                                    tile.y() * scale + y,
                                    tile.x() * scale,
                                    pixels,
                                    y * width * channels,
                                    count);
                        }
                    });
        }
    }
}
