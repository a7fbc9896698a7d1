package org.svgen.pipeline;

import java.util.Objects;
import java.util.Optional;
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
 * @param calibration turns a target into a limit of error, and says what a video's error is at
 *     most; none if nobody measured
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
        Optional<Calibration> calibration) {
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
                    Optional.empty());

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
        Objects.requireNonNull(calibration, "calibration");
        boolean limited = maxError < Double.POSITIVE_INFINITY || targetPsnr > 0;
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
        /**
         * All keys at some steps, whose outputs the others take over (pyramid attention broadcast):
         * at every n-th, where 1/n is the density.
         */
        PAB("pab");

        private final String text;

        Mode(String text) {
            this.text = text;
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
