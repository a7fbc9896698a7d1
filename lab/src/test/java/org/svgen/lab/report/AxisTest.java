package org.svgen.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AxisTest {
    @Test
    void ticksAreRoundAndLieWithin() {
        assertThat(Axis.between(0.93, 2.41).labels()).containsExactly("1.0", "1.5", "2.0");
        assertThat(Axis.between(-0.013, 0.04).labels())
                .containsExactly("\u22120.01", "0.00", "0.01", "0.02", "0.03", "0.04");
        assertThat(Axis.between(0, 1300).labels()).containsExactly("0", "500", "1000");
    }

    @Test
    void aSingleValueHasRoomAroundIt() {
        Axis axis = Axis.around(30);
        assertThat(axis.low()).isLessThan(29);
        assertThat(axis.high()).isGreaterThan(31);
        assertThat(axis.ticks()).isNotEmpty();
    }

    @Test
    void reversedItRunsTheOtherWay() {
        Axis axis = Axis.between(0, 10).reverse();
        assertThat(axis.share(10)).isEqualTo(0);
        assertThat(axis.at(axis.share(3))).isCloseTo(3, within(1e-12));
    }
}
