package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Tensor;

/** From bytes to float frames. */
final class Rgb {
    private Rgb() {}

    /** Fills a host F32 tensor with {@code rgb} / 255. */
    static void fill(Tensor frame, byte[] rgb) {
        MemorySegment s = frame.host();
        for (int i = 0; i < rgb.length; i++) {
            s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, (rgb[i] & 0xff) / 255f);
        }
    }
}
