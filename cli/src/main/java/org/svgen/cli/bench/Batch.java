package org.svgen.cli.bench;

/**
 * Work that is given to a device several times back to back before anybody waits for it: the mean
 * is then the device's own time, without the call and the waiting.
 *
 * @param synchronize waits until the device is done
 */
record Batch(Runnable once, int repetitions, Runnable synchronize) {
    private static final double LONG_ENOUGH = 0.02; // seconds
    private static final double MARGIN = 1.25;
    private static final int GROWTH = 16;

    /** Work that waits for itself, once. */
    static Batch single(Runnable work) {
        return new Batch(work, 1, () -> {});
    }

    /** As many as take 20 ms together, once {@code once} has been done. */
    static Batch longEnough(Runnable once, Runnable synchronize) {
        Batch batch = new Batch(once, 1, synchronize);
        batch.run();
        while (true) {
            double seconds = batch.seconds();
            if (seconds >= LONG_ENOUGH) {
                return batch;
            }
            int n = batch.repetitions;
            double wanted = Math.ceil(n * MARGIN * LONG_ENOUGH / seconds);
            batch = new Batch(once, (int) Math.clamp(wanted, n + 1, GROWTH * n), synchronize);
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
