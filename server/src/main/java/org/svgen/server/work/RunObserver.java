package org.svgen.server.work;

/** Hears what runs measure, for metrics. Called on the threads of runs, so it must not wait. */
public interface RunObserver {
    /** Hears nothing. */
    RunObserver NONE = new RunObserver() {};

    /**
     * A denoising step is done.
     *
     * @param model name of the model
     * @param attention mode of the request
     * @param seconds that it took
     * @param density kept fraction of query-key pairs
     */
    default void step(String model, String attention, double seconds, double density) {}

    /**
     * A stage of a run is done.
     *
     * @param model name of the model
     * @param stage what it did
     * @param seconds that it took
     */
    default void stage(String model, String stage, double seconds) {}

    /**
     * A run is done.
     *
     * @param planned bytes of the device
     * @param peak bytes of the device that were taken
     */
    default void memory(long planned, long peak) {}

    /**
     * A checkpoint is where it survives.
     *
     * @param seconds that it took
     */
    default void checkpoint(double seconds) {}
}
