package org.svgen.pipeline;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Consumer;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tiles.TileAssembler;

/** Finished frames in host memory, which {@link #close} frees. */
public final class Clip implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Tensor frames;
    private final double fps;

    /** Black frames, to be filled in. */
    public Clip(int frames, int height, int width, double fps) {
        this.frames = Tensor.zeros(arena, DType.F32, frames, height, width, 3);
        this.fps = fps;
    }

    /** A clip of the request's size that {@code work} has filled. */
    public static Clip filledBy(Request request, Consumer<Clip> work) {
        Clip clip = new Clip(request.frames(), request.height(), request.width(), request.fps());
        try {
            work.accept(clip);
            return clip;
        } catch (RuntimeException e) {
            clip.close();
            throw e;
        }
    }

    /** Host memory of a clip of the request's size. */
    public static long bytes(Request request) {
        return 3L * Float.BYTES * request.frames() * request.height() * request.width();
    }

    /** F32 [frames, height, width, 3], red green blue, 0..1. */
    public Tensor frames() {
        return frames;
    }

    /** Takes pixels of -1..1, clamped, from an autoencoder's tiles. */
    public TileAssembler.Output output() {
        int height = height();
        int width = width();
        MemorySegment to = frames.host();
        return (frame, y, x, from, offset, count) -> {
            long at = (((long) frame * height + y) * width + x) * 3;
            for (int i = 0; i < count; i++) {
                float value = Math.clamp(from[offset + i] * 0.5f + 0.5f, 0f, 1f);
                to.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, value);
            }
        };
    }

    public double fps() {
        return fps;
    }

    public int count() {
        return frames.size(0);
    }

    public int height() {
        return frames.size(1);
    }

    public int width() {
        return frames.size(2);
    }

    @Override
    public void close() {
        arena.close();
    }
}
