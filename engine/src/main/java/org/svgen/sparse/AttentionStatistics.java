package org.svgen.sparse;

/**
 * What a policy did so far: query-key pairs by step, head kinds by layer. Head counts are sums over
 * steps and batch elements.
 */
public final class AttentionStatistics {
    private final long[][] heads; // [layers, kinds]
    private double keptInStep;
    private double allInStep;
    private double kept;
    private double all;

    public AttentionStatistics(int layers) {
        this.heads = new long[layers][HeadKind.values().length];
    }

    void beginStep() {
        keptInStep = 0;
        allInStep = 0;
    }

    /** {@code calls} heads kept {@code keptPairs} pairs each of {@code allPairs}. */
    void count(long calls, double keptPairs, double allPairs) {
        keptInStep += calls * keptPairs;
        allInStep += calls * allPairs;
        kept += calls * keptPairs;
        all += calls * allPairs;
    }

    void countHead(int layer, HeadKind kind) {
        heads[layer][kind.ordinal()]++;
    }

    /** Kept fraction of the pairs of the last finished step; 1 before the first. */
    public double stepDensity() {
        return allInStep == 0 ? 1 : keptInStep / allInStep;
    }

    /** Kept fraction of the pairs of all steps; 1 before the first. */
    public double density() {
        return all == 0 ? 1 : kept / all;
    }

    public int layers() {
        return heads.length;
    }

    /** How often a head of {@code layer} was called {@code kind}. */
    public long heads(int layer, HeadKind kind) {
        return heads[layer][kind.ordinal()];
    }
}
