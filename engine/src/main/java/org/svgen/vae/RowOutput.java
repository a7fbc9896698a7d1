package org.svgen.vae;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Tensor;

/** Receives values of the result, each once; several frames at the same time, on any thread. */
@FunctionalInterface
public interface RowOutput {
    /**
     * Row {@code y} of a frame from column {@code x} on.
     *
     * @param frame which frame
     * @param y which row of it
     * @param x the first column
     * @param from holds the values, column by column
     * @param offset of the first value in {@code from}
     * @param count how many values
     */
    void row(int frame, int y, int x, float[] from, int offset, int count);

    /**
     * Writes pixels of -1..1 as 0..1, clamped; NaN in place of what is no finite number.
     *
     * @param frames host F32 [frames, height, width, 3]
     */
    static RowOutput pixels(Tensor frames) {
        int height = frames.size(1);
        int width = frames.size(2);
        MemorySegment to = frames.host();
        return (frame, y, x, from, offset, count) -> {
            long at = (((long) frame * height + y) * width + x) * 3;
            for (int i = 0; i < count; i++) {
                float pixel = from[offset + i];
                float value =
                        Float.isFinite(pixel) ? Math.clamp(pixel * 0.5f + 0.5f, 0f, 1f) : Float.NaN;
                to.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, value);
            }
        };
    }
}
