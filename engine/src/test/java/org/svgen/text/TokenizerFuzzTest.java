package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Mutator;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;

/**
 * Whatever the bytes, the answer is a tokenizer that works or one line that says what is wrong. The
 * native libraries end the process where they trip, so a failure here may look like a crash of the
 * test run.
 */
class TokenizerFuzzTest {
    private static final int RUNS = 1500;
    private static final int SLOW_RUNS = 300;
    private static final long MOST_ALLOCATED = 16 << 20;
    private static final String[] CLIP_FILES = {
        "vocab.json", "merges.txt", "tokenizer_config.json"
    };
    private static final String[] TEXTS = {
        "a red circle", "", "\0 Ünïcödé ﷺ 🎬 \uD800 \t\n ﬁ Ⅷ e\u0301", "</s><extra_id_7> <pad>a"
    };

    @TempDir Path folder;

    @Test
    void damagedSentencePieceModels() throws IOException {
        byte[] good = TinyModels.sentencePiece();
        assertThat(fuzz("spiece.model", good, 0, good.length, RUNS)).isBetween(1, RUNS - 1);
    }

    /** The golden model has a character map, which is most of it; pieces and map are damaged. */
    @Test
    void damagedCharacterMaps() throws IOException {
        Path golden = Goldens.folder("cogvideox-t2v-tiny").resolve("tokenizer/spiece.model");
        byte[] good = Files.readAllBytes(golden);
        int pieces = 3000;
        assertThat(fuzz("spiece.model", good, 0, pieces, SLOW_RUNS)).isBetween(1, SLOW_RUNS - 1);
        assertThat(fuzz("spiece.model", good, pieces, good.length, SLOW_RUNS))
                .isBetween(1, SLOW_RUNS - 1);
    }

    @Test
    void damagedTokenizerConfigs() throws IOException {
        Files.write(folder.resolve("spiece.model"), TinyModels.sentencePiece());
        byte[] good =
                "{\"tokenizer_class\": \"T5Tokenizer\", \"extra_ids\": 100, \"legacy\": true}"
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(fuzz("tokenizer_config.json", good, 0, good.length, RUNS))
                .isBetween(1, RUNS - 1);
    }

    @Test
    void damagedTokenizerJsons() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"<pad>\"}");
        byte[] good = TinyModels.json().getBytes(StandardCharsets.UTF_8);
        assertThat(fuzz("tokenizer.json", good, 0, good.length, RUNS)).isBetween(1, RUNS - 1);
    }

    @Test
    void damagedFilesOfClip() throws IOException {
        Path golden = Goldens.folder("hunyuanvideo-tiny").resolve("tokenizer_2");
        for (String name : CLIP_FILES) {
            Files.copy(golden.resolve(name), folder.resolve(name));
        }
        for (String name : CLIP_FILES) {
            byte[] good = Files.readAllBytes(golden.resolve(name));
            assertThat(fuzz(name, good, 0, good.length, SLOW_RUNS))
                    .as(name)
                    .isBetween(1, SLOW_RUNS - 1);
            Files.write(folder.resolve(name), good);
        }
    }

    /** How many of the damaged files could be used all the same. */
    private int fuzz(String name, byte[] good, int from, int to, int runs) throws IOException {
        Path file = folder.resolve(name);
        int[] opened = new int[1];
        Files.write(file, good);
        assertThat(tryToUse(-1)).isTrue();
        for (int seed = 0; seed < runs; seed++) {
            Files.write(file, new Mutator(seed).damage(good, from, to));
            int of = seed;
            long allocated = Mutator.allocation(() -> opened[0] += tryToUse(of) ? 1 : 0);
            assertThat(allocated).as("seed %d", seed).isLessThan(MOST_ALLOCATED);
        }
        return opened[0];
    }

    private boolean tryToUse(int seed) {
        try (Tokenizer tokenizer = Tokenizers.open(folder)) {
            for (String text : TEXTS) {
                Tokens tokens = tokenizer.encode(text, 20);
                assertThat(tokens.ids()).as("seed %d", seed).hasSize(20);
            }
            return true;
        } catch (BadInputException e) {
            assertThat(e).message().as("seed %d", seed).hasLineCount(1);
            return false;
        }
    }
}
