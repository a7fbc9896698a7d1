package org.svgen.cache;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Which steps of a run a cache may skip, whatever its figures say.
 *
 * @param steps whether each step may be skipped
 * @param inARow how many steps may be skipped one after the other
 */
public record Skippable(boolean[] steps, int inARow) {
    /** Checks that there is something to count. */
    public Skippable {
        Objects.requireNonNull(steps, "steps");
        if (inARow < 1) {
            throw new IllegalArgumentException("in a row: " + inARow);
        }
        steps = steps.clone();
    }

    /**
     * {@return all steps but the first of them, the first of each expert, and the last one, whose
     * errors nothing would mend}
     *
     * @param steps of the run
     * @param warmUp steps from the first that are computed
     * @param begins the first steps of experts
     * @param inARow how many steps may be skipped one after the other
     */
    public static Skippable behind(int warmUp, int steps, int[] begins, int inARow) {
        boolean[] may = new boolean[steps];
        for (int i = Math.max(1, warmUp); i < steps - 1; i++) {
            may[i] = true;
        }
        for (int begin : begins) {
            if (begin < steps) {
                may[begin] = false;
            }
        }
        return new Skippable(may, inARow);
    }

    /**
     * {@return whether a step may be skipped}
     *
     * @param step which step, from 0
     * @param before how many steps right before it were skipped
     */
    public boolean allows(int step, int before) {
        return steps[step] && before < inARow;
    }

    /** {@return how many steps are skipped at most} */
    public int most() {
        return count(even(1));
    }

    /**
     * {@return which steps are skipped if a share of all is to be, as evenly as may be; fewer where
     * so many may not be skipped}
     *
     * @param share of all steps of the run
     */
    public boolean[] even(double share) {
        int[] may = IntStream.range(0, steps.length).filter(i -> steps[i]).toArray();
        long wanted = Math.min(may.length, Math.round(share * steps.length));
        boolean[] skipped = new boolean[steps.length];
        int before = 0;
        int at = 0;
        for (int step = 0; step < steps.length; step++) {
            boolean skip = false;
            if (at < may.length && may[at] == step) {
                // The share of what may be skipped, rounded down before and behind the step.
                skip = (at + 1) * wanted / may.length > at * wanted / may.length && before < inARow;
                at++;
            }
            skipped[step] = skip;
            before = skip ? before + 1 : 0;
        }
        return skipped;
    }

    /**
     * {@return how many steps are skipped}
     *
     * @param skipped whether each step is
     */
    public static int count(boolean[] skipped) {
        int count = 0;
        for (boolean skip : skipped) {
            count += skip ? 1 : 0;
        }
        return count;
    }

    @Override
    public boolean[] steps() {
        return steps.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Skippable(boolean[] may, int row)
                && row == inARow
                && Arrays.equals(may, steps);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(steps) + inARow;
    }
}
