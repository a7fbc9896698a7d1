package org.svgen.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;

class TorchFileTest {
    private static final Path PUBLISHED = Goldens.folder("metrics_published");

    /** The magic number and the version; the machine. */
    private static final String BEGINNING =
            "\u0080\u0002\u008a\n\u006c\u00fc\u009c\u0046\u00f9\u0020\u006a\u00a8\u0050\u0019."
                    + "\u0080\u0002M\u00e9\u0003."
                    + "\u0080\u0002}U\rlittle_endian\u0088s.";

    @TempDir Path folder;

    /** Zips of today, and pickles one behind the other with parameters in them. */
    @ParameterizedTest
    @ValueSource(strings = {"squeeze_narrow.pth", "squeeze_narrow.legacy.pth"})
    void readsWhatTorchHasSaved(String name) {
        Map<String, GoldenTensor> expected =
                Goldens.tensors("metrics_published", "squeeze_narrow.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> found =
                    TorchFile.read(
                            PUBLISHED.resolve(name), key -> key.startsWith("features."), arena);
            assertThat(found).hasSize(50);
            found.forEach((key, tensor) -> {
                GoldenTensor golden = expected.get(key);
                assertThat(golden).as(key).isNotNull();
                assertThat(tensor.shape()).as(key).isEqualTo(golden.shape());
                assertThat(tensor.toFloats()).as(key).isEqualTo(golden.floats());
            });
        }
    }

    @Test
    void readsNumbersThatTheFileHasInAnotherOrderThanItsTensors() {
        Map<String, GoldenTensor> expected =
                Goldens.tensors("metrics_published", "squeeze_narrow.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> found =
                    TorchFile.read(PUBLISHED.resolve("linear.legacy.pth"), key -> true, arena);
            assertThat(found.keySet())
                    .containsExactly(
                            "lin0.model.1.weight",
                            "lin1.model.1.weight",
                            "lin2.model.1.weight",
                            "lin3.model.1.weight",
                            "lin4.model.1.weight",
                            "lin5.model.1.weight",
                            "lin6.model.1.weight");
            found.forEach((key, tensor) ->
                    assertThat(tensor.toFloats()).isEqualTo(expected.get(key).floats()));
        }
    }

