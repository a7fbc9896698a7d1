package org.svgen.testkit;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

/**
 * Weights with a scale give what the numbers that they stand for give, for backends that compute
 * with them.
 */
public abstract class ScaledWeightsContract extends BackendContract {
    /** The values with a scale of all and with one of each row; of whatever number of rows. */
    private List<Weight> scaled(Tensor values) {
        return List.of(
                new Weight(values, random(DType.F32, 1)),
                new Weight(values, random(DType.F32, values.size(0))));
    }

    @ParameterizedTest
    @EnumSource(names = {"F8_E4M3", "F8_E5M2", "BF16"})
    void multipliesByWhatValuesAndScaleStandFor(DType type) {
        for (int m : new int[] {1, 70}) {
            Tensor x = random(m, 130);
            Tensor bias = random(50);
            Tensor values = type == DType.BF16 ? random(type, 50, 130) : bytes(type, 50, 130);
            for (Weight w : scaled(values)) {
                agrees(
                        poisoned(m, 50),
                        (at, out) ->
                                at.ops()
                                        .linear(
                                                at.on(x),
                                                at.on(w),
                                                at.on(bias),
                                                Activation.SILU,
                                                out));
            }
        }
    }

    /** Enough of them that a library would compute the product if there were no scale. */
    @Test
    void scalesLargeProductsToo() {
        Tensor x = random(64, 96);
        for (Weight w : scaled(random(DType.F32, 72, 96))) {
            agrees(
                    poisoned(64, 72),
                    (at, out) -> at.ops().linear(at.on(x), at.on(w), null, Activation.NONE, out));
        }
    }

    @Test
    void multipliesTwoInputsByScaledWeights() {
        Tensor x = random(9, 20);
        Tensor y = random(9, 33);
        Tensor bias = random(40);
        for (Weight w : scaled(random(DType.BF16, 40, 53))) {
            agrees(
                    poisoned(9, 40),
                    (at, out) ->
                            at.ops().linearPair(at.on(x), at.on(y), at.on(w), at.on(bias), out));
        }
    }

    @Test
    void convolvesWithScaledWeights() {
        Tensor x = random(4, 6, 5, 7);
        Tensor bias = random(9);
        Tensor scratch = random(2, 6, 5, 9);
        Tensor small = random(2, 3, 4, 7);
        Tensor enlarged = random(5, 6, 8, 7);
        ConvGeometry same = ConvGeometry.same(1);
        for (Weight w : scaled(bytes(DType.F8_E4M3, 9, 7, 3, 3, 3))) {
            agrees(
                    poisoned(2, 6, 5, 9),
                    (at, out) -> at.ops().conv3d(at.on(x), at.on(w), at.on(bias), same, out));
            agrees(
                    random(2, 6, 5, 9),
                    (at, out) ->
                            at.ops()
                                    .conv3dAdd(
                                            at.on(x),
                                            at.on(w),
                                            at.on(bias),
                                            same,
                                            at.on(scratch),
                                            out));
            agrees(
                    poisoned(3, 6, 8, 9),
                    (at, out) ->
                            at.ops()
                                    .convolveEnlarged(
                                            at.on(small),
                                            2,
                                            2,
                                            at.on(w),
                                            at.on(bias),
                                            Border.ZEROS,
                                            at.on(enlarged),
                                            out));
        }
    }
}
