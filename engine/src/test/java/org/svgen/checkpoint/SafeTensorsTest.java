package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.svgen.checkpoint.RawSafeTensors.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;

class SafeTensorsTest {
    @TempDir Path folder;

    @Test
    void readsWhatPythonWrote() {
        Path file = Goldens.folder("cogvideox-t2v-tiny").resolve("golden/text_encoder.safetensors");
        Map<String, GoldenTensor> expected =
                Goldens.tensors("cogvideox-t2v-tiny", "golden/text_encoder.safetensors");
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.names()).isEqualTo(expected.keySet());
            expected.forEach((name, golden) -> {
                Tensor tensor = tensors.find(name).orElseThrow();
                assertThat(tensor.shape()).isEqualTo(golden.shape());
                assertThat(tensor.dtype()).isEqualTo(golden.dtype());
                assertThat(tensor.host().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE))
                        .isEqualTo(golden.data());
            });
        }
    }

    @Test
    void readsShardsThroughTheirIndex() {
        Path transformer = Goldens.folder("cogvideox-t2v-tiny").resolve("transformer");
        try (SafeTensors tensors =
                SafeTensors.open(
                        transformer.resolve("diffusion_pytorch_model.safetensors.index.json"))) {
            assertThat(tensors.file("norm_final.bias").orElseThrow())
                    .hasFileName("diffusion_pytorch_model-00004-of-00004.safetensors");
            assertThat(tensors.find("patch_embed.proj.bias").orElseThrow().dtype())
                    .isEqualTo(DType.BF16);
            assertThat(tensors.find("no.such")).isEmpty();
        }
    }

    @Test
    void acceptsEmptyTensorsScalarsAndMetadata() throws IOException {
        String header =
                "{\"__metadata__\":{\"k\":\"v\"},%s,%s}   "
                        .formatted(
                                entry("none", "F32", "[0,7]", "[0,0]"),
                                entry("one", "I64", "[]", "[0,8]"));
        try (SafeTensors tensors = SafeTensors.open(write(header, 8))) {
            assertThat(tensors.metadata()).containsEntry("k", "v");
            assertThat(tensors.find("none").orElseThrow().elements()).isZero();
            assertThat(tensors.find("one").orElseThrow().shape().rank()).isZero();
        }
    }

    @Test
    void alignsATensorThatLiesAcrossItsElements() throws IOException {
        String header =
                "{%s,%s}"
                        .formatted(
                                entry("a", "U8", "[1]", "[0,1]"),
                                entry("b", "F32", "[2]", "[1,9]"));
        try (SafeTensors tensors = SafeTensors.open(write(header, 9))) {
            Tensor tensor = tensors.find("b").orElseThrow();
            ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            bytes.order(ByteOrder.LITTLE_ENDIAN);
            assertThat(tensor.host().address() % 4).isZero();
            assertThat(tensor.toFloats()).containsExactly(bytes.getFloat(0), bytes.getFloat(4));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    [1]                                                                     | 0 | not a JSON object
                    {"a":1}                                                                 | 0 | "a": expected an object
                    {"a":{"dtype":"F32"                                                     | 0 | malformed JSON
                    {} {}                                                                   | 0 | text follows
                    {"__metadata__":{"k":1}}                                                | 0 | metadata "k": expected a text
                    {"__metadata__":[]}                                                     | 0 | "__metadata__": expected an object
                    {"__metadata__":null,"__metadata__":{}}                                 | 0 | "__metadata__" is there twice
                    {"a":null}                                                              | 0 | "a": expected an object
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":NaN}}          | 4 | malformed JSON
                    \uFEFF{}                                                                | 0 | malformed JSON
                    {"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}                   | 2 | f4 [3] ends within a byte
                    {"a":{"dtype":"F6_E2M3","shape":[5],"data_offsets":[0,4]}}              | 4 | f6_e2m3 [5] ends within a byte
                    {"a":{"dtype":"F8_E4M3FN","shape":[1],"data_offsets":[0,1]}}            | 1 | unknown dtype "F8_E4M3FN"
                    {"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}                  | 4 | unknown dtype "F31"
                    {"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}                      | 4 | unknown dtype ""
                    {"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}                 | 4 | shape holds "-1"
                    {"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}                | 4 | shape holds "1.5"
                    {"a":{"dtype":"F32","shape":[["1"]],"data_offsets":[0,4]}}              | 4 | shape holds "["
                    {"a":{"dtype":"F32","shape":3,"data_offsets":[0,4]}}                    | 4 | shape is not a list
                    {"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}| 4 | expected whole numbers
                    {"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}| 4 | overflows
                    {"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}}| 4 | overflows
                    {"a":{"dtype":"F32","shape":[0,-5],"data_offsets":[0,0]}}               | 0 | shape holds "-5"
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}                    | 4 | expected [begin, end]
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}                  | 4 | expected [begin, end]
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}                 | 4 | data_offsets holds "-4"
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}}                | 4 | data_offsets holds "4.0"
                    {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}                  | 4 | f32 [2] takes 8 bytes, but data_offsets [0, 4] span 4
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                  | 3 | ends at byte 4 of the data, but the file holds only 3
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}                  | 5 | 5 bytes of data, but tensor "a", the last, ends at 4
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}                  | 6 | leaves a gap behind the header
                    {"a":{"dtype":"F32","shape":[1]}}                                       | 4 | data_offsets is missing
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}} | 6 | tensor "b" begins at byte 2, which overlaps tensor "a" ending at 4
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}} | 9 | tensor "b" begins at byte 5, which leaves a gap behind tensor "a"
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | tensor "a" begins at byte 4, which leaves a gap behind the header
                    {"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}    | 4 | dtype is there twice
                    """)
    void refusesADamagedHeaderInOneLine(String header, int dataBytes, String reason)
            throws IOException {
        Path file = write(header, dataBytes);
        assertThatThrownBy(() -> SafeTensors.open(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesAMissingFile() {
        refused(folder.resolve("absent.safetensors"), "there is no such file");
        refused(folder, "not a file");
    }

    @Test
    void refusesATruncatedFile() throws IOException {
        refused(
                Files.write(folder.resolve("empty.safetensors"), new byte[0]),
                "truncated: 0 bytes");
        refused(
                Files.write(folder.resolve("short.safetensors"), new byte[7]),
                "truncated: 7 bytes");
    }

    @Test
    void refusesAHeaderLongerThanTheFileOrThanAllowed() throws IOException {
        byte[] all = new byte[24];
        all[0] = 17;
        refused(Files.write(folder.resolve("long.safetensors"), all), "a header of 17 bytes");
        all[7] = (byte) 0x80;
        refused(
                Files.write(folder.resolve("huge.safetensors"), all),
                "a header of 9223372036854775825 bytes is announced, but 16 follow");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {}                                                                                   | 0
                    {"__metadata__":null}                                                                | 0
                    {"__metadata__":{"k":"1","k":"2"}}                                                   | 0
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":{"y":[1,{}]},"x":null}}     | 4
                    {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}} | 4
                    {"a":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}}                             | 0
                    {"a":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}                                | 4
                    {"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],"data_offsets":[0,2]}} | 2
                    {"b":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},"a":{"dtype":"F4","shape":[8],"data_offsets":[0,4]}} | 5
                    """)
    void opensWhatTheFormatsOwnLibraryOpens(String header, int dataBytes) throws IOException {
        for (String padding : new String[] {"", "   ", "\r \t\n"}) {
            try (SafeTensors tensors = SafeTensors.open(write(header + padding, dataBytes))) {
                assertThat(tensors.source()).exists();
            }
        }
        try (SafeTensors tensors = SafeTensors.open(write("\t\n" + header, dataBytes))) {
            assertThat(tensors.names()).hasSizeLessThan(3);
        }
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void aTypeThatNobodyReadsIsNotInTheWay(StoredType type) throws IOException {
        String header =
                "{%s,%s}"
                        .formatted(
                                entry("a", type.name(), "[2,4]", "[0,%d]".formatted(type.bits())),
                                entry(
                                        "b",
                                        "F32",
                                        "[1]",
                                        "[%d,%d]".formatted(type.bits(), type.bits() + 4)));
        Path file = write(header, type.bits() + 4);
        try (SafeTensors tensors = SafeTensors.open(file)) {
            assertThat(tensors.find("b").orElseThrow().elements()).isEqualTo(1);
            assertThat(tensors.entry("a").orElseThrow().type()).isEqualTo(type);
            if (type.dtype().isPresent()) {
                assertThat(tensors.find("a").orElseThrow().bytes()).isEqualTo(type.bits());
            } else {
                assertThatThrownBy(() -> tensors.find("a"))
                        .isInstanceOf(BadInputException.class)
                        .hasMessage("%s: tensor \"a\": %s is not supported".formatted(file, type));
            }
        }
    }

    @Test
    void refusesAHeaderInAnotherEncodingThanUtf8() throws IOException {
        byte[] json = "{}".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        byte[] all =
                ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN).putLong(4).put(json).array();
        refused(Files.write(folder.resolve("utf16.safetensors"), all), "malformed JSON");
        all[8] = '"';
        all[9] = (byte) 0xff;
        refused(Files.write(folder.resolve("latin.safetensors"), all), "malformed JSON");
    }

    @Test
    void saysWhatLiesInPlaceOfAFile() throws IOException {
        refused(
                Files.writeString(
                        folder.resolve("p.safetensors"),
                        "version https://git-lfs.github.com/spec/v1\noid sha256:07\nsize 431221142\n"),
                "a Git LFS pointer, not the file itself of 431221142 bytes: 'git lfs pull'");
        for (String page :
                new String[] {"<!DOCTYPE html><p>", "\n <html lang=\"en\">", "<?xml version"}) {
            refused(
                    Files.writeString(folder.resolve("h.safetensors"), page),
                    "a web page that was saved under this name");
            Path json = Files.writeString(folder.resolve("h.json"), page);
            assertThatThrownBy(() -> Config.read(json)).hasMessageContaining("a web page");
        }
    }

    @Test
    void keepsAMessageOnOneLineWhateverTheNames() throws IOException {
        String name = "x\\n\\r\\u2028" + "y".repeat(500);
        assertThatThrownBy(() ->
                        SafeTensors.open(write("{" + entry(name, "F9", "[]", "[0,0]") + "}", 0)))
                .isInstanceOf(BadInputException.class)
                .message()
                .hasLineCount(1)
                .hasSizeLessThan(600);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    [1]                                              | expected a JSON object
                    {"metadata":{"total_size":4}}                    | expected a "weight_map"
                    {"weight_map":["a"]}                             | expected a "weight_map"
                    {"weight_map":{"a":1}}                           | expected the name of a .safetensors file
                    {"weight_map":{"a":"../s.safetensors"}}          | expected the name of a .safetensors file
                    {"weight_map":{"a":"/etc/passwd"}}               | expected the name of a .safetensors file
                    {"weight_map":{"a":"absent.safetensors"}}        | there is no such file
                    {"weight_map":{"b":"s.safetensors"}}             | tensor "b" is not in s.safetensors
                    {"weight_map":{"a":"s.safetensors","a":"s.safetensors"}} | Duplicate
                    {"weight_map":{"a":                              | malformed JSON
                    """)
    void refusesADamagedIndexInOneLine(String json, String reason) throws IOException {
        RawSafeTensors.write(
                folder.resolve("s.safetensors"), "{" + entry("a", "F32", "[1]", "[0,4]") + "}", 4);
        refused(Files.writeString(folder.resolve("m.safetensors.index.json"), json), reason);
    }

    private Path write(String header, int dataBytes) throws IOException {
        return RawSafeTensors.write(folder.resolve("x.safetensors"), header, dataBytes);
    }

    private static void refused(Path file, String reason) {
        assertThatThrownBy(() -> SafeTensors.open(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
