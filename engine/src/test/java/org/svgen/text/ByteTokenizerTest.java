package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.TokenizerFiles;
import org.svgen.tensor.BadInputException;

class ByteTokenizerTest {
    @TempDir Path folder;

    @Test
    void bytesFollowThreeSpecialTokens() throws IOException {
        Tokens tokens = open("{}").encode("A\u00e9", 6);
        assertThat(tokens.ids()).containsExactly(65 + 3, 0xC3 + 3, 0xA9 + 3, 1, 0, 0);
        assertThat(tokens.used()).isEqualTo(4);
        assertThat(tokens.cut()).isZero();
    }

    @Test
    void aTextThatIsTooLongKeepsItsEnd() throws IOException {
        Tokens tokens = open("{}").encode("abcde", 4);
        assertThat(tokens.ids()).containsExactly(100, 101, 102, 1);
        assertThat(tokens.cut()).isEqualTo(2);
    }

    @Test
    void specialTokensWrittenOutBecomeThemselves() throws IOException {
        assertThat(open("{}").encode("a<extra_id_1>b</s>", 8).ids())
                .containsExactly(100, 260, 101, 1, 0, 0, 0, 0);
        assertThat(open("{\"extra_ids\": 1}").encode("<extra_id_1>", 20).used()).isEqualTo(13);
        String added = "{\"added_tokens_decoder\": {\"384\": {\"content\": \"<color-0>\"}}}";
        assertThat(open(added).encode("a<color-0>", 4).ids()).containsExactly(100, 384, 1, 0);
    }

    @Test
    void tokensWithoutANumberAreRefused() {
        String added = "{\"added_tokens_decoder\": {\"x\": {\"content\": \"<color-0>\"}}}";
        assertThatThrownBy(() -> open(added))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("\"x\": expected no key but whole numbers")
                .hasMessageNotContaining("\n");
    }

    /** Or a folder of any tokenizer, half of whose files are missing, would be read as bytes. */
    @Test
    void onlyItsClassMakesATokenizerOne() {
        assertThat(TokenizerFiles.choose("ByT5Tokenizer", "tokenizer_config.json"::equals))
                .contains(TokenizerFiles.BYTES);
        assertThat(TokenizerFiles.choose("", "tokenizer_config.json"::equals)).isEmpty();
        assertThat(TokenizerFiles.choose("T5Tokenizer", "tokenizer_config.json"::equals)).isEmpty();
    }

    private Tokenizer open(String config) throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), config);
        return ByteTokenizer.open(folder);
    }
}
