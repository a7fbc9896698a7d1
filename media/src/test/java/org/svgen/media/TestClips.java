package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.pipeline.Clip;
import org.svgen.tensor.Tensor;

/** Clips with soft gradients, a moving disc and fine grain: what natural pictures are made of. */
final class TestClips {
    private TestClips() {}

    static Clip moving(int frames, int height, int width, double fps) {
        Clip clip = new Clip(frames, height, width, fps);
        MemorySegment s = clip.frames().host();
        long at = 0;
        for (int f = 0; f < frames; f++) {
            double cx = width * (0.2 + 0.6 * f / Math.max(1, frames - 1));
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    double r = Math.hypot(x - cx, y - height / 2.0) - height / 5.0;
                    double disc = Math.clamp(0.5 - r / 2, 0, 1);
                    double grain = 0.02 * Math.sin(x * 1.3 + y * 2.1 + f);
                    double[] rgb = {
                        0.7 * disc + (1 - disc) * (0.3 + 0.3 * y / height) + grain,
                        0.3 * disc + (1 - disc) * (0.4 + 0.2 * x / width) + grain,
                        0.2 * disc + (1 - disc) * (0.6 - 0.3 * y / height) + grain
                    };
                    for (double v : rgb) {
                        s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) v);
                        at += 4;
                    }
                }
            }
        }
        return clip;
    }

    /** In decibel, of values in 0..1; infinite where both are equal. */
    static double psnr(Tensor reference, Tensor read) {
        float[] a = reference.toFloats();
        float[] b = read.toFloats();
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return -10 * Math.log10(sum / a.length);
    }
}
