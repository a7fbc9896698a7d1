package org.svgen.cuda.attention;

/** Into how many parts keys are cut, so that blocks of threads fill a GPU. */
final class Splits {
    /** Parts at most: profile.cu. */
    private static final int MOST_SPLITS = 64;

    /** Keys of a split at least, so that splits are worth a block. */
    private static final int LEAST_KEYS = 256;

    private static final double BUSY_ENOUGH = 0.95;

    private Splits() {}

    /** The fewest splits of the keys that leave few of {@code slots} for blocks without work. */
    static int filling(int blocks, int keys, int slots) {
        int most = Math.clamp(Math.ceilDiv(keys, LEAST_KEYS), 1, MOST_SPLITS);
        int best = 1;
        double busiest = 0;
        for (int splits = 1; splits <= most && busiest < BUSY_ENOUGH; splits++) {
            long all = (long) blocks * splits;
            double busy = (double) all / (Math.ceilDiv(all, slots) * slots);
            if (busy > busiest) {
                busiest = busy;
                best = splits;
            }
        }
        return best;
    }
}
