package org.svgen.metrics;

import java.util.stream.IntStream;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;

/** Frames of two videos, taken side by side. */
final class Planes {
    private Planes() {}

    /** A measure of two frames' elements, [height, width, channels]. */
    @FunctionalInterface
    interface Measure {
        double of(float[] a, float[] b);
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
     */
    static double[] overFrames(Tensor a, Tensor b, Measure measure) {
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
        }
        return out;
    }

    /** Channel {@code c} of interleaved {@code frame}. */
    static double[] channel(float[] frame, int c, int channels) {
        double[] plane = new double[frame.length / channels];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = frame[i * channels + c];
        }
        return plane;
    }
}
