package org.svgen.schedule;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/**
 * How shares of noise are moved towards 1, so that more steps are taken where there is more noise:
 * {@code s' = shift s / (1 + (shift - 1) s)}. Diffusers' dynamic shift is the same with {@code
 * shift = exp(mu)}, or {@code mu} itself where its type is linear.
 *
 * @param dynamic whether each run is to choose the shift; training then had none
 * @param factor the shift; none where a run that is to choose it has not
 * @param terminal the share of noise that the last step begins with, to which all shares are then
 *     stretched; 0 stretches nothing
 */
record FlowShift(boolean dynamic, OptionalDouble factor, double terminal) {
    private static final Field FIELD = new Field("shift");
    private static final double MOST_TERMINAL = 0.999;

    static FlowShift load(Config config, String key) {
        boolean dynamic = config.flag("use_dynamic_shifting", false);
        return new FlowShift(
                dynamic,
                dynamic ? OptionalDouble.empty() : OptionalDouble.of(config.scale(key, 1)),
                config.numberIn("shift_terminal", 0, MOST_TERMINAL, 0));
    }

    FlowShift with(double shift) {
        return new FlowShift(dynamic, OptionalDouble.of(shift), terminal);
    }

    /** Shares of noise as training saw them, in single precision. */
    double[] ofTraining(double... sigmas) {
        return dynamic ? sigmas : moved(sigmas, Rounding.SINGLE);
    }

    /** Shares of noise as a run goes through them, computed in the precision of {@code round}. */
    double[] ofRun(double[] sigmas, Rounding round) {
        double[] moved = moved(sigmas, round);
        return terminal == 0 ? moved : stretched(moved, round);
    }

    private double[] moved(double[] sigmas, Rounding round) {
        double shift = factor.orElseThrow(FlowShift::missing);
        double[] out = new double[sigmas.length];
        for (int i = 0; i < out.length; i++) {
            double top = round.of(round.of(shift) * sigmas[i]);
            double more = round.of(round.of(shift - 1) * sigmas[i]);
            out[i] = round.of(top / round.of(1 + more));
        }
        return out;
    }

    private double[] stretched(double[] sigmas, Rounding round) {
        double last = round.of(1 - sigmas[sigmas.length - 1]);
        if (last == 0) {
            return sigmas; // one step, from pure noise: nothing lies between the ends
        }
        double scale = round.of(last / round.of(1 - terminal));
        double[] out = new double[sigmas.length];
        Arrays.setAll(out, i -> round.of(1 - round.of(round.of(1 - sigmas[i]) / scale)));
        return out;
    }

    private static BadInputException missing() {
        return BadInputException.of(
                FIELD,
                "a number, since the model's scheduler leaves it to each run"
                        + " (\"use_dynamic_shifting\")",
                "nothing");
    }
}
