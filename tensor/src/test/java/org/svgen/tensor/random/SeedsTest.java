package org.svgen.tensor.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeedsTest {
    /** torch.Generator().manual_seed(SEED).initial_seed() */
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "+7, 7",
        "9223372036854775807, 9223372036854775807",
        "9223372036854775808, 9223372036854775808",
        "18446744073709551615, 18446744073709551615",
        "-1, 18446744073709551615",
        "-9223372036854775808, 9223372036854775808"
    })
    void takesTorchsWholeRangeByTheBitsAndTellsItWithoutASign(String text, String unsigned) {
        assertThat(Seeds.unsigned(Seeds.parse(text))).hasToString(unsigned);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "18446744073709551616",
                "-9223372036854775809",
                "",
                "-",
                "1e9",
                "0x10",
                "1 2",
                "100000000000000000000000000000000000000000000000000000000000"
            })
    void refusesWhatTorchRefuses(String text) {
        assertThatThrownBy(() -> Seeds.parse(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void theLower32BitsMakeTheNumbersAsInTorch() {
        assertThat(numbers("18446744073709551615"))
                .isEqualTo(numbers("-1"))
                .isEqualTo(numbers("4294967295"));
        assertThat(numbers("9223372036854775813"))
                .isEqualTo(numbers("5"))
                .isNotEqualTo(numbers("6"));
    }

    private static float[] numbers(String seed) {
        float[] numbers = new float[40];
        new TorchRandom(Seeds.parse(seed)).normal(numbers);
        return numbers;
    }
}
