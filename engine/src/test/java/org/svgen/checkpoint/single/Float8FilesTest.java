package org.svgen.checkpoint.single;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.checkpoint.CodedTensor;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.MappedTensor;
import org.svgen.checkpoint.PartFile;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Weights of 8-bit floats in the layouts of several tools, against the formats' definitions. */
class Float8FilesTest {
    private static final int ROWS = 6;
    private static final int COLUMNS = 8;

    @TempDir Path folder;

    private final Arena arena = Arena.ofAuto();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final byte[] values = new byte[ROWS * COLUMNS];

    private void values(DType type) {
        new Random(5).nextBytes(values);
        for (int i = 0; i < values.length; i++) {
            boolean number = Double.isFinite(number(type, values[i]));
            values[i] = number ? values[i] : 1;
        }
        tensors.put("m.a.weight", bytes(type, values, ROWS, COLUMNS));
        tensors.put("m.mark", Tensor.of(arena, new float[] {1}, 1));
    }

    private Tensor bytes(DType type, byte[] bytes, long... dims) {
        Tensor tensor = Tensor.zeros(arena, type, dims);
        for (int i = 0; i < bytes.length; i++) {
            tensor.host().set(ValueLayout.JAVA_BYTE, i, bytes[i]);
        }
        return tensor;
    }

    /** By the definition: sign, exponent and fraction; e4m3fn has no infinity. */
    private static double number(DType type, byte bits) {
        int fractionBits = type == DType.F8_E4M3 ? 3 : 2;
        int bias = type == DType.F8_E4M3 ? 7 : 15;
        int exponent = (bits & 0x7f) >> fractionBits;
        int fraction = bits & (1 << fractionBits) - 1;
        int most = (1 << 7 - fractionBits) - 1;
        boolean none = type == DType.F8_E4M3 ? exponent == most && fraction == 7 : exponent == most;
        double size =
                exponent == 0
                        ? Math.scalb((double) fraction, 1 - bias - fractionBits)
                        : Math.scalb(
                                1.0 + Math.scalb((double) fraction, -fractionBits),
                                exponent - bias);
        return none ? Double.NaN : bits < 0 ? -size : size;
    }

    private PartFile part() {
        Path file = folder.resolve("x.safetensors");
        SafeTensorsWriter.write(file, tensors, metadata);
        PartNames names =
                new PartNames() {
                    @Override
                    public String component() {
                        return "transformer";
                    }

                    @Override
                    public String what() {
                        return "a toy";
                    }

                    @Override
                    public List<Layout> layouts() {
                        return List.of(Layout.diffusers("mark"));
                    }
                };
        return FileParts.of(file, List.of(names)).getFirst();
    }

    private StoredWeight weight(PartFile.Open open) {
        Tensor stored = tensors.get("m.a.weight");
        return open.weights().find("a.weight", stored.shape()).orElseThrow();
    }

    /** Each number is the product of value and scale in double precision, rounded once to f32. */
    private void assertScaled(DType type, double... scales) {
        try (PartFile.Open open = part().open()) {
            assertThat(open.weights().names()).containsExactlyInAnyOrder("a.weight", "mark");
            StoredWeight found = weight(open);
            assertThat(found.scale()).isNull();
            for (int row = 0; row < ROWS; row++) {
                float[] expected = new float[COLUMNS];
                for (int i = 0; i < COLUMNS; i++) {
                    double scale = scales[scales.length == 1 ? 0 : row];
                    expected[i] = (float) (number(type, values[row * COLUMNS + i]) * scale);
                }
                assertThat(found.values().row(row)).isEqualTo(expected);
            }
        }
    }

    private Tensor floats(float value, long... dims) {
        Tensor tensor = Tensor.zeros(arena, DType.F32, dims);
        for (int i = 0; i < tensor.elements(); i++) {
            tensor.host().setAtIndex(ValueLayout.JAVA_FLOAT, i, value * (i + 1));
        }
        return tensor;
    }

    @ParameterizedTest
    @EnumSource(names = {"F8_E4M3", "F8_E5M2"})
    void plainCastsAreTheNumbersThemselves(DType type) {
        values(type);
        assertScaled(type, 1);
        try (PartFile.Open open = part().open()) {
            assertThat(weight(open).dtype()).isEqualTo(DType.BF16); // which has room for all
        }
    }

    @Test
    void comfysOlderLayoutHasAScaleForEachTensor() {
        values(DType.F8_E4M3);
        tensors.put("m.scaled_fp8", bytes(DType.F8_E4M3, new byte[2], 2));
        tensors.put("m.a.scale_weight", floats(0.0371f));
        tensors.put("m.a.scale_input", floats(3));
        assertScaled(DType.F8_E4M3, 0.0371f);
    }

