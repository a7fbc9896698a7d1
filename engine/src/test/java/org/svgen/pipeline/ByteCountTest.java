package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class ByteCountTest {
    @ParameterizedTest
    @CsvSource({
        "24G, 24000000000",
        "1.5k, 1500",
        "800 MB, 800000000",
        "2t, 2000000000000",
        "7000000, 7000000"
    })
    void readsNumbersOfBytes(String text, long bytes) {
        assertThat(ByteCount.parse(Fields.MEMORY_LIMIT, text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "24Q", "-1G", "0", "G", "1e9", "999999999T"})
    void refusesWhatIsNoNumberOfBytes(String text) {
        assertThatThrownBy(() -> ByteCount.parse(Fields.MEMORY_LIMIT, text))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "memoryLimit: expected a number of bytes such as 24G or 800M, found '%s'",
                        text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "24.5", "80000"})
    void asksForTheUnitOfASmallNumber(String text) {
        assertThatThrownBy(() -> ByteCount.parse(Fields.MEMORY_LIMIT, text))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith(
                        "found '%s', which is %1$s bytes: add a unit, %1$sG or %1$sM", text);
    }
}
