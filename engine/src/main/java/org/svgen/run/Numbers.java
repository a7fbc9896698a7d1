package org.svgen.run;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Clip;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * The values that a stage hands on.
 *
 * @param bad how many of them are NaN or infinite
 * @param all how many there are
 */
public record Numbers(long bad, long all) {
    /**
     * {@return what tensors hold}
     *
     * @param made in host memory
     */
    public static Numbers of(Tensor... made) {
        Objects.requireNonNull(made, "made");
        long bad = 0;
        long all = 0;
        for (Tensor tensor : made) {
            all += tensor.elements();
            bad += tensor.dtype() == DType.F32 ? badInPlace(tensor) : bad(tensor.toFloats());
        }
        return new Numbers(bad, all);
    }

    private static long badInPlace(Tensor tensor) {
        MemorySegment values = tensor.host();
        long bad = 0;
        for (long i = 0; i < tensor.elements(); i++) {
            float value = values.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            bad += Float.isFinite(value) ? 0 : 1;
        }
        return bad;
    }

    private static long bad(float[] values) {
        long bad = 0;
        for (float value : values) {
            bad += Float.isFinite(value) ? 0 : 1;
        }
        return bad;
    }

    /**
     * {@return what a video holds, whose pixels are NaN where the autoencoder gave no finite
     * number}
     *
     * @param clip none where nothing was computed
     */
    public static Numbers of(@Nullable Clip clip) {
        if (clip == null) {
            return new Numbers(0, 0);
        }
        long bad =
                IntStream.range(0, clip.count())
                        .parallel()
                        .mapToLong(frame -> badInPlace(clip.frames().get(frame)))
                        .sum();
        return new Numbers(bad, clip.frames().elements());
    }
}
