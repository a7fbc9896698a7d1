package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;

class T5TokenizerTest {
    private static final int END = 1;

    @TempDir Path folder;
    private Tokenizer tokenizer;

    @BeforeEach
    void open() {
        tokenizer = Tokenizers.open(Goldens.folder("cogvideox-t2v-tiny").resolve("tokenizer"));
    }

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "cogvideox-i2v-tiny", "wan-t2v-tiny"})
    void givesTheIdsOfTransformers(String model) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model));
                Tokenizer tokenizer = Tokenizers.open(checkpoint, "tokenizer")) {
            for (JsonNode golden : Goldens.json(model, "golden/tokens.json")) {
                int[] expected =
                        golden.get("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
                Tokens tokens = tokenizer.encode(golden.get("prompt").asString(), expected.length);
                assertThat(tokens.ids()).isEqualTo(expected);
                int padding = 0;
                while (expected[expected.length - 1 - padding] == 0) {
                    padding++;
                }
                assertThat(tokens.used()).isEqualTo(expected.length - padding);
            }
        }
    }

    @Test
    void saysHowManyTokensWereCut() {
        Tokens whole = tokenizer.encode("a red circle", 50);
        assertThat(whole.cut()).isZero();
        int text = whole.used() - 1;
        Tokens exact = tokenizer.encode("a red circle", text + 1);
        assertThat(exact.cut()).isZero();
        Tokens cut = tokenizer.encode("a red circle", text - 1);
        assertThat(cut.cut()).isEqualTo(2);
        assertThat(cut.used()).isEqualTo(text - 1);
        assertThat(cut.ids()[text - 2]).isEqualTo(END);
        assertThat(Arrays.copyOf(cut.ids(), text - 2))
                .isEqualTo(Arrays.copyOf(whole.ids(), text - 2));
        assertThat(tokenizer.encode("a red circle", 1).ids()).containsExactly(END);
    }

    @Test
    void specialTokensInTheTextBecomeThemselves() {
        int pieces = 118;
        assertThat(text("<extra_id_0>")).containsExactly(pieces + 99, END);
        assertThat(text("<extra_id_99>")).containsExactly(pieces, END);
        assertThat(text("<pad><unk>")).containsExactly(0, 2, END);
        int[] red = text("red");
        int[] expected = {red[0], pieces + 98, red[0], END};
        assertThat(red).hasSize(2);
        assertThat(text("red <extra_id_1> red")).containsExactly(expected);
        // A text that brings its own end gets no second one.
        assertThat(text("red</s>")).containsExactly(red);
        assertThat(text("<extra_id_100>").length).isGreaterThan(2);
    }

    @Test
    void takesTheNumberOfExtraIdsFromTheConfig() throws IOException {
        copyModel();
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"extra_ids\": 2}");
        try (Tokenizer two = Tokenizers.open(folder)) {
            assertThat(two.encode("<extra_id_1>", 2).ids()).containsExactly(118, END);
        }
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"extra_ids\": -1}");
        refused("\"extra_ids\": expected a whole number from 0 to 10000, found -1");
    }

    /** UMT5's has the token {@code <s>}, and 300 extra ids behind its pieces. */
    @Test
    void knowsATokenThatBeginsTexts() throws IOException {
        Files.write(folder.resolve("spiece.model"), TinyModels.sentencePiece());
        Path config = folder.resolve("tokenizer_config.json");
        Files.writeString(config, "{\"extra_ids\": 300, \"bos_token\": {\"content\": \"cle\"}}");
        try (Tokenizer umt5 = Tokenizers.open(folder)) {
            assertThat(umt5.encode("<extra_id_299>", 2).ids()).containsExactly(16, END);
            assertThat(umt5.encode("<extra_id_0>", 2).ids()).containsExactly(315, END);
            int[] circle = umt5.encode("circle", 9).ids();
            Files.writeString(config, "{}");
            try (Tokenizer t5 = Tokenizers.open(folder)) {
                assertThat(t5.encode("circle", 9).ids()).isEqualTo(circle);
            }
        }
        Files.writeString(config, "{\"bos_token\": \"<s>\"}");
        refused("no SentencePiece model for T5: no piece <s>");
    }

    /** transformers reads {@code tokenizer.json} for that class, and converts the other file. */
    @Test
    void theFastTokenizerReadsItsOwnFileFirst() throws IOException {
        Path tokenizer = Files.createDirectory(folder.resolve("tokenizer"));
        Files.write(tokenizer.resolve("spiece.model"), TinyModels.sentencePiece());
        String json = TinyModels.json().replace("\"▁red\"", "\"▁der\"");
        Files.writeString(tokenizer.resolve("tokenizer_config.json"), "{\"pad_token\": \"<pad>\"}");
        int[] split = {3, 5, 6, 1};
        int[] whole = {8, 1, 0, 0};
        assertThat(of("T5TokenizerFast")).isEqualTo(whole);
        Files.writeString(tokenizer.resolve("tokenizer.json"), json);
        assertThat(of("T5TokenizerFast")).isEqualTo(split);
        assertThat(of("T5Tokenizer")).isEqualTo(whole);
    }

    private int[] of(String className) throws IOException {
        Files.writeString(
                folder.resolve("model_index.json"),
                "{\"_class_name\": \"P\", \"tokenizer\": [\"transformers\", \"%s\"]}"
                        .formatted(className));
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                Tokenizer tokenizer = Tokenizers.open(checkpoint, "tokenizer")) {
            return tokenizer.encode("red", 4).ids();
        }
    }

    @Test
    void refusesDamagedModels() throws IOException {
        refused(
                "expected spiece.model, or tokenizer.json, or vocab.json and merges.txt, found none");
        Path file = folder.resolve("spiece.model");
        Files.write(file, new byte[0]);
        refused("no pieces");
        Files.writeString(file, "<!DOCTYPE html><html>not found</html>");
        refused("spiece.model: a web page that was saved under this name");
        Files.writeString(
                file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 791656\n");
        refused("spiece.model: a Git LFS pointer, not the file itself of 791656 bytes");
        Files.writeString(file, "<pad>");
        refused("spiece.model: no SentencePiece model for T5");
        copyModel();
        byte[] model = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(model, model.length / 2));
        refused("field 3 of");
    }

    private int[] text(String text) {
        Tokens tokens = tokenizer.encode(text, 50);
        return Arrays.copyOf(tokens.ids(), tokens.used());
    }

    private void copyModel() throws IOException {
        Path model = Goldens.folder("cogvideox-t2v-tiny").resolve("tokenizer/spiece.model");
        Files.copy(
                model,
                folder.resolve("spiece.model"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void refused(String reason) {
        assertThatThrownBy(() -> Tokenizers.open(folder))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
