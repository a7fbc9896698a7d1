package org.svgen.cuda.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.simple.Shuffles;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ConvolveEnlargedOp;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Convolutions of frames that are enlarged to the nearest, without enlarging them: output pixels
 * are taken by their place among those that one pixel becomes, each place having its own, smaller
 * kernel (conv_fold.cu). A third of the operations in two dimensions, and of that two thirds if
 * time is enlarged too.
 */
final class EnlargedConv implements Kernel<EnlargedConvolution> {
    /** Of the kernel, in space. */
    private static final int SIDE = 3;

    private static final int THREADS = 256;
    private static final int CHANNELS_OF_A_BLOCK = 64;
    private static final int ROWS_OF_A_BLOCK = 8;

    private static final List<Requirement<EnlargedConvolution>> REQUIREMENTS = requirementsOf();

    private final Gpu gpu;
    private final Shuffles shuffles;
    private final HopperTiles tiles;

    EnlargedConv(Gpu gpu, Shuffles shuffles) {
        this.gpu = gpu;
        this.shuffles = shuffles;
        tiles = new HopperTiles(gpu);
    }

    private static List<Requirement<EnlargedConvolution>> requirementsOf() {
        List<Requirement<EnlargedConvolution>> all = new ArrayList<>();
        all.add(new Requirement<>("twice the height and width", c -> c.op().space() == 2));
        all.add(new Requirement<>("kernels of 3 x 3", c -> threeByThree(c.op())));
        all.add(new Requirement<>("kernels of 3 frames at most", c -> c.weight().size(2) <= SIDE));
        all.add(
                new Requirement<>(
                        "as many frames, or twice as many with a kernel of 3 frames",
                        c -> frames(c.op())));
        HopperConv.REQUIREMENTS.forEach(r -> all.add(r.of(EnlargedConvolution::convolution)));
        return List.copyOf(all);
    }

    private static boolean threeByThree(ConvolveEnlargedOp o) {
        return o.weight().size(3) == SIDE && o.weight().size(4) == SIDE;
    }

    private static boolean frames(ConvolveEnlargedOp o) {
        return o.time() == 1 || (o.time() == 2 && o.weight().size(2) == SIDE);
    }

    @Override
    public String name() {
        return "Hopper";
    }

    @Override
    public Optional<String> missing() {
        return gpu.kernels().missing(HopperTiles.SOURCE);
    }

    @Override
    public List<Requirement<EnlargedConvolution>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(EnlargedConvolution call) {
        ConvolveEnlargedOp op = call.op();
        Tensor weight = call.weight();
        int time = op.time();
        int n = weight.size(0);
        int channels = weight.size(1);
        int kt = weight.size(2);
        int taps = time == 2 ? 2 : kt;
        int phases = 4 * time;
        long phase = (long) n * taps * 4 * channels * Short.BYTES;
        int margin = op.border() == Border.EDGE ? 1 : 0;
        ConvGeometry g = new ConvGeometry(1, 1, margin, margin, margin, margin);
        boolean asItIs = taps == 1 && margin == 0;
        try (Scratch folded = gpu.scratch(phases * phase);
                Padded padded = asItIs ? null : new Padded(gpu, shuffles, op.x(), taps - 1, g)) {
            Tensor from = padded == null ? op.x() : padded.tensor();
            gpu.kernel("conv_fold", "fold_taps")
                    .struct()
                    .pointer(weight)
                    .pointer(folded.address())
                    .i32(n)
                    .i32(kt)
                    .i32(taps)
                    .i32(channels)
                    .end()
                    .start(
                            Math.ceilDiv(channels, CHANNELS_OF_A_BLOCK),
                            Math.ceilDiv(n, ROWS_OF_A_BLOCK),
                            1,
                            THREADS);
            for (int i = 0; i < phases; i++) {
                Place place = new Place(i / 4, i / 2 % 2, i % 2);
                Tensor source = from.rows(place.t, from.size(0));
                if (source.size(0) < taps) {
                    continue; // a single frame has no second place
                }
                tiles.launch(
                        source,
                        null,
                        folded.address() + i * phase,
                        new int[] {taps, 2, 2},
                        op.bias(),
                        1 - margin - place.y,
                        1 - margin - place.x,
                        false,
                        place.of(op.out(), source.size(0) - taps + 1, time));
            }
        }
    }

    /** Of an output pixel among those that one pixel becomes. */
    private record Place(int t, int y, int x) {
        Frames of(Tensor out, int frames, int time) {
            Frames all = Frames.of(out);
            return new Frames(
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
