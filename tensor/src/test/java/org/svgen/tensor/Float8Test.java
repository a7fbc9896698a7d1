package org.svgen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Float8Test {
    /** Table 1 of the paper. */
    @ParameterizedTest
    @CsvSource({
        "0x00, 0",
        "0x80, -0.0",
        "0x01, 0.001953125",
        "0x07, 0.013671875",
        "0x08, 0.015625",
        "0x38, 1",
        "0xB9, -1.125",
        "0x7E, 448",
        "0xFE, -448"
    })
    void readsFourBitsOfExponent(String bits, float number) {
        assertThat(Float8.e4m3((byte) (int) Integer.decode(bits))).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({
        "0x00, 0",
        "0x01, 1.52587890625e-5",
        "0x03, 4.57763671875e-5",
        "0x04, 6.103515625e-5",
        "0x3C, 1",
        "0xBD, -1.25",
        "0x7B, 57344",
        "0x7C, Infinity"
    })
    void readsFiveBitsOfExponent(String bits, float number) {
        assertThat(Float8.e5m2((byte) (int) Integer.decode(bits))).isEqualTo(number);
    }

    @Test
    void keepsWhatIsNoNumber() {
        assertThat(Float8.e4m3((byte) 0x7F)).isNaN();
        assertThat(Float8.e4m3((byte) 0xFF)).isNaN();
        assertThat(Float8.e5m2((byte) 0x7E)).isNaN();
    }

    @Test
    void roundsToTheNearest() {
        for (int bits = 0; bits < 256; bits++) {
            float number = Float8.e4m3((byte) bits);
            assertThat(Float8.toE4m3(number)).isEqualTo((byte) (bits == 255 ? 127 : bits));
            if ((bits & 127) < 126) {
                float next = Float8.e4m3((byte) (bits + 1));
                float middle = (number + next) / 2;
                assertThat(Float8.toE4m3(Math.nextAfter(middle, number))).isEqualTo((byte) bits);
                assertThat(Float8.toE4m3(Math.nextAfter(middle, next)))
                        .isEqualTo((byte) (bits + 1));
                assertThat(Float8.toE4m3(middle) & 1).as("of two the even one").isZero();
            }
        }
    }

    @Test
    void roundsManyAsOne() {
        Random random = new Random(3);
        float[] numbers = new float[4099];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(24) - 14));
        }
        for (int bits = 0; bits < 256; bits++) {
            float number = Float8.e4m3((byte) bits);
            numbers[2 * bits] = bits % 128 == 127 ? 0 : number;
            numbers[2 * bits + 1] = (number + Float8.e4m3((byte) (bits + 1))) / 2;
        }
        numbers[1000] = Float.POSITIVE_INFINITY;
        for (float odd : new float[] {1, Float.NaN}) {
            numbers[1001] = odd;
            byte[] rounded = new byte[numbers.length];
            Float8.toE4m3(numbers, rounded);
            for (int i = 0; i < numbers.length; i++) {
                assertThat(rounded[i]).as("%s", numbers[i]).isEqualTo(Float8.toE4m3(numbers[i]));
            }
        }
    }

    @Test
    void roundsWhatIsTooLargeToTheLargest() {
        assertThat(Float8.toE4m3(1e9f)).isEqualTo((byte) 0x7E);
        assertThat(Float8.toE4m3(Float.NEGATIVE_INFINITY)).isEqualTo((byte) 0xFE);
    }

    @ParameterizedTest
    @CsvSource({"0", "1e-38", "3", "3.4e38"})
    void scalesARowSoThatItsGreatestNumberIsTheGreatest(float most) {
        float scale = Float8.scale(most);
        assertThat(scale).isPositive().isFinite();
        float back = Float8.e4m3(Float8.toE4m3(most * Float8.inverse(most))) * scale;
        assertThat(back).isCloseTo(most, withinPercentage(most < 1e-30f ? 100 : 1e-4));
    }
}
