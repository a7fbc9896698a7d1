package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.svgen.tensor.op.AttentionPlan;

/** What a head can be given in a sparse call: a band of some width in either order, or all keys. */
public final class HeadChoices {
    /** Bands are this many times as dense as the density asked for. */
    private static final double[] FACTORS = {0.3, 0.45, 0.65, 1, 1.4, 2, 2.8};

    /** A band as dense as that is not worth its profile beside all keys. */
    private static final double DENSEST = 0.85;

    private final AttentionPlan plan;
    private final List<HeadKind> kinds;
    private final List<Integer> base;
    private final double[] pairs; // counted once: a count goes through all queries

    /**
     * Checks that each kind of the plan is named.
     *
     * @param plan a kind for each choice
     * @param kinds of each choice
     * @param base the choice of each kind of band that has the density asked for, spatial first;
     *     what heads get before anything is known of their errors
     */
    public HeadChoices(AttentionPlan plan, List<HeadKind> kinds, List<Integer> base) {
        this.plan = plan;
        this.kinds = List.copyOf(kinds);
        this.base = List.copyOf(base);
        if (this.kinds.size() != plan.kinds().size()) {
            throw new IllegalArgumentException(
                    "%d names for %d kinds".formatted(this.kinds.size(), plan.kinds().size()));
        }
        this.pairs = plan.kinds().stream().mapToDouble(kind -> kind.pattern().pairs()).toArray();
    }

    /**
     * {@return one width, spatial and temporal, and all keys}
     *
     * @param band the width
     */
    public static HeadChoices of(Band band) {
        return of(List.of(band), 0);
    }

    /**
     * {@return widths around that of {@code band}, spatial and temporal, and all keys}
     *
     * @param band has the density asked for
     */
    public static HeadChoices around(Band band) {
        double density = band.density();
        List<Band> widths = new ArrayList<>();
        int base = 0;
        for (double factor : FACTORS) {
            Band width =
                    factor == 1
                            ? band
                            : Band.ofDensity(
                                    band.geometry(),
                                    density * factor,
                                    band.sinkFrames(),
                                    band.block());
            boolean wider = widths.isEmpty() || width.halfWidth() > widths.getLast().halfWidth();
            if (factor == 1 || width.halfWidth() > 0 && wider && density * factor <= DENSEST) {
                base = factor == 1 ? widths.size() : base;
                widths.add(width);
            }
        }
        return of(widths, base);
    }

    private static HeadChoices of(List<Band> widths, int base) {
        List<AttentionPlan.Kind> plan = new ArrayList<>();
        List<HeadKind> kinds = new ArrayList<>();
        for (HeadKind kind : List.of(HeadKind.SPATIAL, HeadKind.TEMPORAL)) {
            for (Band band : widths) {
                plan.add(band.kind(kind));
                kinds.add(kind);
            }
        }
        plan.add(widths.getFirst().kind(HeadKind.DENSE));
        kinds.add(HeadKind.DENSE);
        List<Integer> bases = List.of(base, widths.size() + base);
        return new HeadChoices(new AttentionPlan(plan, bases), kinds, bases);
    }

    /** {@return a kind for each choice} */
    public AttentionPlan plan() {
        return plan;
    }

    /** {@return the kind of each choice} */
    public List<HeadKind> kinds() {
        return kinds;
    }

    /**
     * {@return the choice of each kind of band that has the density asked for, spatial first; what
     * heads get before anything is known of their errors}
     */
    public List<Integer> base() {
        return base;
    }

    /** {@return how many choices there are} */
    public int count() {
        return kinds.size();
    }

    /** {@return the bands alone, without all keys where that is a choice} */
    public AttentionPlan bands() {
        return new AttentionPlan(
                plan.kinds().stream().limit(kinds.indexOf(HeadKind.DENSE)).toList(), plan.usual());
    }

    /** {@return the kept fraction of pairs by choice} */
    public double[] densities() {
        double all = allPairs();
        return Arrays.stream(pairs).map(kept -> kept / all).toArray();
    }

    /** {@return the kept fraction of pairs by width, narrow to wide} */
    List<Double> widths() {
        double[] densities = densities();
        List<Double> widths = new ArrayList<>();
        for (int i = 0; i < count() && kinds.get(i) == HeadKind.SPATIAL; i++) {
            widths.add(densities[i]);
        }
        return widths;
    }

    /** The place of a choice's width among all widths; {@code -} of a choice without a band. */
    char widthLetter(int choice) {
        int widths = kinds.lastIndexOf(HeadKind.SPATIAL) + 1;
        return kinds.get(choice) == HeadKind.DENSE
                ? '-'
                : Character.forDigit(choice % widths, Character.MAX_RADIX);
    }

    /** {@return query-key pairs that a head keeps, by choice} */
    double[] pairs() {
        return pairs.clone();
    }

    /** {@return query-key pairs that there are} */
    double allPairs() {
        var pattern = plan.kinds().getFirst().pattern();
        return (double) pattern.queries() * pattern.keys();
    }
}
