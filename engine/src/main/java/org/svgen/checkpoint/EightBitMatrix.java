package org.svgen.checkpoint;

import java.util.stream.IntStream;
import org.svgen.tensor.DType;
import org.svgen.tensor.Float8;
import org.svgen.tensor.Shape;
import org.svgen.tensor.op.Weight.Inputs;

/**
 * A matrix as e4m3 with a scale of each row, computed when it is put where it is used.
 *
 * @param numbers the matrix
 * @param scales of its rows, as far as they have been computed; 0 is none
 */
record EightBitMatrix(HostTensor numbers, float[] scales) {
    static EightBitMatrix of(HostTensor numbers) {
        return new EightBitMatrix(numbers, new float[numbers.rows()]);
    }

    StoredWeight weight() {
        return new StoredWeight(values(), DType.F8_E4M3, scale(), Inputs.EIGHT_BITS);
    }

    ComputedTensor values() {
        return new ComputedTensor(DType.F8_E4M3, numbers.shape(), this::divided);
    }

    ComputedTensor scale() {
        return new ComputedTensor(DType.F32, Shape.of(scales.length), _ -> all());
    }

    /** A row divided by its scale. */
    private float[] divided(int row) {
        float[] x = numbers.row(row);
        float most = most(x);
        scales[row] = Float8.scale(most);
        float inverse = Float8.inverse(most);
        for (int i = 0; i < x.length; i++) {
            x[i] *= inverse;
        }
        return x;
    }

    private float[] all() {
        IntStream.range(0, scales.length)
                .parallel()
                .filter(i -> scales[i] == 0)
                .forEach(i -> scales[i] = Float8.scale(most(numbers.row(i))));
        return scales.clone();
    }

    /** The greatest magnitude. What is no number stays one, whatever the scale. */
    private static float most(float[] row) {
        float most = Float8.most(row);
        return Float.isNaN(most) ? 0 : most;
    }
}
