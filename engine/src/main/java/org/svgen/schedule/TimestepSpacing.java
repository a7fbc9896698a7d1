package org.svgen.schedule;

/** How the steps of a run spread over the timesteps of training; the names are diffusers'. */
enum TimestepSpacing {
    /** From the last training timestep to 0, evenly. */
    LINSPACE,
    /** Multiples of a whole ratio, upwards from 0. */
    LEADING,
    /** Downwards from the last training timestep by a fractional ratio. */
    TRAILING;

    /** Timesteps from the noisiest on, rounded as numpy rounds (ties to even). */
    int[] timesteps(int train, int steps) {
        int[] out = new int[steps];
        for (int i = 0; i < steps; i++) {
            int fromEnd = steps - 1 - i;
            out[i] =
                    switch (this) {
                        case LINSPACE ->
                                (int) Math.rint(fromEnd * ((train - 1.0) / Math.max(steps - 1, 1)));
                        case LEADING -> fromEnd * (train / steps);
                        // numpy.arange finds its increment by subtraction; so ties fall alike.
                        case TRAILING ->
                                (int)
                                                Math.rint(
                                                        train
                                                                + i
                                                                        * (train
                                                                                - (double) train
                                                                                        / steps
                                                                                - train))
                                        - 1;
                    };
        }
        return out;
    }
}
