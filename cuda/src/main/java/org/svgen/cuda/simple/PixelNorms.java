package org.svgen.cuda.simple;

import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.DType;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.RmsNormOp;

/** Normalisation of pixels over their channels, then SiLU: pixels.cu. */
public final class PixelNorms {
    private static final int THREADS = 256;

    /** Channels of a piece of 16 bytes. */
    private static final int EACH = 8;

    private static final int FEWEST_PIECES = 3;
    private static final int MOST_PIECES = 5;
    private static final int MOST_LANES = 32;

    private final Gpu gpu;

    public PixelNorms(Gpu gpu) {
        this.gpu = gpu;
    }

    /**
     * Normalises at once.
     *
     * @return false if no kernel does; then nothing has been done
     */
    public boolean run(RmsNormOp o) {
        int c = o.x().size(-1);
        int pieces = pieces(c);
        if (pieces == 0
                || o.f() != Activation.SILU
                || o.weight() == null
                || o.x().dtype() != DType.BF16
                || o.out().dtype() != DType.BF16
                || !Alignment.rows(EACH, c, o.x(), o.out())) {
            return false;
        }
        int lanes = c / EACH / pieces;
        long rows = o.x().elements() / c;
        gpu.kernel("pixels", "rms_pixels_" + pieces)
                .struct()
                .pointer(o.x())
                .pointer(o.out())
                .elements(o.weight())
                .f32(o.eps())
                .i32(c)
                .i64(rows)
                .i32(lanes)
                .end()
                .start(rows * lanes, THREADS);
        return true;
    }

    /** Of each of as many lanes as a power of 2; 0 if no kernel has so many. */
    private static int pieces(int c) {
        for (int pieces = FEWEST_PIECES; pieces <= MOST_PIECES; pieces++) {
            int lanes = c / EACH / pieces;
            if (lanes * pieces * EACH == c && Integer.bitCount(lanes) == 1 && lanes <= MOST_LANES) {
                return pieces;
            }
        }
        return 0;
    }
}
