package org.svgen.cuda;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.cuda.HopperConv.Target;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Convolutions of frames that are enlarged to the nearest, without enlarging them: output pixels
 * are taken by their place among those that one pixel becomes, each place having its own, smaller
 * kernel (conv_fold.cu). A third of the operations in two dimensions, and of that two thirds if
 * time is enlarged too.
 */
final class EnlargedConv {
    private static final int SIDE = 3; // of the kernel
    private static final int THREADS = 256;

    private final Gpu gpu;
    private final HopperConv conv;

    EnlargedConv(Gpu gpu, HopperConv conv) {
        this.gpu = gpu;
        this.conv = conv;
    }

    boolean takes(Tensor x, int time, int space, Tensor weight, Tensor out) {
        int kt = weight.size(2);
        return space == 2
                && (time == 1 || (time == 2 && kt == SIDE))
                && weight.size(3) == SIDE
                && weight.size(4) == SIDE
                && conv.takes(x, weight, out);
    }

    /**
     * @param lying where the weights lie, [Co, kt, 3, 3, Ci]
     */
    void convolve(
            Tensor x,
            int time,
            Tensor weight,
            long lying,
            @Nullable Tensor bias,
            Border border,
            Tensor out) {
        int n = weight.size(0);
        int channels = weight.size(1);
        int kt = weight.size(2);
        int taps = time == 2 ? 2 : kt;
        int phases = 4 * time;
        long phase = (long) n * taps * 4 * channels * Short.BYTES;
        int margin = border == Border.EDGE ? 1 : 0;
        ConvGeometry g = new ConvGeometry(1, 1, margin, margin, margin, margin);
        try (Scratch folded = gpu.scratch(phases * phase);
                HopperConv.Padded from = conv.new Padded(x, taps - 1, g)) {
            gpu.kernel("conv_fold", "fold_taps")
                    .struct()
                    .pointer(lying)
                    .pointer(folded.address())
                    .i32(n)
                    .i32(kt)
                    .i32(taps)
                    .i32(channels)
                    .end()
                    .i64(phases * phase / Short.BYTES)
                    .start(phases * phase / Short.BYTES, THREADS);
            for (int i = 0; i < phases; i++) {
                Place place = new Place(i / 4, i / 2 % 2, i % 2);
                Tensor source = from.tensor.rows(place.t, from.tensor.size(0));
                if (source.size(0) < taps) {
                    continue; // a single frame has no second place
                }
                conv.launch(
                        source,
                        folded.address() + i * phase,
                        new int[] {taps, 2, 2},
                        bias,
                        1 - margin - place.y,
                        1 - margin - place.x,
                        false,
                        place.of(out, source.size(0) - taps + 1, time));
            }
        }
    }

    /** Of an output pixel among those that one pixel becomes. */
    private record Place(int t, int y, int x) {
        Target of(Tensor out, int frames, int time) {
            Target all = Target.of(out);
            return new Target(
                    all.address() + t * all.frame() + y * all.line() + x * all.pixel(),
                    frames,
                    all.height() / 2,
                    all.width() / 2,
                    all.channels(),
                    2 * all.pixel(),
                    2 * all.line(),
                    time * all.frame());
        }
    }
}
