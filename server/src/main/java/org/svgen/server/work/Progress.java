package org.svgen.server.work;

import java.util.Objects;
import java.util.OptionalDouble;

/**
 * How far a run is.
 *
 * @param step denoising steps that are done
 * @param steps of the run
 * @param progress of the whole job, 0 to 1; it never falls
 * @param stage what is being done
 * @param stageProgress of the stage, 0 to 1
 * @param etaSeconds until the end; none if nothing is known yet
 * @param density kept fraction of query-key pairs of the last step; none before the first
 */
public record Progress(
        int step,
        int steps,
        double progress,
        String stage,
        double stageProgress,
        OptionalDouble etaSeconds,
        OptionalDouble density) {
    /** Checks that none is null. */
    public Progress {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(etaSeconds, "etaSeconds");
        Objects.requireNonNull(density, "density");
    }
}
