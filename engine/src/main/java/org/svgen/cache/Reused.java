package org.svgen.cache;

import java.util.List;
import org.svgen.schedule.CleanSample;

/**
 * What a skipped step takes over from the last computed one. Each quantity is a sum {@code a x + b
 * v} of the sample and the output, whose factors belong to the step; with the quantity of then, the
 * sample of now and the factors of now it gives the output of now.
 */
public enum Reused {
    /** The output {@code v}. */
    OUTPUT {
        @Override
        CleanSample factors(CleanSample clean) {
            return new CleanSample(0, 1);
        }
    },
    /** What the network adds to the sample, {@code v - x} (EasyCache). */
    RESIDUAL {
        @Override
        CleanSample factors(CleanSample clean) {
            return new CleanSample(-1, 1);
        }
    },
    /** The sample without noise, as the step predicts it. */
    CLEAN {
        @Override
        CleanSample factors(CleanSample clean) {
            return clean;
        }
    };

    /**
     * For models of flow matching: EasyCache as published takes {@code v - x} without asking, and
     * tells how fast it moves by {@code v}.
     */
    public static final List<Reused> PUBLISHED = List.of(RESIDUAL);

    /** For other models, whose output turns with the noise: what moves least is found. */
    public static final List<Reused> MEASURED = List.of(OUTPUT, RESIDUAL, CLEAN);

    /** The factors of sample and output at a step whose clean sample is so. */
    abstract CleanSample factors(CleanSample clean);
}
