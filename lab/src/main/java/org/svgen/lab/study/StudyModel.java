package org.svgen.lab.study;

import java.util.Objects;
import org.svgen.pipeline.VideoPipeline;

/**
 * A model that was opened for a study. Who opened it closes it.
 *
 * @param pipeline makes the videos; one that keeps weights between requests is faster
 * @param subject what it is and where it runs
 * @param memoryLimit bytes of the device's memory that may be used
 */
public record StudyModel(VideoPipeline pipeline, Subject subject, long memoryLimit) {
    /** Checks that nothing is null. */
    public StudyModel {
        Objects.requireNonNull(pipeline, "pipeline");
        Objects.requireNonNull(subject, "subject");
    }
}
