package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.schedule.UniPcSolver.Weights;

class UniPcSolverTest {
    private static final double[][] OTHERS = {{}, {0.9}, {0.9, 0.6}, {0.95, 0.9, 0.6}};
    private static final double FROM = 0.8;
    private static final double TO = 0.6;

    private static double lambda(double sigma) {
        return Math.log((1 - sigma) / sigma);
    }

    /** From noise and a clean sample that stays the same, any step leads along the line. */
    @ParameterizedTest
    @EnumSource(UniPcSolver.class)
    void aCleanSampleThatStaysIsReachedOnAStraightLine(UniPcSolver solver) {
        for (double[] others : OTHERS) {
            Weights w = solver.weights(FROM, TO, others);
            double clean = w.ofClean() + Arrays.stream(w.ofOthers()).sum();
            assertThat(w.ofSample()).isEqualTo(TO / FROM);
            assertThat(clean).isEqualTo(1 - TO / FROM, within(1e-12));
        }
        Weights last = solver.weights(FROM, 0);
        assertThat(last.ofSample()).isZero();
        assertThat(last.ofClean()).isEqualTo(1);
    }

    /**
     * Where clean samples are a polynomial in lambda, of a degree below their number, the step is
     * the integral {@code to * int e^lambda x(lambda)}, whatever B(h) is.
     */
    @ParameterizedTest
    @EnumSource(UniPcSolver.class)
    void stepsOfManySamplesIntegratePolynomials(UniPcSolver solver) {
        for (double[] others : new double[][] {OTHERS[2], OTHERS[3]}) {
            for (int degree = 1; degree <= others.length; degree++) {
                Weights w = solver.weights(FROM, TO, others);
                double step = w.ofClean() * clean(FROM, degree);
                for (int i = 0; i < others.length; i++) {
                    step += w.ofOthers()[i] * clean(others[i], degree);
                }
                assertThat(step).isEqualTo(integral(degree), within(1e-9));
            }
        }
    }

    private static double clean(double sigma, int degree) {
        return Math.pow(lambda(sigma), degree);
    }

    /** By the midpoint rule. */
    private static double integral(int degree) {
        int pieces = 200_000;
        double width = (lambda(TO) - lambda(FROM)) / pieces;
        double sum = 0;
        for (int i = 0; i < pieces; i++) {
            double at = lambda(FROM) + (i + 0.5) * width;
            sum += Math.exp(at) * Math.pow(at, degree) * width;
        }
        return TO * sum;
    }
}
