package org.svgen.schedule;

import java.util.OptionalDouble;

/** The shares of noise that a run of {@link FlowMatchEuler} goes through. */
sealed interface Shares permits FlowSigmas, NamedTimes {
    /** Of training. */
    int trainTimesteps();

    /** What the model is told at each step. */
    double[] timesteps(int steps);

    /** The share of noise before each step and after the last, in diffusers' single precision. */
    float[] of(int steps);

    /** By which they are moved towards 1; none where each run is to say it. */
    OptionalDouble factor();

    /** The same, moved by another factor. */
    Shares shifted(double factor);
}
