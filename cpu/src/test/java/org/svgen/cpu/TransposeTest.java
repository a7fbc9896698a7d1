package org.svgen.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransposeTest {
    @ParameterizedTest
    @CsvSource({"1, 64, 2", "2, 64, 2", "2, 33, 2", "3, 7, 5", "1, 1, 1", "2, 48, 4"})
    void putsEachElementInItsPlaceAndTouchesNoOther(int squares, int columns, int extra) {
        int rows = squares * Simd.LANES;
        int stride = rows + extra;
        float[] x = new float[3 + rows * columns];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        float[] y = new float[5 + columns * stride];
        Transpose.rows(x, 3, rows, columns, y, 5, stride);
        float[] expected = new float[y.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                expected[5 + c * stride + r] = x[3 + r * columns + c];
            }
        }
        assertThat(y).containsExactly(expected);
    }
}
