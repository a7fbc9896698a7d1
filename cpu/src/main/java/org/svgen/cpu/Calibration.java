package org.svgen.cpu;

import java.lang.foreign.Arena;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** Measures a library's matrix product against ours, at a size that models have. */
final class Calibration {
    private static final int M = 768;
    private static final int N = 512;
    private static final int K = 256;
    private static final int RUNS = 20;

    /** A library must be faster in all of these, lest another program's burst decides. */
    private static final int ROUNDS = 5;

    /** From here on the library is taken. */
    static final double CLEARLY_FASTER = 1.3;

    /** A library that takes this many times as long is not measured further. */
    private static final int HOPELESS = 5;

    private static final int FEW_RUNS = 3;

    /** How long to run before looking whether runs still become faster. */
    private static final long WINDOW_NANOS = 30_000_000;

    private static final int MAX_WINDOWS = 100;

    private final VectorGemm own;
    private final CblasGemm library;

    Calibration(VectorGemm own, CblasGemm library) {
        this.own = own;
        this.library = library;
    }

    /** Our time divided by the library's, the best of some runs each. */
    double speedOfLibrary() {
        try (Arena arena = Arena.ofShared()) {
            Tensor a = Tensor.zeros(arena, DType.F32, M, K);
            Tensor b = Tensor.zeros(arena, DType.F32, N, K);
            Tensor c = Tensor.zeros(arena, DType.F32, M, N);
            Runnable ours =
                    () ->
                            own.multiply(
                                    M,
                                    N,
                                    K,
                                    Rows.of(Floats.of(a), K),
                                    Rows.of(Floats.of(b), K),
                                    null,
                                    Activation.NONE,
                                    Floats.of(c));
            Runnable theirs = () -> library.multiply(M, N, K, a.host(), b.host(), c.host());
            warmUp(ours);
            double ratio = Double.MAX_VALUE;
            for (int i = 0; i < ROUNDS && ratio > CLEARLY_FASTER; i++) {
                ratio = Math.min(ratio, ratio(ours, theirs));
            }
            return ratio;
        }
    }

    private static double ratio(Runnable ours, Runnable theirs) {
        // Not in turns: a library's idle threads keep a core busy for a while.
        LockSupport.parkNanos(WINDOW_NANOS);
        long best = best(ours, Long.MAX_VALUE);
        theirs.run();
        return (double) best / best(theirs, HOPELESS * best);
    }

    /** Of few runs alone, if none of these takes at most {@code hopeful} nanoseconds. */
    private static long best(Runnable product, long hopeful) {
        long best = Long.MAX_VALUE;
        for (int i = 0; i < RUNS && !(i >= FEW_RUNS && best > hopeful); i++) {
            best = Math.min(best, time(product));
        }
        return best;
    }

    /**
     * Runs until it is compiled: not faster than before in two windows in which the compiler had
     * nothing to do. A model's first layers would else wait for the same.
     */
    private static void warmUp(Runnable product) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long best = Long.MAX_VALUE;
        int calm = 0;
        for (int i = 0; i < MAX_WINDOWS && calm < 2; i++) {
            long compiled = compiler.getTotalCompilationTime();
            long before = best;
            for (long end = System.nanoTime() + WINDOW_NANOS; System.nanoTime() < end; ) {
                best = Math.min(best, time(product));
            }
            boolean idle = compiler.getTotalCompilationTime() - compiled < 3; // ms
            calm = idle && best > 0.9 * before ? calm + 1 : 0;
        }
    }

    private static long time(Runnable product) {
        long start = System.nanoTime();
        product.run();
        return System.nanoTime() - start;
    }
}
