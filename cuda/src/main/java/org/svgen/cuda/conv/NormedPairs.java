package org.svgen.cuda.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.simple.GroupNorm;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ConvolveAfterOp;
import org.svgen.tensor.op.ConvolveNormedOp;
import org.svgen.tensor.op.GroupNormOp;

/**
 * Group norms that write what {@link PairedConv} multiplies, by group_pairs.cu. Sums of frames lie
 * where the normalised frames would: as many pairs at a time as have room there.
 */
final class NormedPairs implements Kernel<NormedConvolution> {
    private static final String SOURCE = "group_pairs";
    private static final int THREADS = 128;
    private static final int EIGHT = 8;

    /** Pixels of a thread. */
    private static final int BESIDE = 2;

    /** Bytes of sums of all pairs for which memory is taken, so that they go at once. */
    private static final long FEW_BYTES = 64L << 20;

    private final Gpu gpu;
    private final GroupNorm norms;
    private final PairedConv paired;
    private final List<Requirement<NormedConvolution>> requirements;

    NormedPairs(Gpu gpu, GroupNorm norms, PairedConv paired) {
        this.gpu = gpu;
        this.norms = norms;
        this.paired = paired;
        requirements = requirementsOf(paired);
    }

    @Override
    public String name() {
        return "Hopper, two frames at a time";
    }

    @Override
    public Optional<String> missing() {
        return gpu.kernels().missing(SOURCE);
    }

    @Override
    public List<Requirement<NormedConvolution>> requirements() {
        return requirements;
    }

    private static List<Requirement<NormedConvolution>> requirementsOf(PairedConv paired) {
        List<Requirement<NormedConvolution>> all = new ArrayList<>();
        all.add(
                new Requirement<>(
                        "norms of eight channels in bf16, with SiLU or without",
                        c -> GroupNorm.takesEights(c.op().norm())));
        all.add(new Requirement<>("a result that lies elsewhere", c -> !c.inPlace()));
        paired.ofProducts().forEach(r -> all.add(r.of(NormedConvolution::convolution)));
        return List.copyOf(all);
    }

    @Override
    public void run(NormedConvolution call) {
        ConvolveNormedOp op = call.op();
        Convolution c = call.convolution();
        Tensor room = op.convolution().x();
        int pairs = PairedConv.pairs(c);
        int singles = PairedConv.singles(c);
        long frame = room.bytes() / room.size(0);
        int fitting = (room.size(0) - singles) / PairTiles.PRODUCTS;
        boolean few = PairTiles.PRODUCTS * pairs * frame <= FEW_BYTES;
        Tensor first = room.rows(0, 1);
        if (fitting >= pairs || (fitting > 0 && !few)) {
            run(op, c, first, room.rows(singles, room.size(0)), fitting);
            return;
        }
        int most = few ? pairs : 1;
        Shape shape =
                Shape.of(
                        (long) PairTiles.PRODUCTS * most, room.size(1), room.size(2), room.size(3));
        try (Scratch scratch = gpu.scratch(DType.BF16, shape)) {
            run(op, c, first, scratch.tensor(DType.BF16, shape), most);
        }
    }

    /**
     * @param first becomes the first frame, where that is convolved by itself
     * @param sums room for those of {@code most} pairs
     */
    private void run(ConvolveNormedOp op, Convolution c, Tensor first, Tensor sums, int most) {
        norms.withMoments(
                op.norm(),
                0,
                moments ->
                        paired.run(
                                c,
                                first,
                                sums,
                                most,
                                (from, count, to) -> sum(op, c, moments, from, count, first, to)));
    }

    private void sum(
            ConvolveNormedOp op,
            Convolution c,
            long moments,
            int from,
            int pairs,
            Tensor first,
            Tensor sums) {
        GroupNormOp norm = op.norm();
        ConvolveAfterOp convolution = op.convolution();
        boolean copies = PairedConv.singles(c) > 0;
        Launcher launch =
                gpu.kernel(
                        SOURCE, norm.modulation() == null ? "group_pairs" : "group_modulate_pairs");
        GroupNorm.norm(launch, norm, 0, moments);
        GroupNorm.table(launch, norm.modulation());
        int threads = norm.x().size(3) / EIGHT;
        launch.struct()
                .pointer(copies ? null : convolution.past())
                .pointer(sums)
                .pointer(copies && from == 1 ? first : null)
                .pointer(op.tail())
                .i32(convolution.past().size(0))
                .i32(norm.x().size(0))
                .i32(from)
                .i32(pairs)
                .end()
                .start(
                        norm.x().size(1),
                        Math.ceilDiv(norm.x().size(2), THREADS / threads * BESIDE),
                        1,
                        THREADS);
    }
}
