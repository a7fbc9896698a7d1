package org.svgen.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.Mutator;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.block.BlockFormat;
import org.svgen.testkit.BlockDefinitions;

/** Files of random blocks, as llama.cpp's format defines them. */
class GgufTest {
    private static final int RUNS = 1000;
    private static final long MOST_ALLOCATED = 4 << 20;

    @TempDir Path folder;

    private final Random random = new Random(11);

    private byte[] blocks(BlockFormat type, int count) {
        return BlockDefinitions.random(type, count, random);
    }

    @ParameterizedTest
    @CsvSource({
        "Q4_0, 2",
        "Q4_1, 3",
        "Q5_0, 6",
        "Q5_1, 7",
        "Q8_0, 8",
        "Q3_K, 11",
        "Q4_K, 12",
        "Q5_K, 13",
        "Q6_K, 14"
    })
    void eachNumberIsThatOfTheDefinitionRoundedOnce(BlockFormat type, int id) {
        byte[] all = blocks(type, 3 * 40);
        int numbers = type.numbers();
        Path file =
                new GgufWriter()
                        .tensor("w", id, all, 3, 40L * numbers)
                        .write(folder.resolve(type + ".gguf"));
        try (Gguf gguf = Gguf.open(file)) {
            HostTensor tensor = gguf.find("w").orElseThrow();
            assertThat(tensor.dtype()).isEqualTo(DType.F32);
            for (int row = 0; row < 3; row++) {
                float[] expected = new float[40 * numbers];
                for (int i = 0; i < expected.length; i++) {
                    int block = (row * 40 + i / numbers) * type.bytes();
                    expected[i] = (float) BlockDefinitions.number(type, all, block, i % numbers);
                    expected[i] += 0f; // there is no minus 0 in sums
                }
                float[] found = tensor.row(row);
                for (int i = 0; i < found.length; i++) {
                    found[i] += 0f;
                }
                assertThat(found).as("row %d", row).isEqualTo(expected);
            }
        }
    }

