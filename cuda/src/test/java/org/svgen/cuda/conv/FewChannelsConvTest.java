package org.svgen.cuda.conv;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.ConvGeometry;

class FewChannelsConvTest {
    /** Products of all frames, of some, or of none; a frame of the result needs three. */
    @ParameterizedTest
    @CsvSource({
        "96, 3, 400, 640, 4", // 1.5 million pixels
        "96, 3, 480, 832, 4", // 2.4 million
        "96, 3, 720, 1280, 1",
        "96, 3, 1080, 1920, 0",
        "128, 3, 400, 640, 4",
        "128, 3, 480, 832, 0",
        "256, 12, 352, 640, 1",
        "256, 12, 240, 416, 4"
    })
    void framesOfManyPixelsAreConvolvedApart(int in, int out, int height, int width, int expected) {
        Convolution c =
                new Convolution(
                        Tensor.phantom(DType.BF16, 6, height, width, in),
                        null,
                        Tensor.phantom(DType.BF16, out, in, 3, 3, 3),
                        0,
                        null,
                        ConvGeometry.same(1),
                        false,
                        Tensor.phantom(DType.F32, 4, height, width, out));
        assertThat(FewChannelsConv.framesAtOnce(c)).isEqualTo(expected);
    }
}
