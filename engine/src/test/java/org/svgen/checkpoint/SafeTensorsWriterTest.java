package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

class SafeTensorsWriterTest {
    @TempDir Path folder;

    @Test
    void whatIsWrittenIsReadBackBitForBit() {
        Path file = folder.resolve("out.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Tensor bytes = Tensor.zeros(arena, DType.U8, 3);
            bytes.host().set(ValueLayout.JAVA_BYTE, 1, (byte) -5);
            Tensor floats = Tensor.of(arena, new float[] {1, Float.NaN, -0f, 1e-40f}, 2, 2);
            Tensor nothing = Tensor.zeros(arena, DType.BF16, 0, 4);
            SafeTensorsWriter.write(
                    file,
                    Map.of("a \"b\"\n", bytes, "f", floats, "none", nothing),
                    Map.of("seed", "7"));
            try (SafeTensors read = SafeTensors.open(file)) {
                assertThat(read.metadata()).containsExactly(Map.entry("seed", "7"));
                assertThat(read.find("a \"b\"\n").orElseThrow().host().mismatch(bytes.host()))
                        .isEqualTo(-1);
                Tensor back = read.find("f").orElseThrow();
                assertThat(back.shape()).isEqualTo(floats.shape());
                assertThat(back.host().mismatch(floats.host())).isEqualTo(-1);
                assertThat(read.find("none").orElseThrow().elements()).isZero();
            }
        }
    }

    @Test
    void theHeaderIsPaddedToEightBytesAndWideTypesComeFirst() throws IOException {
        Path file = folder.resolve("out.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            SafeTensorsWriter.write(
                    file,
                    Map.of(
                            "a", Tensor.zeros(arena, DType.U8, 3),
                            "b", Tensor.zeros(arena, DType.F64, 1)),
                    Map.of());
        }
        byte[] all = Files.readAllBytes(file);
        long header = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        assertThat(header % 8).isZero();
        assertThat(all[8]).isEqualTo((byte) '{');
        assertThat(new String(all, 8, (int) header, java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain("__metadata__")
                .contains("\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}");
    }

    @Test
    void replacesAnOlderFileAndLeavesNoOther() throws IOException {
        Path file = Files.writeString(folder.resolve("out.safetensors"), "old");
        try (Arena arena = Arena.ofConfined()) {
            SafeTensorsWriter.write(file, Map.of("x", Tensor.zeros(arena, DType.F32, 1)), Map.of());
        }
        SafeTensors.open(file).close();
        assertThat(files()).containsExactly(file);
    }

    @Test
    void leavesNothingBehindWhereItCannotWrite() throws IOException {
        Path taken = folder.resolve("taken.safetensors");
        Files.createDirectories(taken.resolve("full"));
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> one = Map.of("x", Tensor.zeros(arena, DType.F32, 1));
            assertThatThrownBy(() -> SafeTensorsWriter.write(taken, one, Map.of()))
                    .isInstanceOf(SvgenException.class)
                    .hasMessageStartingWith("cannot write ");
            assertThatThrownBy(() ->
                            SafeTensorsWriter.write(
                                    folder.resolve("no/such/x.safetensors"), one, Map.of()))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("there is no folder");
        }
        assertThat(files()).containsExactly(taken);
    }

    private Stream<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        }
    }
}
