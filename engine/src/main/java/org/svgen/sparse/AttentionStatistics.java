package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.svgen.state.State;
import org.svgen.tensor.op.AttentionPrecision;

/**
 * What a policy did so far: query-key pairs kept, in all calls and in the sparse ones alone, and
 * the kind of each head. A sparse call is one outside of the warm-up; heads that stay dense in it
 * count with it.
 */
public final class AttentionStatistics {
    private final long[][] heads; // [layers, kinds]
    private final String[] stepHeads; // [layers]
    private final String[] stepWidths; // [layers]
    private final String[] stepDensities; // [layers]
    private final MissedError missed;
    private final MissedError audit;
    private List<Double> widths = List.of();
    private final Pairs step = new Pairs();
    private boolean began;
    private final Pairs sparse = new Pairs();
    private final Pairs all = new Pairs();
    private double eightBits; // kept pairs
    private int policies = 1; // that count into it
    private int begun; // of these, since the first began this step

    /** Query-key pairs. */
    private static final class Pairs {
        double kept;
        double there;

        void add(double keptPairs, double allPairs) {
            kept += keptPairs;
            there += allPairs;
        }

        double density() {
            return there == 0 ? 1 : kept / there;
        }

        void state(State state) {
            kept = state.number("kept", kept);
            there = state.number("there", there);
        }
    }

    /**
     * Nothing counted yet.
     *
     * @param layers number of layers
     */
    public AttentionStatistics(int layers) {
        this.heads = new long[layers][HeadKind.values().length];
        this.stepHeads = new String[layers];
        this.stepWidths = new String[layers];
        this.stepDensities = new String[layers];
        this.missed = new MissedError(layers);
        this.audit = new MissedError(layers);
        Arrays.fill(stepHeads, "");
        Arrays.fill(stepWidths, "");
        Arrays.fill(stepDensities, "");
    }

    /** So many policies count into it: a step begins with the first of them. */
    void share(int newPolicies) {
        policies = newPolicies;
        begun = 0;
    }

    /**
     * @param weight of a layer's errors in this step, over its heads and branches
     */
    void beginStep(double weight) {
        boolean first = begun == 0;
        begun = (begun + 1) % policies;
        if (!first) {
            missed.weigh(weight);
            audit.weigh(weight);
            return;
        }
        began = true;
        step.kept = 0;
        step.there = 0;
        Arrays.fill(stepHeads, "");
        Arrays.fill(stepWidths, "");
        Arrays.fill(stepDensities, "");
        missed.beginStep(weight);
        audit.beginStep(weight);
    }

    /**
     * A step made no call.
     *
     * @param weight of a layer's errors in it, over its heads and branches
     * @param error that its output is thought to have, as a share of it; none if nobody knows
     */
    void skipStep(double weight, OptionalDouble error) {
        beginStep(weight);
        error.ifPresent(e -> missed.skipped(e * e * weight));
        error.ifPresent(e -> audit.skipped(e * e * weight));
    }

    /**
     * All that was counted passes by, but what the last step was alone.
     *
     * @param state keeps it, or gives it back
     */
    public void state(State state) {
        began = state.flag("began", began);
        for (int layer = 0; layer < heads.length; layer++) {
            heads[layer] = state.wholes("heads." + layer, heads[layer]);
        }
        widths =
                DoubleStream.of(
                                state.numbers(
                                        "widths", widths.stream().mapToDouble(w -> w).toArray()))
                        .boxed()
                        .toList();
        sparse.state(state.part("sparse"));
        all.state(state.part("all"));
        eightBits = state.number("eightBits", eightBits);
        missed.state(state.part("missed"));
        audit.state(state.part("audit"));
    }

    /**
     * {@code calls} heads of a dense call kept {@code keptPairs} pairs each of {@code allPairs}.
     */
    void countDense(long calls, double keptPairs, double allPairs, AttentionPrecision precision) {
        count(calls * keptPairs, calls * allPairs, precision);
    }

    /** {@code calls} heads of a call took over what came out before: they kept no pair. */
    void countReused(long calls, double allPairs) {
        count(0, calls * allPairs, AttentionPrecision.FULL);
        sparse.add(0, calls * allPairs);
    }

    /** Of dense calls that were counted: they are among those whose outputs are taken over. */
    void countBroadcast(long calls, double keptPairs, double allPairs) {
        sparse.add(calls * keptPairs, calls * allPairs);
    }

    private void count(double kept, double there, AttentionPrecision precision) {
        step.add(kept, there);
        all.add(kept, there);
        eightBits += precision == AttentionPrecision.EIGHT_BITS ? kept : 0;
    }

