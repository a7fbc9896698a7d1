package org.svgen.cuda.attention;

import java.util.List;
import java.util.Optional;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernels;
import org.svgen.cuda.product.Products;
import org.svgen.cuda.simple.Shuffles;
import org.svgen.tensor.Check;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.BiasedAttentionOp;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockDensityOp;
import org.svgen.tensor.op.BlockMeansOp;
import org.svgen.tensor.op.ChooseKindsOp;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.ThresholdBlocksOp;

/** Attention by any plan, and its profile, by the first of these kernels that takes them. */
public final class Attention implements AutoCloseable {
    private final Plans plans;
    private final HopperAttention hopper;
    private final HopperAttention8 hopper8;
    private final HopperBlockAttention hopperBlocks;
    private final Kernels<AttentionCall> attending;
    private final Kernels<AttentionCall> attendingInEightBits;
    private final Kernels<BlockAttentionOp> attendingToBlocks;
    private final Kernels<ProfileOp> profiling;
    private final KindChooser choosing;
    private final BiasedAttention biased;
    private final Blocks blocks;
    private final BlockChooser blockChooser;

    public Attention(Gpu gpu, Products products, Shuffles shuffles) {
        plans = new Plans(gpu);
        hopper = new HopperAttention(gpu);
        hopper8 = new HopperAttention8(gpu);
        hopperBlocks = new HopperBlockAttention(gpu);
        attending =
                new Kernels<>(
                        List.of(
                                hopper,
                                new TensorCoreAttention(gpu),
                                new LongHeadsAttention(gpu, products, shuffles),
                                new PlainAttention(gpu)));
        // A call in 8 bits runs in one of these or is refused.
        attendingInEightBits = new Kernels<>(List.of(hopper8));
        attendingToBlocks = new Kernels<>(List.of(hopperBlocks, new PlainBlockAttention(gpu)));
        profiling =
                new Kernels<>(
                        List.of(
                                new TensorCoreProfile(gpu, plans),
                                new TensorCoreWalk(gpu),
                                new PlainWalk(gpu)));
        choosing = new KindChooser(gpu);
        biased = new BiasedAttention(gpu);
        blocks = new Blocks(gpu);
        blockChooser = new BlockChooser(gpu);
    }

    public void run(AttentionOp o) {
        kernels(o.precision()).run(new AttentionCall(o, plans.place(o.plan())));
    }

    private Kernels<AttentionCall> kernels(AttentionPrecision precision) {
        return switch (precision) {
            case FULL -> attending;
            case EIGHT_BITS -> attendingInEightBits;
        };
    }

    /** Why no kernel takes {@code o} on this GPU, whose operands may have no bytes. */
    public Optional<String> refuses(AttentionOp o) {
        PlacedPlan nowhere = PlacedPlan.of(o.plan(), 0);
        return kernels(o.precision()).refuses(new AttentionCall(o, nowhere));
    }

    /** What an operation takes beside its operands, if it is much. */
    public long scratchBytes(AttentionOp o) {
        return switch (o.precision()) {
            case FULL -> hopper.missing().isEmpty() ? HopperAttention.scratchBytes(o) : 0;
            case EIGHT_BITS -> HopperAttention8.scratchBytes(o);
        };
    }

    /** The same of attention by maps of blocks. */
    public long scratchBytes(BlockAttentionOp o) {
        return hopperBlocks.refuses(o).isEmpty() ? HopperBlockAttention.scratchBytes(o) : 0;
    }

    public void run(ProfileOp o) {
        Check.that(
                o.q().size(3) <= PlainAttention.MOST_HEAD_DIM,
                "profiling heads of %s elements, expected at most %s",
                o.q().size(3),
                PlainAttention.MOST_HEAD_DIM);
        profiling.run(o);
    }

    public void run(ChooseKindsOp o) {
        choosing.run(o);
    }

    public void run(BiasedAttentionOp o) {
        biased.run(o);
    }

    public void run(BlockAttentionOp o) {
        attendingToBlocks.run(o);
    }

    public void run(BlockMeansOp o) {
        blocks.run(o);
    }

    public void run(ThresholdBlocksOp o) {
        blockChooser.run(o);
    }

    public void run(BlockDensityOp o) {
        blocks.run(o);
    }

    /** Why no kernel takes {@code o}, whose operands may have no bytes. */
    public Optional<String> refuses(BlockAttentionOp o) {
        return attendingToBlocks.refuses(o);
    }

    /** The kernels of attention by maps of blocks in the order in which they are asked. */
    public List<String> blocksDescription() {
        return attendingToBlocks.description();
    }

    /** The kernels of attention in the order in which they are asked. */
    public List<String> description() {
        return attending.description();
    }

    /** The kernels of attention in 8 bits in the order in which they are asked. */
    public List<String> eightBitsDescription() {
        return attendingInEightBits.description();
    }

    /** The kernels of profiles in the order in which they are asked. */
    public List<String> profileDescription() {
        return profiling.description();
    }

    @Override
    public void close() {
        hopper.close();
        hopper8.close();
        hopperBlocks.close();
        plans.close();
    }
}
