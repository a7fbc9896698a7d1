package org.svgen.bench;

/**
 * Work that is given to a device several times back to back before anybody waits for it: the mean
 * is then the device's own time, without the call and the waiting.
 *
 * @param synchronize waits until the device is done
 */
record Batch(Runnable once, int repetitions, Runnable synchronize) {
    /** Seconds that a batch should take. */
    static final double LONG_ENOUGH = 0.02;

    private static final double MARGIN = 1.25;
    private static final int GROWTH = 16;

    /** Work that waits for itself, once. */
    static Batch single(Runnable work) {
        return new Batch(work, 1, () -> {});
    }

    /** As many as take {@link #LONG_ENOUGH} together. */
    static Batch longEnough(Runnable once, Runnable synchronize) {
        return of(LONG_ENOUGH, once, synchronize);
    }

    /** As many as take {@code least} seconds together, twice in a row. */
    static Batch of(double least, Runnable once, Runnable synchronize) {
        Batch batch = new Batch(once, 1, synchronize);
        double seconds = batch.seconds(); // with what the first call has to load
        while (true) {
            double before = seconds;
            seconds = batch.seconds();
            if (Math.min(before, seconds) >= least) {
                return batch;
            }
            if (seconds < least) {
                int n = batch.repetitions;
                double wanted = Math.ceil(n * MARGIN * least / seconds);
                batch = new Batch(once, (int) Math.clamp(wanted, n + 1, GROWTH * n), synchronize);
            }
        }
    }

    void run() {
        for (int i = 0; i < repetitions; i++) {
            once.run();
        }
        synchronize.run();
    }

    /** Of all repetitions together, from an idle device. */
    double seconds() {
        long start = System.nanoTime();
        run();
        return (System.nanoTime() - start) * 1e-9;
    }
}
