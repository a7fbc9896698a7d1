package org.svgen.cache;

import java.util.Arrays;

/** Which steps take their output from the cache. */
public sealed interface SkipRule {
    /**
     * {@return whether there is something to decide about a step: what is measured up to now counts
     * from the first of these on}
     *
     * @param step which step of the run, from 0
     */
    boolean open(int step);

    /**
     * {@return whether a step that is open is skipped}
     *
     * @param step which step of the run, from 0
     * @param before how many steps right before it were skipped
     * @param error what skipping it and those would miss of the output, as a share of it; NaN where
     *     nothing is known
     */
    boolean skips(int step, int before, double error);

    /**
     * EasyCache (arXiv 2507.02860): skips while the error that adds up since the last computed step
     * stays below a threshold.
     *
     * @param skippable which steps may be skipped
     * @param threshold of the error
     */
    record Easy(Skippable skippable, double threshold) implements SkipRule {
        @Override
        public boolean open(int step) {
            return skippable.allows(step, 0);
        }

        /** An error that is no number skips nothing. */
        @Override
        public boolean skips(int step, int before, double error) {
            return error < threshold && skippable.allows(step, before);
        }
    }

    /**
     * Another rule, within what a run may miss in all.
     *
     * @param rule that skips
     * @param allowance says no to some
     */
    record Limited(SkipRule rule, Allowance allowance) implements SkipRule {
        @Override
        public boolean open(int step) {
            return rule.open(step);
        }

        @Override
        public boolean skips(int step, int before, double error) {
            return rule.skips(step, before, error) && allowance.allows(step, error);
        }
    }

    /** What a run may miss. */
    @FunctionalInterface
    interface Allowance {
        /**
         * {@return whether a step may be skipped}
         *
         * @param step which step of the run, from 0
         * @param error that its output would have, as a share of it
         */
        boolean allows(int step, double error);
    }

    /**
     * Skips steps that are known beforehand, whatever they contain: a baseline for other caches,
     * and a way to measure the speed of a share of skipped steps.
     *
     * @param steps which steps are skipped
     */
    record Even(boolean[] steps) implements SkipRule {
        /** Keeps a copy. */
        public Even {
            steps = steps.clone();
        }

        @Override
        public boolean open(int step) {
            return steps[step];
        }

        @Override
        public boolean skips(int step, int before, double error) {
            return true;
        }

        @Override
        public boolean[] steps() {
            return steps.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Even even && Arrays.equals(steps, even.steps);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(steps);
        }
    }
}
