package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class AmountTest {
    @Test
    void aWholeNumberIsACountAndAPointMakesAFraction() {
        assertThat(Rules.DENSE_STEPS.parse("5").of(50)).isEqualTo(5);
        assertThat(Rules.DENSE_STEPS.parse("70").of(50)).isEqualTo(50);
        assertThat(Rules.DENSE_STEPS.parse("0").of(50)).isZero();
        assertThat(Rules.DENSE_STEPS.parse("0.2").of(50)).isEqualTo(10);
        assertThat(Rules.DENSE_STEPS.parse("0.3").of(10)).isEqualTo(3);
        assertThat(Rules.DENSE_LAYERS.parse("0.03").of(42)).isEqualTo(1);
        assertThat(Rules.DENSE_STEPS.parse("1.0").of(50)).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "many", "", "NaN", "99999999999"})
    void anythingElseIsRefusedByName(String text) {
        assertThatThrownBy(() -> Rules.DENSE_STEPS.parse(text))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("denseSteps: ")
                .hasMessageContaining("'" + text + "'");
    }
}