    @Test
    void comfysNewerLayoutSaysTheFormatBesideEachTensor() {
        values(DType.F8_E4M3);
        byte[] json = "{\"format\": \"float8_e4m3fn\"}".getBytes(StandardCharsets.UTF_8);
        tensors.put("m.a.comfy_quant", bytes(DType.U8, json, json.length));
        tensors.put("m.a.weight_scale", floats(0.0371f));
        assertScaled(DType.F8_E4M3, 0.0371f);
    }

    @Test
    void comfysNewerLayoutMaySayTheFormatsInTheHeader() {
        values(DType.F8_E5M2);
        metadata.put(
                "_quantization_metadata",
                "{\"format_version\": \"1.0\", \"layers\": {\"m.a\": {\"format\": \"float8_e5m2\"}}}");
        tensors.put("m.a.weight_scale", floats(0.0371f, 1));
        assertScaled(DType.F8_E5M2, 0.0371f);
    }

    @Test
    void lightX2vHasAScaleForEachRow() {
        values(DType.F8_E4M3);
        tensors.put("m.a.weight_scale", floats(0.013f, ROWS, 1));
        double[] scales = new double[ROWS];
        for (int i = 0; i < ROWS; i++) {
            scales[i] = 0.013f * (i + 1);
        }
        assertScaled(DType.F8_E4M3, scales);
    }

    @Test
    void modelOptHasAScaleForEachTensorAndOneForInputs() {
        values(DType.F8_E4M3);
        tensors.put("m.a.weight_scale", floats(0.0371f));
        tensors.put("m.a.input_scale", floats(2));
        assertScaled(DType.F8_E4M3, 0.0371f);
    }

    /** A piece of a scaled tensor takes the scales of its own rows. */
    @Test
    void aPieceHasTheScalesOfItsRows() {
        values(DType.F8_E4M3);
        CodedTensor whole =
                CodedTensor.of(
                        bytes(DType.F8_E4M3, values, ROWS, COLUMNS),
                        new MappedTensor(floats(1, ROWS)));
        HostTensor swapped = new Piece("x", 3, List.of(2, 0)).part(whole);
        HostTensor middle = new Piece("x", 3, List.of(1)).part(whole);
        assertThat(middle).isInstanceOf(CodedTensor.class);
        for (int row = 0; row < 2; row++) {
            assertThat(swapped.row(row)).isEqualTo(whole.row(4 + row));
            assertThat(swapped.row(2 + row)).isEqualTo(whole.row(row));
            assertThat(middle.row(row)).isEqualTo(whole.row(2 + row));
        }
    }

    @Test
    void aMissingScaleIsNotTakenForOne() {
        values(DType.F8_E4M3);
        tensors.put("m.b.scale_weight", floats(1));
        try (PartFile.Open open = part().open()) {
            assertThatThrownBy(() -> weight(open))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "%s: tensor \"m.a.weight\": expected a scale beside it, m.a.scale_weight or m.a.weight_scale, as other weights in the file have one, found none",
                            folder.resolve("x.safetensors"));
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 4, '[2, 4]'", "2, 1, '[2, 1]'", "1, 6, '[1, 6]'"})
    void scalesOfBlocksAreRefused(int rows, int columns, String shape) {
        values(DType.F8_E4M3);
        tensors.put("m.a.weight_scale", floats(1, rows, columns));
        try (PartFile.Open open = part().open()) {
            assertThatThrownBy(() -> weight(open))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "%s: tensor \"m.a.weight_scale\": expected floats of shape [], [1], [6] or [6, 1], found f32 %s",
                            folder.resolve("x.safetensors"), shape);
        }
    }

    @Test
    void otherQuantisationsAreRefused() {
        values(DType.F8_E4M3);
        byte[] json = "{\"format\": \"nvfp4\"}".getBytes(StandardCharsets.UTF_8);
        tensors.put("m.a.comfy_quant", bytes(DType.U8, json, json.length));
        tensors.put("m.a.weight_scale", floats(1));
        try (PartFile.Open open = part().open()) {
            assertThatThrownBy(() -> weight(open))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "%s: tensor \"m.a.comfy_quant\": expected a format of float8_e4m3fn, float8_e5m2, found \"nvfp4\"",
                            folder.resolve("x.safetensors"));
        }
        tensors.put("m.a.weight_scale_2", floats(1));
        try (PartFile.Open open = part().open()) {
            assertThatThrownBy(() -> weight(open))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("\"m.a.weight_scale_2\": expected one scale");
        }
    }
}
