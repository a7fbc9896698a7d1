package org.svgen.lab.metrics;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/** Frames of two videos, taken side by side. */
final class Planes {
    /** For whom nobody waits. */
    static final IntConsumer SILENT = done -> {};

    private Planes() {}

    /** A measure of two frames' elements, [height, width, channels]. */
    @FunctionalInterface
    interface Measure {
        double of(float[] a, float[] b);
    }

    /** A measure of one channel of two frames, [height, width]. */
    @FunctionalInterface
    interface ChannelMeasure {
        double of(double[] a, double[] b, int height, int width);
    }

    /**
     * @throws BadInputException if the videos differ in size
     */
    static void requireSameVideo(Tensor a, Tensor b) {
        if (a.shape().rank() != 4 || !a.shape().equals(b.shape())) {
            throw new BadInputException(
                    "cannot compare videos of different size: [frames, height, width, channels] is %s and %s"
                            .formatted(a.shape(), b.shape()));
        }
    }

    /**
     * The measure of each pair of frames, several at a time. Only the calling thread reads the
     * tensors, which may belong to it alone, and no more frames are on the heap than cores.
     *
     * @param done hears how many frames are measured
     */
    static double[] overFrames(Tensor a, Tensor b, Measure measure, IntConsumer done) {
        int batch = Runtime.getRuntime().availableProcessors();
        double[] out = new double[a.size(0)];
        for (int from = 0; from < out.length; from += batch) {
            int first = from;
            int n = Math.min(batch, out.length - from);
            float[][] as = new float[n][];
            float[][] bs = new float[n][];
            for (int i = 0; i < n; i++) {
                as[i] = a.get(first + i).toFloats();
                bs[i] = b.get(first + i).toFloats();
            }
            IntStream.range(0, n)
                    .parallel()
                    .forEach(i -> out[first + i] = measure.of(as[i], bs[i]));
            done.accept(first + n);
        }
        return out;
    }

    /** The mean of a measure over all channels and frames of videos of the same size. */
    static double mean(Tensor a, Tensor b, ChannelMeasure measure, IntConsumer done) {
        requireSameVideo(a, b);
        int height = a.size(1);
        int width = a.size(2);
        int channels = a.size(3);
        double[] frames =
                overFrames(
                        a,
                        b,
                        (x, y) -> {
                            double sum = 0;
                            for (int c = 0; c < channels; c++) {
                                double[] p = channel(x, c, channels);
                                double[] q = channel(y, c, channels);
                                sum += measure.of(p, q, height, width);
                            }
                            return sum / channels;
                        },
                        done);
        return Arrays.stream(frames).average().orElse(Double.NaN);
    }

    /** Channel {@code c} of interleaved {@code frame}. */
    private static double[] channel(float[] frame, int c, int channels) {
        double[] plane = new double[frame.length / channels];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = frame[i * channels + c];
        }
        return plane;
    }
}
