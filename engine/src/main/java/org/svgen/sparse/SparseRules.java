package org.svgen.sparse;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.AttentionPlan;

/**
 * What the sparse calls of a run do.
 *
 * @param execution kinds in the order of {@link HeadKind}, dense among them if the tolerance is
 *     finite
 * @param profile what each kind is judged by; {@code execution} itself in the corrected method
 * @param keyLimit keys from here on are padding to the profile's dense reference
 * @param rows the rows to judge by
 * @param tolerance a head stays dense whose better band is further from dense attention than this:
 *     the root of its mean squared error, relative to dense attention's root mean square
 * @param fixed every head is of this kind and nothing is profiled; null profiles
 * @param nanBefore a sampled row before this position makes the official temporal error NaN
 */
public record SparseRules(
        AttentionPlan execution,
        AttentionPlan profile,
        int keyLimit,
        RowSource rows,
        float tolerance,
        @Nullable HeadKind fixed,
        int nanBefore) {

    /**
     * {@return the corrected method: one predicate for profile and execution, padding never
     * attended}
     *
     * @param band the pattern
     * @param rows the queries that are sampled
     * @param tolerance errors up to so much greater than dense count as none
     * @param fixed all heads are of this kind; none to let each choose
     */
    public static SparseRules corrected(
            Band band, RowSource rows, float tolerance, @Nullable HeadKind fixed) {
        VideoGeometry g = band.geometry();
        int keyLimit = g.text() == VideoGeometry.TextPlace.LAST ? g.promptTo() : g.tokens();
        return new SparseRules(
                band.planWithDense(), band.plan(), keyLimit, rows, tolerance, fixed, 0);
    }

    /**
     * {@return the official code's masks and rows}
     *
     * @param rules the official rules for this family of models
     * @param g where text and video lie
     * @param density fraction of query-key pairs to keep, in (0, 1]
     * @param rows the queries that are sampled
     */
    public static SparseRules official(
            OfficialRules rules, VideoGeometry g, double density, RowSource rows) {
        int nanBefore = rules == OfficialRules.COG ? g.videoFrom() : 0;
        return new SparseRules(
                rules.execution(g, density),
                rules.profile(g),
                g.tokens(),
                rows,
                Float.POSITIVE_INFINITY,
                null,
                nanBefore);
    }

    /**
     * True if the official code would get NaN for the temporal error of these rows, and so call
     * every head temporal: a text row keeps no key in CogVideoX's temporal mask (method: 5.1 item
     * 1).
     */
    boolean temporalByNan(int[] sampled) {
        for (int row : sampled) {
            if (row < nanBefore) {
                return true;
            }
        }
        return false;
    }
}
