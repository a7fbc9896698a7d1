package org.svgen.tensor.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** What is known of these generators without torch; testkit compares with torch bit for bit. */
class RandomNumbersTest {
    /** Of the standard library of C++, which states the 10000th number of the default seed. */
    @Test
    void theTwisterIsThatOfItsAuthors() {
        Mt19937 twister = new Mt19937(5489);
        assertThat(Integer.toUnsignedLong(twister.next32())).isEqualTo(3499211612L);
        int last = 0;
        for (int i = 2; i <= 10000; i++) {
            last = twister.next32();
        }
        assertThat(Integer.toUnsignedLong(last)).isEqualTo(4123659995L);
    }

    /** As torch prints torch.randn(5) after torch.manual_seed(0). */
    @Test
    void fewNormalNumbersAreTorchs() {
        float[] numbers = new float[5];
        new TorchRandom(0).normal(numbers);
        assertThat(numbers)
                .containsExactly(
                        new float[] {1.5410f, -0.2934f, -2.1788f, 0.5684f, -1.0845f},
                        offset(5e-5f));
    }

    @Test
    void manyNumbersAreNormal() {
        float[] numbers = new float[1 << 16];
        new TorchRandom(7).normal(numbers);
        double mean = 0;
        double squares = 0;
        for (float number : numbers) {
            mean += (double) number / numbers.length;
            squares += (double) number * number / numbers.length;
        }
        assertThat(mean).isCloseTo(0, within(0.02));
        assertThat(squares).isCloseTo(1, within(0.03));
    }

    @Test
    void equalSeedsGiveEqualNumbersInArraysAndTensors() {
        float[] numbers = new float[100];
        new TorchRandom(11).normal(numbers);
        Tensor tensor = Tensor.zeros(Arena.ofAuto(), DType.F32, 4, 25);
        new TorchRandom(11).normal(tensor);
        assertThat(tensor.toFloats()).isEqualTo(numbers);
        new TorchRandom(12).normal(tensor);
        assertThat(tensor.toFloats()).isNotEqualTo(numbers);
    }

    @Test
    void integersLieInTheirRange() {
        assertThat(new TorchRandom(3).integers(-2, 5, 1000))
                .containsOnly(-2, -1, 0, 1, 2, 3, 4)
                .contains(-2, 4);
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-6f, 0.3f, 0.70710677f, 1, 2.5f, 6.2831855f})
    void elementaryFunctionsAreThoseOfMathematics(float x) {
        assertThat((double) Cephes.log(x)).isCloseTo(Math.log(x), within(2e-6));
        assertThat((double) Cephes.sin(x)).isCloseTo(Math.sin(x), within(2e-7));
        assertThat((double) Cephes.cos(x)).isCloseTo(Math.cos(x), within(2e-7));
    }
}
