package org.svgen.sparse;

import java.util.Objects;
import org.svgen.tensor.op.AttentionPrecision;

/**
 * In how many bits a run's attention multiplies. Profiles, and so the errors that they measure, are
 * in full precision whatever this says.
 *
 * @param warmUp in calls that are dense because the warm-up, or a limit of error of which nothing
 *     is known yet, says so
 * @param behind in all other calls
 */
public record Precisions(AttentionPrecision warmUp, AttentionPrecision behind) {
    /** Everywhere in the type of the operands. */
    public static final Precisions FULL =
            new Precisions(AttentionPrecision.FULL, AttentionPrecision.FULL);

    /** Checks that both are there. */
    public Precisions {
        Objects.requireNonNull(warmUp, "warmUp");
        Objects.requireNonNull(behind, "behind");
    }
}
