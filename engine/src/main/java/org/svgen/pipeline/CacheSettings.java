package org.svgen.pipeline;

import java.util.Objects;
import java.util.OptionalDouble;
import org.svgen.setting.Rule;
import org.svgen.setting.Values;
import org.svgen.tensor.BadInputException;

/**
 * Which denoising steps are skipped, their outputs made of earlier ones.
 *
 * @param kind what decides
 * @param threshold that the kind's figure is compared with; none for what the model recommends
 * @param warmUp steps from the first that are computed, at least; those that attend densely by
 *     {@link AttentionSettings#denseSteps} are computed too
 * @param inARow how many steps may be skipped one after the other
 */
public record CacheSettings(Kind kind, OptionalDouble threshold, Amount warmUp, int inARow) {
    /** What no kind takes more of. */
    static final double MOST_THRESHOLD = 1000;

    private static final double MOST_SHARE = 0.9;
    private static final double MOST_CHANGE = 10;

    /** No cache; and how one goes about it where a model recommends nothing else. */
    public static final CacheSettings NONE =
            new CacheSettings(Kind.NONE, OptionalDouble.empty(), new Amount.Fraction(0.1), 3);

    /**
     * Checks what each field takes.
     *
     * @throws BadInputException naming the first field that is wrong
     */
    public CacheSettings {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(threshold, "threshold");
        Objects.requireNonNull(warmUp, "warmUp");
        Rules.CACHE_THRESHOLD.require(threshold);
        threshold.ifPresent(new Rule<>(Rules.CACHE_THRESHOLD.field(), thresholds(kind))::require);
        Rules.CACHE_WARM_UP.require(warmUp);
        Rules.CACHE_IN_A_ROW.require(inARow);
    }

    private static Values<Double> thresholds(Kind kind) {
        return switch (kind) {
            case NONE -> Values.numbers(0, MOST_THRESHOLD);
            case EASY -> Values.numbersAbove(0, 1);
            case EVEN -> Values.numbers(0, MOST_SHARE);
            case TEA -> Values.numbersAbove(0, MOST_THRESHOLD);
            case FBC -> Values.numbersAbove(0, MOST_CHANGE);
        };
    }

    /**
     * {@return the settings of such a cache}
     *
     * @param kind what decides
     */
    public static CacheSettings of(Kind kind) {
        return builder().kind(kind).build();
    }

    /**
     * Begins with what is done where a model recommends nothing else.
     *
     * @return a builder
     */
    public static CacheBuilder builder() {
        return NONE.toBuilder();
    }

    /**
     * Begins with these settings, to change some.
     *
     * @return a builder
     */
    public CacheBuilder toBuilder() {
        return new CacheBuilder(this);
    }

    /** What decides which steps are skipped. */
    public enum Kind {
        /** Nothing: every step is computed. */
        NONE("none"),
        /** The error that adds up, as EasyCache estimates it while the run goes on. */
        EASY("easy"),
        /** A share of all steps, spread evenly. */
        EVEN("even"),
        /** A signal of the model, whose changes add up (TeaCache). */
        TEA("tea"),
        /** What the first block adds, and whether it has changed. */
        FBC("fbc");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** As the command line names it. */
        @Override
        public String toString() {
            return text;
        }
    }
}
