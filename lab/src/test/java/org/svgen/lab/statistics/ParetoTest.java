package org.svgen.lab.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParetoTest {
    @Test
    void theFrontHoldsWhatNothingBeats() {
        double[] speed = {2.0, 1.0, 1.5, 1.4, 2.0};
        double[] quality = {25, 40, 30, 29, 24};
        assertThat(Pareto.front(speed, quality)).containsExactly(1, 2, 0);
    }

    @Test
    void equalPointsStandTogether() {
        assertThat(Pareto.front(new double[] {1, 1, 0.5}, new double[] {3, 3, 3}))
                .containsExactly(0, 1);
    }

    @Test
    void withoutPointsThereIsNoFront() {
        assertThat(Pareto.front(new double[0], new double[0])).isEmpty();
    }
}
