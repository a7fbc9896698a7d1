package org.svgen.sparse;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.AttentionPlan;

/**
 * What the sparse calls of a run do.
 *
 * @param choices what a head can be given
 * @param profile what each band is judged by; the choices' own bands in the corrected method
 * @param keyLimit keys from here on are padding to the profile's dense reference
 * @param rows the rows to judge by
 * @param audit rows on which errors are measured beside that; none
 * @param tolerance a band will not do for a head that is further from dense attention with it than
 *     this: the root of its mean squared error, relative to dense attention's root mean square
 * @param fixed every head is of this kind and nothing is profiled; null profiles
 * @param precisions in how many bits calls multiply
 * @param nanBefore a sampled row before this position makes the official temporal error NaN
 * @param tail a band of whole blocks as the choices have, if means stand in for what these leave
 *     out; errors are those of bands without means
 */
public record SparseRules(
        HeadChoices choices,
        AttentionPlan profile,
        int keyLimit,
        RowSource rows,
        Optional<RowSource> audit,
        float tolerance,
        @Nullable HeadKind fixed,
        Precisions precisions,
        int nanBefore,
        Optional<Band> tail) {

    /**
     * {@return the corrected method: one predicate for profile and execution, padding never
     * attended}
     *
     * @param choices what a head can be given
     * @param geometry where text and video lie
     * @param rows the queries that are sampled
     * @param tolerance errors up to so much greater than dense count as none
     * @param fixed all heads are of this kind; none to let each choose
     */
    public static SparseRules corrected(
            HeadChoices choices,
            VideoGeometry geometry,
            RowSource rows,
            float tolerance,
            @Nullable HeadKind fixed) {
        int keyLimit =
                geometry.text() == VideoGeometry.TextPlace.LAST
                        ? geometry.promptTo()
                        : geometry.tokens();
        return new SparseRules(
                choices,
                choices.bands(),
                keyLimit,
                rows,
                Optional.empty(),
                tolerance,
                fixed,
                Precisions.FULL,
                0,
                Optional.empty());
    }

    /**
     * {@return the corrected method with bands of one width}
     *
     * @param band the pattern
     * @param rows the queries that are sampled
     * @param tolerance errors up to so much greater than dense count as none
     * @param fixed all heads are of this kind; none to let each choose
     */
    public static SparseRules corrected(
            Band band, RowSource rows, float tolerance, @Nullable HeadKind fixed) {
        return corrected(HeadChoices.of(band), band.geometry(), rows, tolerance, fixed);
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
                new HeadChoices(
                        rules.execution(g, density),
                        List.of(HeadKind.SPATIAL, HeadKind.TEMPORAL),
                        List.of(0, 1)),
                rules.profile(g),
                g.tokens(),
                rows,
                Optional.empty(),
                Float.POSITIVE_INFINITY,
                null,
                Precisions.FULL,
                nanBefore,
                Optional.empty());
    }

    /**
     * {@return the same, and errors measured on more rows}
     *
     * @param more the rows
     */
    public SparseRules audited(RowSource more) {
        return with(Optional.of(more), precisions, tail);
    }

    /**
     * {@return the same in other numbers of bits}
     *
     * @param others of the warm-up, and of what follows
     */
    public SparseRules in(Precisions others) {
        return with(audit, others, tail);
    }

    /**
     * {@return the same, and means of blocks in place of what bands leave out}
     *
     * @param band one of the choices, of whole blocks
     */
    public SparseRules withTail(Band band) {
        return with(audit, precisions, Optional.of(band));
    }

    private SparseRules with(
            Optional<RowSource> newAudit, Precisions others, Optional<Band> newTail) {
        return new SparseRules(
                choices, profile, keyLimit, rows, newAudit, tolerance, fixed, others, nanBefore,
                newTail);
    }

    /** Whether errors are those of what is executed: the official code judges other masks. */
    boolean tellsErrors() {
        return choices.kinds().contains(HeadKind.DENSE);
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
