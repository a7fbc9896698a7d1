package org.svgen.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SkippableTest {
    @Test
    void theWarmUpTheFirstStepsOfExpertsAndTheLastStepAreComputed() {
        boolean[] may = Skippable.behind(2, 9, new int[] {0, 5}, 3).steps();
        assertThat(may).containsExactly(false, false, true, true, true, false, true, true, false);
        assertThat(Skippable.behind(0, 4, new int[] {0}, 3).steps())
                .containsExactly(false, true, true, false);
    }

    @Test
    void aLimitInARowCountsStepsRightBefore() {
        Skippable skippable = Skippable.behind(0, 9, new int[] {0}, 2);
        assertThat(skippable.allows(4, 1)).isTrue();
        assertThat(skippable.allows(4, 2)).isFalse();
        assertThat(skippable.allows(8, 0)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 0", "2, 3, 0", "3, 3, 1", "50, 3, 36", "50, 1, 24", "50, 60, 48"})
    void atMostEveryLastOfARowIsComputed(int steps, int inARow, int most) {
        assertThat(Skippable.behind(1, steps, new int[] {0}, inARow).most()).isEqualTo(most);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.1, 5", "0.45, 23", "0.5, 25", "0.65, 33"})
    void anEvenShareIsOfAllSteps(double share, int count) {
        Skippable skippable = Skippable.behind(5, 50, new int[] {0}, 3);
        boolean[] skipped = skippable.even(share);
        assertThat(Skippable.count(skipped)).isEqualTo(count);
        int row = 0;
        int first = 0;
        for (int i = 0; i < 50; i++) {
            row = skipped[i] ? row + 1 : 0;
            assertThat(row).isLessThanOrEqualTo(3);
            first += i < 27 && skipped[i] ? 1 : 0;
        }
        // Half of what may be skipped is before step 27.
        assertThat(first).isBetween(count / 2 - 1, count / 2 + 1);
    }

    @Test
    void aShareThatMayNotBeSkippedIsCut() {
        assertThat(Skippable.count(Skippable.behind(25, 50, new int[] {0}, 3).even(0.9)))
                .isEqualTo(Skippable.behind(25, 50, new int[] {0}, 3).most())
                .isEqualTo(18);
    }
}
