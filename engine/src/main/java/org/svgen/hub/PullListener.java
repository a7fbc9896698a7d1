package org.svgen.hub;

/** Hears how a download goes, from several threads. */
public interface PullListener {
    /**
     * Called before anything is written: what will be fetched, and under which licence.
     *
     * @param plan what will be fetched
     */
    default void planned(PullPlan plan) {}

    /**
     * Something worth knowing on the way, as one line.
     *
     * @param line one line
     */
    default void note(String line) {}

    /**
     * Tells how far it is.
     *
     * @param done bytes that are here, those of earlier attempts included
     * @param total bytes of all files
     */
    default void progress(long done, long total) {}

    /** {@return true to stop; what is here stays} */
    default boolean cancelled() {
        return false;
    }
}
