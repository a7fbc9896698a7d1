package org.svgen.cpu;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.op.Activation;

/**
 * {@code out = f(A B^T + bias)} in blocks that stay in the caches: a slab of B is packed once into
 * panels that all threads share; each task takes {@link #MC} rows of A through it.
 */
final class VectorGemm {
    private static final int MR = MicroKernel.MR;
    private static final int NR = MicroKernel.NR;

    /** Rows of A in a task, at most. */
    private static final int MC = 32 * MR;

    /** Columns in a task; with its block of A, its sums stay in the second-level cache. */
    private static final int NC = 512 / NR * NR;

    /** Terms summed in a pass: a panel of B of this depth stays in the first-level cache. */
    private static final int KC = 256;

    /** The most elements of B that are packed at a time. */
    private static final int SLAB = 1 << 22;

    private final Parallel parallel;
    private float[] packed = new float[0];

    VectorGemm(Parallel parallel) {
        this.parallel = parallel;
    }

    /**
     * @param a M rows of K
     * @param b N rows of K
     * @param out M rows of N
     */
    void multiply(
            int m,
            int n,
            int k,
            Rows a,
            Rows b,
            float @Nullable [] bias,
            Activation f,
            Floats out) {
        int width = Math.max(NR, SLAB / Math.max(k, 1) / NR * NR);
        for (int n0 = 0; n0 < n; n0 += width) {
            Slab slab = pack(b, n0, Math.min(width, n - n0), k);
            int blocks = Math.ceilDiv(slab.n, NC);
            Product product = new Product(m, n, a, slab, n0, bias, f, out);
            parallel.run(
                    Math.ceilDiv(m, MC) * blocks,
                    i -> product.block(i / blocks * MC, i % blocks * NC));
        }
    }

    /**
     * Columns of B, transposed: for each run of {@link #KC} terms and each {@link #NR} columns a
     * panel [terms, NR], padded with zeros.
     */
    private record Slab(float[] panels, int n, int k) {
        int padded() {
            return Math.ceilDiv(n, NR) * NR;
        }

        int panel(int k0, int j) {
            return k0 * padded() + Math.min(KC, k - k0) * j;
        }
    }

    private Slab pack(Rows b, int n0, int n, int k) {
        int padded = Math.ceilDiv(n, NR) * NR;
        int size = Math.multiplyExact(padded, Math.max(k, 1));
        if (packed.length < size) {
            packed = new float[size];
        }
        Slab slab = new Slab(packed, n, k);
        parallel.run(padded / NR, panel -> packPanel(b, n0, slab, panel * NR));
        return slab;
    }

    private static void packPanel(Rows b, int n0, Slab slab, int j0) {
        float[] rows = Scratch.floats(Scratch.Use.INPUT, NR * KC);
        int n = Math.min(NR, slab.n - j0);
        for (int k0 = 0; k0 < slab.k; k0 += KC) {
            int depth = Math.min(KC, slab.k - k0);
            for (int j = 0; j < n; j++) {
                b.load(n0 + j0 + j, k0, depth, rows, j * depth);
            }
            Arrays.fill(rows, n * depth, NR * depth, 0);
            Transpose.rows(rows, 0, NR, depth, slab.panels, slab.panel(k0, j0), NR);
        }
    }

    /** What the tasks of one slab have in common. */
    private record Product(
            int m,
            int n,
            Rows a,
            Slab slab,
            int n0,
            float @Nullable [] bias,
            Activation f,
            Floats out) {

        /** Rows from {@code m0} and columns from {@code j0} of the slab. */
        void block(int m0, int j0) {
            int rows = Math.min(MC, m - m0);
            int columns = Math.min(NC, slab.n - j0);
            int ldc = Math.ceilDiv(columns, NR) * NR;
            float[] left = Scratch.floats(Scratch.Use.LEFT, MC * KC);
            float[] sums = Scratch.floats(Scratch.Use.PRODUCT, MC * NC);
            for (int k0 = 0; k0 < slab.k; k0 += KC) {
                int depth = Math.min(KC, slab.k - k0);
                for (int i = 0; i < rows; i++) {
                    a.load(m0 + i, k0, depth, left, i * KC);
                }
                if (k0 == 0) {
                    set(depth, rows, columns, left, slab.panel(k0, j0), sums, ldc);
                } else {
                    add(depth, rows, columns, left, slab.panel(k0, j0), sums, ldc);
                }
            }
            for (int i = 0; i < rows; i++) {
                finish(sums, i * ldc, bias, n0 + j0, columns, f);
                out.store(sums, i * ldc, (long) (m0 + i) * n + n0 + j0, columns);
            }
        }

        private void set(
                int k, int rows, int columns, float[] left, int panel, float[] sums, int ldc) {
            for (int j = 0; j < columns; j += NR) {
                for (int i = 0; i < rows; i += MR) {
                    MicroKernel.set(
                            k,
                            left,
                            i * KC,
                            KC,
                            slab.panels,
                            panel + j * k,
                            sums,
                            i * ldc + j,
                            ldc);
                }
            }
        }

        private void add(
                int k, int rows, int columns, float[] left, int panel, float[] sums, int ldc) {
            for (int j = 0; j < columns; j += NR) {
                for (int i = 0; i < rows; i += MR) {
                    MicroKernel.add(
                            k,
                            left,
                            i * KC,
                            KC,
                            slab.panels,
                            panel + j * k,
                            sums,
                            i * ldc + j,
                            ldc);
                }
            }
        }
    }

    /**
     * Adds bias {@code n0 ..} to {@code n} sums, rounded up to whole vectors, and applies {@code
     * f}.
     */
    static void finish(float[] x, int from, float @Nullable [] bias, int n0, int n, Activation f) {
        // A block begins at a whole vector of the bias, which is padded to whole vectors as x is.
        for (int j = 0; bias != null && j < n; j += Simd.LANES) {
            FloatVector.fromArray(Simd.F, x, from + j)
                    .add(FloatVector.fromArray(Simd.F, bias, n0 + j))
                    .intoArray(x, from + j);
        }
        Simd.activate(f, x, from, n);
    }
}
