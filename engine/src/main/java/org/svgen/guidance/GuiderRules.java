package org.svgen.guidance;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

/**
 * {@code guider_config.json}: which guider a pipeline has, and what it is told.
 *
 * @param kind of guider
 * @param scale of guidance
 * @param rescale how much of the prediction's deviation becomes that of the prompted one, 0 to 1
 *     (arXiv 2305.08891, section 3.4)
 * @param original the difference is added to the prompted prediction, not to the plain one
 * @param start share of the steps before the first that is guided
 * @param stop share of the steps before the first that is guided no more
 * @param enabled whether any step is guided
 * @param zeroSteps steps from the first that predict nothing
 * @param projection of adaptive projected guidance
 */
public record GuiderRules(
        Kind kind,
        double scale,
        double rescale,
        boolean original,
        double start,
        double stop,
        boolean enabled,
        int zeroSteps,
        Projection projection) {
    private static final double MAX_SCALE = 1000;

    /** As Python's {@code math.isclose} has it. */
    private static final double CLOSE = 1e-9;

    /** The kinds of guiders. */
    public enum Kind {
        /** Classifier-free guidance (arXiv 2207.12598). */
        CLASSIFIER_FREE("ClassifierFreeGuidance"),
        /** CFG-Zero* (arXiv 2503.18886). */
        ZERO_STAR("ClassifierFreeZeroStarGuidance"),
        /** Adaptive projected guidance (arXiv 2410.02416). */
        PROJECTED("AdaptiveProjectedGuidance"),
        /** That behind some steps of classifier-free guidance. */
        PROJECTED_LATER("AdaptiveProjectedMixGuidance"),
        /** Tangential classifier-free guidance (arXiv 2503.18137). */
        TANGENTIAL("TangentialClassifierFreeGuidance");

        private final String className;

        Kind(String className) {
            this.className = className;
        }

        /** {@return the class in diffusers} */
        public String className() {
            return className;
        }
    }

    /**
     * What adaptive projected guidance is told.
     *
     * @param scale of guidance
     * @param momentum by which the difference of the step before is added; none if empty
     * @param longest norm of the difference; 0 is no limit
     * @param eta how much of its part along the prompted prediction is kept
     * @param firstStep before which guidance is classifier-free
     */
    public record Projection(
            double scale, OptionalDouble momentum, double longest, double eta, int firstStep) {}

    /**
     * {@return classifier-free guidance of a scale}
     *
     * @param scale of guidance; 1 is none
     */
    public static GuiderRules classifierFree(double scale) {
        return new GuiderRules(
                Kind.CLASSIFIER_FREE,
                scale,
                0,
                false,
                0,
                1,
                true,
                0,
                new Projection(scale, OptionalDouble.empty(), 0, 1, 0));
    }

    /**
     * {@return what a pipeline's guider is told}
     *
     * @param json {@code guider_config.json}
     * @throws BadInputException if the class or a value is none that this code knows
     */
    public static GuiderRules read(Config json) {
        Map<String, Kind> kinds =
                Map.of(
                        Kind.CLASSIFIER_FREE.className, Kind.CLASSIFIER_FREE,
                        Kind.ZERO_STAR.className, Kind.ZERO_STAR,
                        Kind.PROJECTED.className, Kind.PROJECTED,
                        Kind.PROJECTED_LATER.className, Kind.PROJECTED_LATER,
                        Kind.TANGENTIAL.className, Kind.TANGENTIAL);
        String name = json.requireClass(List.copyOf(new TreeSet<>(kinds.keySet())));
        Kind kind = kinds.getOrDefault(name, Kind.CLASSIFIER_FREE);
        boolean later = kind == Kind.PROJECTED_LATER;
        double scale = json.numberIn("guidance_scale", 0, MAX_SCALE, later ? 3.5 : 7.5);
        return new GuiderRules(
                kind,
                scale,
                json.numberIn("guidance_rescale", 0, 1, 0),
                json.flag("use_original_formulation", false),
                json.numberIn("start", 0, 1, 0),
                json.numberIn("stop", 0, 1, 1),
                json.flag("enabled", true),
                json.intIn("zero_init_steps", 0, 1 << 20, 1),
                projection(json, later, scale));
    }

    private static Projection projection(Config json, boolean later, double scale) {
        String prefix = "adaptive_projected_guidance_";
        String momentum = prefix + "momentum";
        return new Projection(
                later ? json.numberIn(prefix + "scale", 0, MAX_SCALE, 10) : scale,
                json.has(momentum)
                        ? OptionalDouble.of(json.numberIn(momentum, -1, 1))
                        : later ? OptionalDouble.of(-0.5) : OptionalDouble.empty(),
                json.numberIn(prefix + "rescale", 0, 1e9, later ? 10 : 15),
                json.numberIn("eta", -MAX_SCALE, MAX_SCALE, later ? 0 : 1),
                later ? json.intIn(prefix + "start_step", 0, 1 << 20, 5) + 1 : 0);
    }

    /**
     * {@return the same with another scale}
     *
     * @param newScale of guidance
     */
    public GuiderRules withScale(double newScale) {
        return new GuiderRules(
                kind,
                newScale,
                rescale,
                original,
                start,
                stop,
                enabled,
                zeroSteps,
                kind == Kind.PROJECTED_LATER
                        ? projection
                        : new Projection(
                                newScale,
                                projection.momentum,
                                projection.longest,
                                projection.eta,
                                projection.firstStep));
    }

    /**
     * {@return whether a step is guided, so that its plain prediction is used}
     *
     * @param step which, from 0
     * @param steps of the run
     */
    public boolean guides(int step, int steps) {
        return guides() && step >= (int) (start * steps) && step < (int) (stop * steps);
    }

    /** {@return whether any step of a long run is guided} */
    public boolean guides() {
        return enabled && start < stop && !idle(scale);
    }

    /** {@return whether guidance is the plain sum of scaled predictions, at each step} */
    public boolean isPlain() {
        return kind == Kind.CLASSIFIER_FREE
                && rescale == 0
                && !original
                && (!guides() || start == 0 && stop == 1);
    }

    /** Whether a scale gives the prompted prediction back. */
    private boolean idle(double some) {
        double none = original ? 0 : 1;
        return Math.abs(some - none) <= CLOSE * Math.max(Math.abs(some), none);
    }

    /** Whether adaptive projected guidance guides a step. */
    boolean projects(int step, int steps) {
        return guides(step, steps) && step >= projection.firstStep && !idle(projection.scale);
    }
}
