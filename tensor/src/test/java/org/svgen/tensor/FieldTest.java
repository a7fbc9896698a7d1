package org.svgen.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FieldTest {
    @ParameterizedTest
    @CsvSource({
        "width, width",
        "denseSteps, dense-steps",
        "guidance2, guidance-2",
        "layer12Of3, layer-12-of-3",
        "2a, 2a"
    })
    void wordsBeginWithACapitalOrANumber(String name, String words) {
        assertThat(Field.words(name, "-")).isEqualTo(words);
    }
}
