package org.svgen.pipeline;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.tensor.op.AttentionPrecision;

/**
 * How self-attention is computed.
 *
 * @param mode what each head attends to
 * @param density the fraction of query-key pairs to keep in sparse calls, in (0, 1]
 * @param denseSteps the warm-up: steps that attend densely, from the first
 * @param denseLayers layers that always attend densely, from the first
 * @param headTolerance in {@link Mode#SVG}, a head stays dense in a call whose better band is
 *     further from dense attention than this: root mean square of the difference over that of the
 *     output, on the sampled rows; infinity leaves none dense
 * @param sampledRows query rows that each call's profile looks at
 * @param budget in {@link Mode#SVG}, how the density is spent
 * @param maxError the most error of the run's attention, as {@link Report.Receipt#error} measures
 *     it; infinity is no limit
 * @param auditRows query rows of each call on which errors are measured beside those that choose; 0
 *     measures none
 * @param attentionDtype in what attention multiplies
 * @param targetPsnr in {@link Mode#SVG}, the PSNR against dense attention to aim at, in dB, which
 *     {@code maxError} came from; 0 aims at none
 * @param tail whether means of blocks of keys stand in for what is left out
 * @param tau in {@link Mode#SOL}, by how many standard deviations the score of a block has to be
 *     above the mean; none: as it takes for the density
 * @param blockOrder in {@link Mode#SOL} and {@link Mode#TOPK}, how video tokens are cut into blocks
 * @param queryBlock in {@link Mode#SOL}, which queries share a list of blocks of keys
 * @param tile in {@link Mode#STA}, tokens of a tile along frames, rows and columns; empty: about as
 *     published, as fits the video
 * @param calibration turns a target into a limit of error, and says what a video's error is at
 *     most; none if nobody measured
 * @param clusters in {@link Mode#SVG2} and {@link Mode#EAR}, what is clustered and how
 */
