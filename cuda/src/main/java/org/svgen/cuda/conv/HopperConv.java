package org.svgen.cuda.conv;

import java.util.List;
import java.util.Optional;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.simple.Shuffles;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** Convolutions of bf16 operands by {@link HopperTiles}, where the GPU can run them. */
final class HopperConv implements Kernel<Convolution> {
    /** Shared memory of each kernel, as conv_sm90.cu checks. */
    static final int SHARED_BYTES = 231488;

    static final List<Requirement<Convolution>> REQUIREMENTS =
            List.of(
                    new Requirement<>("a result", c -> c.out().elements() > 0),
                    new Requirement<>(
                            "operands and result in bf16",
                            c -> c.bf16() && c.out().dtype() == DType.BF16),
                    new Requirement<>("strides of 1", Convolution::strideless),
                    new Requirement<>(
                            "multiples of 32 channels, 64 at least", HopperConv::halfSteps),
                    new Requirement<>(
                            "frames at multiples of 16 bytes",
                            c -> Alignment.rows(8, 0, c.x(), c.past(), c.out())),
                    new Requirement<>(
                            "no border of copies where frames before lie elsewhere",
                            c -> c.past() == null || unbordered(c.geometry())));

    private final Gpu gpu;
    private final Shuffles shuffles;
    private final HopperTiles tiles;

    HopperConv(Gpu gpu, Shuffles shuffles) {
        this.gpu = gpu;
        this.shuffles = shuffles;
        tiles = new HopperTiles(gpu);
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
    public List<Requirement<Convolution>> requirements() {
        return REQUIREMENTS;
    }

    private static boolean halfSteps(Convolution c) {
        int in = c.inChannels();
        int out = c.out().size(3);
        return in % HopperTiles.HALF_STEP == 0
                && out % HopperTiles.HALF_STEP == 0
                && Math.min(in, out) >= HopperTiles.STEP;
    }

    static boolean unbordered(ConvGeometry g) {
        return g.border() == Border.ZEROS || g.top() + g.bottom() + g.left() + g.right() == 0;
    }

    @Override
    public void run(Convolution c) {
        ConvGeometry g = c.geometry();
        if (unbordered(g)) {
            launch(c, c.x(), g.top(), g.left());
            return;
        }
        try (Padded padded = new Padded(gpu, shuffles, c.x(), 0, g)) {
            launch(c, padded.tensor(), 0, 0);
        }
    }

    private void launch(Convolution c, Tensor x, int top, int left) {
        Tensor weight = c.weight();
        int[] taps = {weight.size(2), weight.size(3), weight.size(4)};
        tiles.launch(
                x, c.past(), c.lying(), taps, c.bias(), top, left, c.add(), Frames.of(c.out()));
    }
}