    @Test
    void floatsAreUsedWhereTheyLie() {
        byte[] floats = new byte[24];
        ByteBuffer.wrap(floats)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1.5f)
                .putFloat(-2)
                .putFloat(3)
                .putFloat(4)
                .putFloat(5)
                .putFloat(6);
        Path file =
                new GgufWriter()
                        .text("general.architecture", "wan")
                        .tokenizer()
                        .tensor("f32", 0, floats, 2, 3)
                        .tensor("f16", 1, new byte[] {0, 0x3c, 0, (byte) 0xc0}, 2)
                        .tensor("bf16", 30, new byte[] {(byte) 0x80, 0x3f, 0, 0x40}, 1, 2)
                        .write(folder.resolve("x.gguf"));
        try (Gguf gguf = Gguf.open(file)) {
            assertThat(gguf.texts()).containsEntry("general.architecture", "wan");
            assertThat(gguf.shapes().get("f32")).isEqualTo(Shape.of(2, 3));
            assertThat(gguf.find("f32").orElseThrow().row(0)).containsExactly(1.5f, -2, 3);
            assertThat(gguf.find("f16").orElseThrow().row(0)).containsExactly(1, -2);
            assertThat(gguf.find("bf16").orElseThrow().row(0)).containsExactly(1, 2);
            assertThat(gguf.find("bf16").orElseThrow().dtype()).isEqualTo(DType.BF16);
            assertThat(gguf.find("nothing")).isEmpty();
        }
    }

    /** Tools flatten tensors of five dimensions; rows then begin within blocks. */
    @Test
    void theOriginalShapeCountsAndRowsMayBeginWithinBlocks() {
        byte[] all = blocks(BlockFormat.Q8_0, 3);
        Path file =
                new GgufWriter()
                        .originalShape("w", 2, 4, 1, 3, 4)
                        .tensor("w", 8, all, 1, 96)
                        .write(folder.resolve("x.gguf"));
        try (Gguf gguf = Gguf.open(file)) {
            HostTensor tensor = gguf.find("w").orElseThrow();
            assertThat(tensor.shape()).isEqualTo(Shape.of(2, 4, 1, 3, 4));
            for (int row = 0; row < 2; row++) {
                float[] found = tensor.row(row);
                assertThat(found).hasSize(48);
                for (int i = 0; i < 48; i++) {
                    int at = row * 48 + i;
                    assertThat(found[i])
                            .isEqualTo(
                                    (float)
                                            BlockDefinitions.number(
                                                    BlockFormat.Q8_0, all, at / 32 * 34, at % 32));
                }
            }
        }
    }

    private String refusal(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("x.gguf"), bytes);
        BadInputException[] caught = new BadInputException[1];
        assertThatThrownBy(
                        () -> {
                            try (Gguf gguf = Gguf.open(file)) {
                                gguf.shapes()
                                        .keySet()
                                        .forEach(name -> gguf.find(name).orElseThrow().row(0));
                            }
                        })
                .isInstanceOfSatisfying(BadInputException.class, e -> caught[0] = e);
        return String.valueOf(caught[0].getMessage()).replace(file.toString(), "FILE");
    }

    @Test
    void aTruncatedFileNamesTheTensor() throws IOException {
        byte[] whole = new GgufWriter().tensor("w", 8, blocks(BlockFormat.Q8_0, 4), 2, 64).bytes();
        assertThat(refusal(Arrays.copyOf(whole, whole.length - 1)))
                .isEqualTo(
                        "FILE: tensor \"w\": truncated: it has 136 bytes from byte 0 of the numbers on, but there are 135");
        assertThat(refusal(Arrays.copyOf(whole, 30)))
                .isEqualTo("FILE: truncated: it ends within its header");
    }

    @Test
    void anUnknownTypeIsNamedWhereItIsUsed() throws IOException {
        assertThat(refusal(new GgufWriter().tensor("w", 16, new byte[66], 1, 256).bytes()))
                .isEqualTo(
                        "FILE: tensor \"w\": expected a type of F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q3_K, Q4_K, Q5_K, Q6_K, BF16, found number 16 of ggml's types");
    }

    @Test
    void otherVersionsAreRefused() throws IOException {
        GgufWriter writer = new GgufWriter();
        writer.version = 1;
        assertThat(refusal(writer.bytes()))
                .isEqualTo("FILE: expected version 2 or 3 of GGUF, found 1 in the header");
        writer.version = 3 << 24;
        assertThat(refusal(writer.bytes())).contains("found a big-endian file in the header");
    }

    @Test
    void blocksMustBeWhole() throws IOException {
        assertThat(refusal(new GgufWriter().tensor("w", 8, new byte[34], 33).bytes()))
                .isEqualTo(
                        "FILE: tensor \"w\": expected a multiple of 32 numbers, as Q8_0 has them in a block, found shape [33]");
    }

    @Test
    void twoTensorsOfOneNameAreRefused() throws IOException {
        byte[] bytes = new byte[8];
        assertThat(
                        refusal(
                                new GgufWriter()
                                        .tensor("w", 0, bytes, 2)
                                        .tensor("w", 0, bytes, 2)
                                        .bytes()))
                .isEqualTo("FILE: expected one tensor \"w\", found two in the header");
    }

    /** Whatever a header says, its tensors can be read or it is refused in one line. */
    @Test
    void damagedHeadersNeverDoMoreThanRefuse() throws IOException {
        byte[] whole =
                new GgufWriter()
                        .text("general.architecture", "wan")
                        .number("general.alignment", 32)
                        .originalShape("a", 2, 1, 32)
                        .tokenizer()
                        .tensor("a", 8, blocks(BlockFormat.Q8_0, 2), 2, 32)
                        .tensor("b", 0, new byte[16], 4)
                        .tensor("c", 12, blocks(BlockFormat.Q4_K, 2), 2, 256)
                        .bytes();
        int numbers = 64 + 2 * 144 + 16 + 68;
        Path file = folder.resolve("x.gguf");
        int opened = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            Files.write(file, new Mutator(seed).damage(whole, 0, whole.length - numbers));
            opened += tryToOpen(file, seed) ? 1 : 0;
        }
        assertThat(opened).as("some damage is harmless").isBetween(RUNS / 50, RUNS * 9 / 10);
    }

    private static boolean tryToOpen(Path file, int seed) {
        boolean[] opened = new boolean[1];
        long allocated =
                Mutator.allocation(() -> {
                    try (Gguf gguf = Gguf.open(file)) {
                        for (String name : gguf.shapes().keySet()) {
                            HostTensor tensor = gguf.find(name).orElseThrow();
                            for (int row = 0; row < Math.min(tensor.rows(), 3); row++) {
                                assertThat(tensor.row(row)).isNotNull();
                            }
                        }
                        opened[0] = true;
                    } catch (BadInputException e) {
                        assertThat(e).message().as("seed %d", seed).hasLineCount(1);
                    }
                });
        assertThat(allocated).as("seed %d", seed).isLessThan(MOST_ALLOCATED);
        return opened[0];
    }
}
