package org.svgen.pipeline;

import java.awt.image.BufferedImage;
import java.lang.foreign.Arena;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Finished frames in host memory, which {@link #close} frees. */
public final class Clip implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final Tensor frames;
    private final double fps;

    /**
     * Black frames, to be filled in.
     *
     * @param frames number of frames
     * @param height in pixels
     * @param width in pixels
     * @param fps frames per second
     */
    public Clip(int frames, int height, int width, double fps) {
        this.frames = Tensor.zeros(arena, DType.F32, frames, height, width, 3);
        this.fps = fps;
    }

    /**
     * {@return a clip of the request's size that {@code work} has filled}
     *
     * @param request the video to make
     * @param work fills it
     */
    public static Clip filledBy(Request request, Consumer<Clip> work) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(work, "work");
        Clip clip = new Clip(request.frames(), request.height(), request.width(), request.fps());
        try {
            work.accept(clip);
            return clip;
        } catch (Throwable e) {
            clip.close();
            throw e;
        }
    }

    /**
     * {@return bytes of host memory of a clip of the request's size; {@link Long#MAX_VALUE} where
     * they are more than that}
     *
     * @param request the video to make
     */
    public static long bytes(Request request) {
        Objects.requireNonNull(request, "request");
        long frame = (long) request.height() * request.width(); // below 2^62
        long rest = 3L * Float.BYTES * request.frames();
        return frame > Long.MAX_VALUE / rest ? Long.MAX_VALUE : frame * rest;
    }

    /** {@return F32 [frames, height, width, 3], red green blue, 0..1} */
    public Tensor frames() {
        return frames;
    }

    /**
     * {@return a frame as Java's image, 8 bits a colour, which outlives the clip}
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public BufferedImage image(int index) {
        return PixelBytes.image(rgb(index), width(), height());
    }

    /** {@return all frames as Java's images, each made as it is asked for} */
    public Stream<BufferedImage> images() {
        return IntStream.range(0, count()).mapToObj(this::image);
    }

    /**
     * {@return a frame rounded to bytes: red green blue red ..., row by row, height * width * 3}
     *
     * @param index from 0
     * @throws IndexOutOfBoundsException if there is no such frame
     */
    public byte[] rgb(int index) {
        return PixelBytes.bytes(frames.get(Objects.checkIndex(index, count())));
    }

    /**
     * {@return the bytes of all frames, one after the other}
     *
     * @throws ArithmeticException if they are too many for an array
     */
    public byte[] rgb() {
        return PixelBytes.bytes(frames);
    }

    /** {@return frames per second} */
    public double fps() {
        return fps;
    }

    /** {@return the number of frames} */
    public int count() {
        return frames.size(0);
    }

    /** {@return its height in pixels} */
    public int height() {
        return frames.size(1);
    }

    /** {@return its width in pixels} */
    public int width() {
        return frames.size(2);
    }

    @Override
    public void close() {
        Arenas.close(arena);
    }
}
