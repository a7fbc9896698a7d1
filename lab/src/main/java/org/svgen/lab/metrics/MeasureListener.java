package org.svgen.lab.metrics;

/** Hears how far a comparison is, and may stop it. */
@FunctionalInterface
public interface MeasureListener {
    /** Hears nothing. */
    MeasureListener SILENT = (measure, done, frames) -> {};

    /**
     * Some more frames are measured. What it throws ends the comparison.
     *
     * @param measure what is taken of them
     * @param done frames that are measured by it
     * @param frames of the whole video
     */
    void measured(Measure measure, int done, int frames);
}