public record AttentionSettings(
        Mode mode,
        double density,
        Amount denseSteps,
        Amount denseLayers,
        double headTolerance,
        int sampledRows,
        Budget budget,
        double maxError,
        int auditRows,
        Precision attentionDtype,
        double targetPsnr,
        Tail tail,
        OptionalDouble tau,
        BlockOrder blockOrder,
        QueryBlock queryBlock,
        List<Integer> tile,
        Optional<Calibration> calibration,
        ClusterSettings clusters) {
    /** Sparse attention where nothing else is recommended. */
    public static final AttentionSettings DEFAULT =
            new AttentionSettings(
                    Mode.SVG,
                    0.3,
                    new Amount.Fraction(0.25),
                    new Amount.Fraction(0.03),
                    Double.POSITIVE_INFINITY,
                    64,
                    Budget.MOVING,
                    Double.POSITIVE_INFINITY,
                    0,
                    Precision.AUTO,
                    0,
                    Tail.AUTO,
                    OptionalDouble.empty(),
                    BlockOrder.RASTER,
                    QueryBlock.SINGLE,
                    List.of(),
                    Optional.empty(),
                    ClusterSettings.DEFAULT);

    /**
     * Checks what each field takes.
     *
     * @throws BadInputException naming the first field that is wrong
     */
    public AttentionSettings {
        Objects.requireNonNull(mode, "mode");
        Rules.DENSITY.require(density);
        Rules.DENSE_STEPS.require(denseSteps);
        Rules.DENSE_LAYERS.require(denseLayers);
        Rules.HEAD_TOLERANCE.require(headTolerance);
        Rules.SAMPLED_ROWS.require(sampledRows);
        Objects.requireNonNull(budget, "budget");
        Rules.MAX_ERROR.require(maxError);
        Rules.AUDIT_ROWS.require(auditRows);
        Objects.requireNonNull(attentionDtype, "attentionDtype");
        Rules.TARGET_PSNR.require(targetPsnr);
        Objects.requireNonNull(tail, "tail");
        Rules.TAU.require(tau);
        Objects.requireNonNull(blockOrder, "blockOrder");
        Objects.requireNonNull(queryBlock, "queryBlock");
        tile = List.copyOf(Rules.TILE.require(tile));
        Objects.requireNonNull(calibration, "calibration");
        Objects.requireNonNull(clusters, "clusters");
        if (attentionDtype.eightBits() && byBlocks(mode, tail)) {
            throw BadInputException.of(
                    Rules.ATTENTION_DTYPE.field(),
                    "auto, f32 or bf16",
                    attentionDtype,
                    Message.of(
                            "%s: expected auto, f32 or bf16 with %s %s and %s %s, whose blocks are"
                                    + " not attended to in 8 bits, found %s",
                            Rules.ATTENTION_DTYPE.field(),
                            Rules.ATTENTION.field(),
                            mode,
                            Rules.TAIL.field(),
                            tail,
                            attentionDtype));
        }
        boolean limited = maxError < Double.POSITIVE_INFINITY || targetPsnr > 0;
        if (limited && mode == Mode.SVG && hasTail(mode, tail)) {
            throw new BadInputException(
                    Message.of(
                            "%s: expected %s off, since errors are measured without one, found on",
                            (targetPsnr > 0 ? Rules.TARGET_PSNR : Rules.MAX_ERROR).field(),
                            Rules.TAIL.field()));
        }
        if (limited && mode != Mode.DENSE && !spends(mode, budget)) {
            throw new BadInputException(
                    Message.of(
                            "%s: expected %s svg with a %s of heads, snr or moving, found %s, %s",
                            (targetPsnr > 0 ? Rules.TARGET_PSNR : Rules.MAX_ERROR).field(),
                            Rules.ATTENTION.field(),
                            Rules.BUDGET.field(),
                            mode,
                            budget));
        }
    }

    /** {@return whether means stand in for what is left out} */
    public boolean hasTail() {
        return hasTail(mode, tail);
    }

    private static boolean hasTail(Mode mode, Tail tail) {
        return switch (tail) {
            case ON -> mode.takesTail();
            case OFF -> false;
            case AUTO -> mode == Mode.SOL || mode == Mode.EAR;
        };
    }

    /** {@return whether keys are kept or left out by blocks} */
    public boolean byBlocks() {
        return byBlocks(mode, tail);
    }

    private static boolean byBlocks(Mode mode, Tail tail) {
        return switch (mode) {
            case SOL, TOPK, MINFERENCE, STA, SVG2, EAR -> true;
            case DENSE, SVG, SVG_OFFICIAL, SPATIAL, TEMPORAL, PAB -> hasTail(mode, tail);
        };
    }

    /** Whether heads share the density, so that errors can be kept within a limit. */
    static boolean spends(Mode mode, Budget budget) {
        return mode == Mode.SVG && budget != Budget.FIXED;
    }

    /**
     * Begins with what is done where a model recommends nothing else.
     *
     * @return a builder
     */
    public static AttentionBuilder builder() {
        return DEFAULT.toBuilder();
    }

    /**
     * Begins with these settings, to change some.
     *
     * @return a builder
     */
    public AttentionBuilder toBuilder() {
        return new AttentionBuilder(this);
    }

    /** How the density is spent. */
    public enum Budget {
        /** Every head gets the density in every call. */
        FIXED("fixed"),
        /** Heads and layers of a step get the density on average. */
        HEADS("heads"),
        /**
         * As {@link #HEADS}, and steps get more while they are noisy, by their ratio of signal to
         * noise (iCATS).
         */
        SNR("snr"),
        /** Heads, layers and steps get the density on average, where it saves most error. */
        MOVING("moving");

        private final String text;

        Budget(String text) {
            this.text = text;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** Whether means of blocks of keys stand in for what is left out. */
    public enum Tail {
        /** As the method has it: in {@link Mode#SOL}. */
        AUTO("auto"),
        /** Yes. */
        ON("on"),
        /** No. */
        OFF("off");

        private final String text;

        Tail(String text) {
            this.text = text;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** How video tokens are cut into blocks. */
    public enum BlockOrder {
        /** Frame by frame, row by row. */
        RASTER("raster"),
        /** Along Morton's curve through time, rows and columns: small bricks of the video. */
        MORTON("morton");

        private final String text;

        BlockOrder(String text) {
            this.text = text;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** Which queries share a list of blocks of keys. */
    public enum QueryBlock {
        /** Those of a block: 64 tokens. */
        SINGLE("single"),
        /** Those of three blocks that follow each other: 192 tokens. */
        TRIPLE("triple");

        private final String text;

        QueryBlock(String text) {
            this.text = text;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** In what attention multiplies. Its operands, its sums and its profile do not depend on it. */
    public enum Precision {
        /** What the model's family recommends where layers and device have it. */
        AUTO("auto"),
        /** As the layers, which compute in f32. */
        F32("f32"),
        /** As the layers, which compute in bf16. */
        BF16("bf16"),
        /**
         * In 8 bits ({@link AttentionPrecision#EIGHT_BITS}), but the dense warm-up as the layers.
         */
        FP8("fp8"),
        /** In 8 bits, the dense warm-up too. */
        FP8_ALL("fp8-all");

        private final String text;

        Precision(String text) {
            this.text = text;
        }

        /** {@return whether calls are in 8 bits} */
        public boolean eightBits() {
            return this == FP8 || this == FP8_ALL;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }

    /** Which heads attend how. */
    public enum Mode {
        /** All keys. */
        DENSE("dense"),
        /** Spatial or temporal band by head, found online. */
        SVG("svg"),
        /** As {@link #SVG}, by the rules of the official code, quirks included. */
        SVG_OFFICIAL("svg-official"),
        /** Every head spatial. */
        SPATIAL("spatial"),
        /** Every head temporal. */
        TEMPORAL("temporal"),
        /** Clusters of keys by cluster of queries (Sparse VideoGen 2). */
        SVG2("svg2"),
        /** As {@link #SVG2}, with the means of the clusters that are left out (SVG-EAR). */
        EAR("ear"),
        /**
         * All keys at some steps, whose outputs the others take over (pyramid attention broadcast):
         * at every n-th, where 1/n is the density.
         */
        PAB("pab"),
        /**
         * Blocks of keys by the scores of their means (Sol-Attn), and the means of all others as
         * {@link #tail} says.
         */
        SOL("sol"),
        /** The blocks of keys whose means score highest, as many as the density allows (top-k). */
        TOPK("topk"),
        /**
         * An A shape, verticals and slashes, or blocks of keys by their means, whichever keeps most
         * of the attention of sampled queries (MInference).
         */
        MINFERENCE("minference"),
        /** A window of tiles around each tile (Sliding Tile Attention). */
        STA("sta");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        /** {@return whether means can stand in for what it leaves out} */
        public boolean takesTail() {
            return switch (this) {
                case SVG, SPATIAL, TEMPORAL, SOL, TOPK, MINFERENCE, STA, SVG2, EAR -> true;
                case DENSE, SVG_OFFICIAL, PAB -> false;
            };
        }

        /**
         * {@return the ways in which it can spend the density; empty where it has no choice. Any
         * other is as {@link Budget#FIXED}}
         */
        public List<Budget> budgets() {
            return switch (this) {
                case SVG -> List.of(Budget.values());
                case SVG2, EAR -> List.of(Budget.FIXED, Budget.SNR);
                case DENSE, SVG_OFFICIAL, SPATIAL, TEMPORAL, PAB, SOL, TOPK, MINFERENCE, STA ->
                        List.of();
            };
        }

        /**
         * {@return the mode of that name, in letters of either case}
         *
         * @param name such as svg, in letters of either case
         * @throws BadInputException naming all
         */
        public static Mode of(String name) {
            Objects.requireNonNull(name, "name");
            return Rules.ATTENTION.parse(name);
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }
}
