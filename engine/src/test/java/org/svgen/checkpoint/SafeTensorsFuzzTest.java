package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.checkpoint.RawSafeTensors.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

/**
 * Whatever the bytes, the answer is tensors that can be read or one line that says what is wrong.
 */
class SafeTensorsFuzzTest {
    private static final int RUNS = 3000;
    private static final long MOST_ALLOCATED = 2 << 20;

    @TempDir Path folder;

    @Test
    void damagedHeaders() throws IOException {
        byte[] good = Files.readAllBytes(writeShard("s.safetensors", "a"));
        int header = (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        Path file = folder.resolve("x.safetensors");
        int opened = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            byte[] bad = new Mutator(seed).damage(good, seed % 4 == 0 ? 0 : 8, 8 + header);
            if (seed % 4 != 0) {
                // A right length lets the damage through to the header's own checks.
                long grown = (long) bad.length - good.length + header;
                bad = bad.length < 8 ? bad : withLength(bad, grown);
            }
            Files.write(file, bad);
            opened += tryToOpen(file, seed) ? 1 : 0;
        }
        assertThat(opened).as("some damage is harmless").isBetween(1, RUNS / 2);
    }

    @Test
    void damagedIndexes() throws IOException {
        writeShard("s.safetensors", "a");
        writeShard("t.safetensors", "b");
        byte[] good =
                """
                {"metadata": {"total_size": 44},
                 "weight_map": {"a.x": "s.safetensors", "a.y": "s.safetensors", "b.x": "t.safetensors"}}
                """
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Path file = folder.resolve("x.safetensors.index.json");
        int opened = 0;
        for (int seed = 0; seed < RUNS / 2; seed++) {
            Files.write(file, new Mutator(seed).damage(good));
            opened += tryToOpen(file, seed) ? 1 : 0;
        }
        assertThat(opened).isBetween(1, RUNS / 4);
    }

    private boolean tryToOpen(Path file, int seed) {
        boolean[] opened = new boolean[1];
        long allocated =
                Mutator.allocation(() -> {
                    try (SafeTensors tensors = SafeTensors.open(file)) {
                        for (String name : tensors.names()) {
                            var bytes = tensors.find(name).orElseThrow().host();
                            assertThat(bytes.mismatch(bytes.asReadOnly())).isEqualTo(-1);
                        }
                        opened[0] = true;
                    } catch (BadInputException e) {
                        assertThat(e).message().as("seed %d", seed).hasLineCount(1);
                    }
                });
        assertThat(allocated).as("seed %d", seed).isLessThan(MOST_ALLOCATED);
        return opened[0];
    }

    private Path writeShard(String file, String prefix) throws IOException {
        String header =
                "{\"__metadata__\":{\"format\":\"pt\"},%s,%s,%s}"
                        .formatted(
                                entry(prefix + ".x", "F32", "[2,2]", "[0,16]"),
                                entry(prefix + ".y", "BF16", "[1]", "[16,18]"),
                                entry(prefix + ".z", "U8", "[4]", "[18,22]"));
        return RawSafeTensors.write(folder.resolve(file), header, 22);
    }

    private static byte[] withLength(byte[] file, long header) {
        byte[] copy = Arrays.copyOf(file, file.length);
        ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header);
        return copy;
    }
}