    /** As trunks of 2017 are: a parameter made of a tensor, with attributes set afterwards. */
    @Test
    void readsParametersAsOldVersionsHaveSavedThem() throws IOException {
        String tensor =
                "ctorch._utils\n_rebuild_tensor\n((U\u0007storageCLASS"
                        + "U\u00017U\u0003cpuK\u0006NtQK\u0001K\u0002K\u0002\u0086K\u0002K\u0001\u0086tR";
        String content =
                "\u0080\u0002ccollections\nOrderedDict\n)R(U\u0001wctorch.nn.parameter\nParameter\n"
                        + tensor.replace("CLASS", "ctorch\nFloatStorage\n")
                        + "\u0085R(\u0088\u0089ccollections\nOrderedDict\n)Rtbu.";
        Path file = legacy(content, "\u0080\u0002]U\u00017a.", 6, 0, 1, 2, 3, 4, 5);
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> found = TorchFile.read(file, key -> true, arena);
            assertThat(found.get("w").shape().dims()).containsExactly(2, 2);
            assertThat(found.get("w").toFloats()).containsExactly(1, 2, 3, 4);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cos\\nsystem\\n(U\\u0002lstR.                  | it names "os.system"; nothing of it was run
                    c__builtin__\\neval\\n(U\\u00011tR.            | it names "__builtin__.eval"
                    U\\u0002osU\\u0006system\\u0093.               | it names "os.system"
                    ctorch._utils\\n_rebuild_tensor_v2\\n)R.       | expected a tensor as storage, offset
                    ctorch\\nFloatStorage\\n)R.                    | found a call that makes none
                    U\\u0001x)R.                                   | found a call that makes none
                    U\\u0001x}b.                                   | expected attributes of a dict or a tensor
                    ios\\nsystem\\n.                               | found operation 0x69
                    h\\u0005.                                      | value 5 is used before it is there
                    .                                              | a value is missing
                    t.                                             | a mark is missing
                    K\\u0001K\\u0002.                              | expected one value, found more
                    U\\u0007storageQ.                              | expected a list or a tuple
                    K\\u0001.                                      | expected a dict of tensors
                    X\\u00ff\\u00ff\\u00ff\\u007f.                 | expected texts of at most 65536 bytes
                    }(U\\u0001xu.                                  | expected a dict to put pairs into
                    }U\\u0001xK\\u0001s.                           | found something else under "x"
                    \\u008a\\u0009000000000.                       | expected numbers of at most 64 bits
                    """)
    void whatIsNoDictOfTensorsIsToldInOneLine(String pickle, String message) throws IOException {
        Path file = folder.resolve("zip.pth");
        byte[] bytes = latin(unescaped(pickle));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            stored(zip, "a/data.pkl", bytes);
        }
        refused(file, message);
    }

    @Test
    void numbersThatDoNotFitTheirTensorAreTold() throws IOException {
        String head = "\u0080\u0002}U\u0001wctorch._utils\n_rebuild_tensor_v2\n((U\u0007storage";
        String rest = "U\u00017U\u0003cpuK\u0004NtQ";
        String floats = "ctorch\nFloatStorage\n";
        String keys = "\u0080\u0002]U\u00017a.";
        String sound = "K\u0000K\u0002K\u0002\u0086K\u0002K\u0001\u0086\u0089Nts.";
        sound = sound.replace("ts.", "tRs.");
        try (Arena arena = Arena.ofConfined()) {
            Path file = legacy(head + floats + rest + sound, keys, 4, 1, 2, 3, 4);
            assertThat(TorchFile.read(file, key -> true, arena).get("w").toFloats())
                    .containsExactly(1, 2, 3, 4);
        }
        String transposed =
                sound.replace("K\u0002K\u0001\u0086\u0089", "K\u0001K\u0002\u0086\u0089");
        refused(
                legacy(head + floats + rest + transposed, keys, 4, 1, 2, 3, 4),
                "tensor \"w\": expected numbers that lie one behind the other, found sizes [2, 2] and strides [1, 2] from number 0 of 4");
        refused(
                legacy(
                        head + floats + rest + sound.replaceFirst("K.", "K\u0001"),
                        keys,
                        4,
                        1,
                        2,
                        3,
                        4),
                "from number 1 of 4");
        refused(
                legacy(head + floats + rest + sound, keys, 5, 1, 2, 3, 4, 5),
                "expected 4 numbers, found 5");
        refused(legacy(head + floats + rest + sound, keys, 4, 1, 2, 3), "it is cut short");
        refused(legacy(head + floats + rest + sound, keys, 4, 1, 2, 3, 4, 5), "bytes, found");
        refused(
                legacy(head + floats + rest + sound, keys.replace('7', '8'), 4, 1, 2, 3, 4),
                "it lists numbers that no tensor has");
        refused(
                legacy(head + "cos\nsystem\n" + rest + sound, keys, 4, 1, 2, 3, 4),
                "it names \"os.system\"");
    }

    @Test
    void zipsThatAreNoneOfTorchAreTold() throws IOException {
        Path file = folder.resolve("zip.pth");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            stored(zip, "data.txt", new byte[3]);
        }
        refused(file, "expected a zip with one FOLDER/data.pkl");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            stored(zip, "a/data.pkl", latin("}."));
            stored(zip, "a/byteorder", latin("big"));
        }
        refused(file, "expected numbers of a little-endian machine");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry("a/data.pkl"));
            zip.write(latin("}."));
        }
        refused(file, "not compressed");
        Files.writeString(file, "<html>");
        refused(file, "expected a file that torch.save wrote");
        refused(folder.resolve("none.pth"), "there is no such file");
    }

    /** Whatever a file holds: tensors come of it, or one line. */
    @ParameterizedTest
    @ValueSource(strings = {"squeeze_narrow.pth", "squeeze_narrow.legacy.pth", "linear.legacy.pth"})
    void damagedFilesAreRefusedAndDoNoHarm(String name) throws IOException {
        byte[] sound = Files.readAllBytes(PUBLISHED.resolve(name));
        Random random = new Random(3);
        Path file = folder.resolve("damaged.pth");
        int refused = 0;
        for (int i = 0; i < 150; i++) {
            byte[] bytes = sound.clone();
            if (i % 3 == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            } else {
                for (int k = 0; k <= i % 5; k++) {
                    bytes[random.nextInt(Math.min(bytes.length, 9000))] = (byte) random.nextInt();
                }
            }
            Files.write(file, bytes);
            try (Arena arena = Arena.ofConfined()) {
                assertThat(TorchFile.read(file, key -> true, arena)).isNotNull();
            } catch (BadInputException e) {
                assertThat(e.getMessage()).startsWith(file + ": ").doesNotContain("\n");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(50);
    }

    private void refused(Path file, String message) {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> TorchFile.read(file, key -> true, arena))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith(file + ": ")
                    .hasMessageContaining(message)
                    .hasMessageNotContaining("\n");
        }
    }

    /** With numbers of one key behind the pickles. */
    private Path legacy(String content, String keys, long count, float... numbers)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(latin(BEGINNING + content + keys));
        ByteBuffer raw =
                ByteBuffer.allocate(Long.BYTES + Float.BYTES * numbers.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(count);
        for (float number : numbers) {
            raw.putFloat(number);
        }
        out.write(raw.array());
        return Files.write(folder.resolve("legacy.pth"), out.toByteArray());
    }

    private static void stored(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Line feeds and codes of characters. */
    private static String unescaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\n", i)) {
                out.append('\n');
                i++;
            } else if (text.startsWith("\\u", i)) {
                out.append((char) Integer.parseInt(text, i + 2, i + 6, 16));
                i += 5;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }
}
