package org.svgen.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTest {
    private final Tensor x =
            Tensor.of(Arena.ofAuto(), new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 3, 2, 2);

    @Test
    void viewsShowTheSameBytes() {
        assertThat(x.rows(1, 3)).hasToString("f32 [2, 2, 2]");
        assertThat(x.rows(1, 3).toFloats()).containsExactly(4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(x.get(2)).hasToString("f32 [2, 2]");
        assertThat(x.get(2).get(1).toFloats()).containsExactly(10, 11);
        assertThat(x.reshape(4, 3).get(1).toFloats()).containsExactly(3, 4, 5);
        x.get(1).host().set(ValueLayout.JAVA_FLOAT, 0, -4);
        assertThat(x.toFloats()[4]).isEqualTo(-4);
    }

    @Test
    void noRowsAreAViewToo() {
        assertThat(x.rows(3, 3).elements()).isZero();
        assertThat(x.rows(0, 0).rows(0, 0).toFloats()).isEmpty();
    }

    @Test
    void refusesViewsOfWhatIsNotThere() {
        assertThatThrownBy(() -> x.rows(1, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> x.rows(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> x.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> x.reshape(5, 2))
                .withMessage("cannot reshape [3, 2, 2] to [5, 2]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tensor(DType.F32, Shape.of(12), x.storage(), 4))
                .withMessageContaining("f32 [12] at byte 4 does not fit in 48 bytes");
    }

    @Test
    void aPhantomHasASizeAndNoBytes() {
        Tensor phantom = Tensor.phantom(DType.BF16, 1L << 20, 1L << 20);
        assertThat(phantom.bytes()).isEqualTo(1L << 41);
        assertThat(phantom.get(7)).hasToString("bf16 [1048576]");
        assertThatIllegalStateException()
                .isThrownBy(phantom::host)
                .withMessageContaining("not in host memory");
    }

    @Test
    void readsFloatsOfEachWidth() {
        Arena arena = Arena.ofAuto();
        MemorySegment halves = arena.allocate(4);
        halves.set(ValueLayout.JAVA_SHORT, 0, Float.floatToFloat16(1.5f));
        halves.set(ValueLayout.JAVA_SHORT, 2, BFloat16.fromFloat(-2));
        assertThat(Tensor.of(DType.F16, halves, 2).rows(0, 1).toFloats()).containsExactly(1.5f);
        assertThat(Tensor.of(DType.BF16, halves, 2).rows(1, 2).toFloats()).containsExactly(-2);
        Tensor whole = Tensor.of(arena, new int[] {1}, 1);
        assertThatIllegalStateException().isThrownBy(whole::toFloats);
    }

    /** To nearest, ties to even; what is beyond the largest becomes infinite. */
    @ParameterizedTest
    @CsvSource({
        "0x1.00fep0, 0x1.00p0",
        "0x1.01p0, 0x1.00p0",
        "0x1.0101p0, 0x1.02p0",
        "0x1.03p0, 0x1.04p0",
        "-0x1.03p0, -0x1.04p0",
        "0x1.fffffep127, Infinity",
        "-Infinity, -Infinity",
        "NaN, NaN"
    })
    void bfloat16RoundsAsTorchDoes(float value, float rounded) {
        assertThat(BFloat16.round(value)).isEqualTo(Float.valueOf(rounded));
    }

    @Test
    void safetensorsNamesAreThoseOfTheTypes() {
        assertThat(DType.ofSafetensors("BF16")).contains(DType.BF16);
        assertThat(DType.ofSafetensors("bf16")).isEmpty();
        assertThat(DType.F8_E4M3.isFloat()).isTrue();
        assertThat(DType.I32.isFloat()).isFalse();
    }
}
