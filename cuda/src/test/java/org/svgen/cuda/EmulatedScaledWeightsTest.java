package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

class EmulatedScaledWeightsTest {
    @Test
    void refusesFiltersWithAScaleInsteadOfConvolvingWithoutIt() {
        try (Backend backend = EmulatedGpu.open()) {
            Tensor all = new Tensor(DType.F32, Shape.of(64), backend.allocate(256), 0);
            Weight scaled = new Weight(all.rows(0, 16).reshape(4, 4, 1, 1, 1), all.rows(0, 1));
            Tensor x = all.rows(16, 32).reshape(1, 2, 2, 4);
            Tensor out = all.rows(32, 48).reshape(1, 2, 2, 4);
            assertThatThrownBy(
                            () -> backend.ops().conv3d(x, scaled, null, ConvGeometry.same(0), out))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith("cuda: expected weights without a scale");
        }
    }
}
