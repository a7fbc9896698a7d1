package org.svgen.vae;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * The distribution of a video's latents; both in host memory.
 *
 * @param mean F32 [t, h, w, C]
 * @param logVariance F32 [t, h, w, C], clamped to -30..20
 */
public record Posterior(Tensor mean, Tensor logVariance) {
    private static final float MAX_LOG_VARIANCE = 20;
    private static final float MIN_LOG_VARIANCE = -30;

    /** Zeros, to be filled in by {@link #output}. */
    static Posterior zeros(Arena arena, int frames, int height, int width, int channels) {
        return new Posterior(
                Tensor.zeros(arena, DType.F32, frames, height, width, channels),
                Tensor.zeros(arena, DType.F32, frames, height, width, channels));
    }

    /** Takes what an encoder gives: means of all channels, then as many logarithms. */
    RowOutput output() {
        int height = mean.size(1);
        int width = mean.size(2);
        int channels = mean.size(3);
        MemorySegment means = mean.host();
        MemorySegment logs = logVariance.host();
        return (frame, y, x, from, offset, count) -> {
            long at = (((long) frame * height + y) * width + x) * channels;
            for (int i = 0; i < count / 2; i++) {
                int pixel = offset + i / channels * 2 * channels + i % channels;
                means.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, from[pixel]);
                float log = from[pixel + channels];
                log = Math.clamp(log, MIN_LOG_VARIANCE, MAX_LOG_VARIANCE);
                logs.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, log);
            }
        };
    }
}
