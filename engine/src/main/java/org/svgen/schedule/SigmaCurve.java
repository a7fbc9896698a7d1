package org.svgen.schedule;

import java.util.List;
import org.svgen.checkpoint.Config;

/** How noise falls from its greatest to its least over a run; the names are diffusers'. */
enum SigmaCurve {
    /** As the shift leaves it. */
    SHIFTED(""),
    /** Evenly in the seventh root (arXiv 2206.00364, formula 5). */
    KARRAS("use_karras_sigmas"),
    /** Evenly in the logarithm. */
    EXPONENTIAL("use_exponential_sigmas"),
    /** By the quantiles of a beta distribution (arXiv 2407.12173). */
    BETA("use_beta_sigmas");

    private static final double RHO = 7;
    private static final double SHAPE = 0.6;

    private final String key;

    SigmaCurve(String key) {
        this.key = key;
    }

    /** The one that {@code config} asks for, {@code known} among them. */
    static SigmaCurve load(Config config, SigmaCurve... known) {
        SigmaCurve found = SHIFTED;
        for (SigmaCurve curve : values()) {
            if (curve == SHIFTED || !config.flag(curve.key, false)) {
                continue;
            }
            if (found != SHIFTED) {
                throw config.wrong(curve.key, "false beside \"%s\"".formatted(found.key));
            }
            if (!List.of(known).contains(curve)) {
                throw config.wrong(curve.key, "false");
            }
            found = curve;
        }
        return found;
    }

    /**
     * @param sigmas as the shift leaves them
     * @return as many, from the first to the last of them
     */
    double[] over(double[] sigmas) {
        return this == SHIFTED
                ? sigmas
                : between(sigmas[0], sigmas[sigmas.length - 1], sigmas.length);
    }

    /** From {@code most} to {@code least}. */
    double[] between(double most, double least, int count) {
        double[] out = new double[count];
        for (int i = 0; i < count; i++) {
            double share = count == 1 ? 0 : (double) i / (count - 1);
            out[i] =
                    switch (this) {
                        case SHIFTED -> throw new IllegalStateException();
                        case KARRAS -> {
                            double from = Math.pow(most, 1 / RHO);
                            double to = Math.pow(least, 1 / RHO);
                            yield Math.pow(from + share * (to - from), RHO);
                        }
                        case EXPONENTIAL -> {
                            double from = Math.log(most);
                            yield Math.exp(from + share * (Math.log(least) - from));
                        }
                        case BETA -> least + BetaQuantiles.of(SHAPE, 1 - share) * (most - least);
                    };
        }
        return out;
    }
}