    /**
     * Counts a sparse call of {@code layer}.
     *
     * @param given [branches, heads]: the choice of each head
     * @param choices that there are
     * @param precision of the call
     */
    void countSparse(int layer, int[][] given, HeadChoices choices, AttentionPrecision precision) {
        double[] keptPairs = choices.pairs();
        double allPairs = choices.allPairs();
        StringBuilder letters = new StringBuilder(stepHeads[layer]);
        StringBuilder digits = new StringBuilder(stepWidths[layer]);
        for (int[] branch : given) {
            letters.append(letters.isEmpty() ? "" : " ");
            digits.append(digits.isEmpty() ? "" : " ");
            for (int choice : branch) {
                HeadKind kind = choices.kinds().get(choice);
                heads[layer][kind.ordinal()]++;
                letters.append(kind.letter());
                digits.append(choices.widthLetter(choice));
                count(keptPairs[choice], allPairs, precision);
                sparse.add(keptPairs[choice], allPairs);
            }
        }
        widths = choices.widths();
        stepHeads[layer] = letters.toString();
        stepWidths[layer] = widths.size() > 1 ? digits.toString() : "";
    }

    /**
     * Counts a sparse call of {@code layer} whose heads have no kinds, in full precision.
     *
     * @param given [branches, heads]: the fraction of pairs that each head kept
     * @param allPairs of a head
     */
    void countSparse(int layer, double[][] given, double allPairs) {
        List<String> branches = new ArrayList<>();
        for (double[] branch : given) {
            List<String> heads = new ArrayList<>();
            for (double density : branch) {
                count(density * allPairs, allPairs, AttentionPrecision.FULL);
                sparse.add(density * allPairs, allPairs);
                heads.add(String.valueOf(Math.round(100 * density)));
            }
            branches.add(String.join(" ", heads));
        }
        if (!stepDensities[layer].isEmpty()) {
            branches.addFirst(stepDensities[layer]);
        }
        stepDensities[layer] = String.join(", ", branches);
    }

    /** {@return how far sparse calls were from dense ones on the rows by which they were chosen} */
    public MissedError missed() {
        return missed;
    }

    /** {@return the same on the rows of the audit} */
    public MissedError audit() {
        return audit;
    }

    /** {@return the kept fraction of pairs by width of band, rising; empty before a sparse call} */
    public List<Double> widths() {
        return widths;
    }

    /**
     * {@return the widths of the last finished step's bands, laid out as {@link #stepHeads}: the
     * place in {@link #widths}, a digit or a letter from {@code a}, and {@code -} for a head that
     * stayed dense; empty where there is one width}
     */
    public List<String> stepWidths() {
        return Collections.unmodifiableList(Arrays.asList(stepWidths.clone()));
    }

    /**
     * {@return what the heads of the last finished step kept where they have no kinds, layer by
     * layer: percentages of their pairs, a space between heads, a comma between guidance branches;
     * empty where the call was dense, or there was none}
     */
    public List<String> stepDensities() {
        return Collections.unmodifiableList(Arrays.asList(stepDensities.clone()));
    }

    /**
     * {@return kept fraction of the pairs of the last finished step; 0 if it made no call; 1 before
     * the first}
     */
    public double stepDensity() {
        return began && step.there == 0 ? 0 : step.density();
    }

    /**
     * {@return the kinds of the last finished step's heads, layer by layer: a letter for each head
     * ({@link HeadKind#letter}), a space between guidance branches; empty where the call was dense,
     * or there was none}
     */
    public List<String> stepHeads() {
        return Collections.unmodifiableList(Arrays.asList(stepHeads.clone()));
    }

    /** {@return kept fraction of the pairs of all steps; 1 before the first} */
    public double density() {
        return all.density();
    }

    /** {@return kept fraction of the pairs of all sparse calls; none if there was no such call} */
    public OptionalDouble sparseDensity() {
        return sparse.there == 0 ? OptionalDouble.empty() : OptionalDouble.of(sparse.density());
    }

    /** {@return which part of the pairs that were kept was multiplied in 8 bits; 0 before any} */
    public double eightBits() {
        return all.kept == 0 ? 0 : eightBits / all.kept;
    }

    /** {@return the number of layers} */
    public int layers() {
        return heads.length;
    }

    /**
     * {@return how often a head of {@code layer} was called {@code kind}, over steps and branches}
     *
     * @param layer which layer, from 0
     * @param kind of the head
     */
    public long heads(int layer, HeadKind kind) {
        return heads[layer][kind.ordinal()];
    }
}
