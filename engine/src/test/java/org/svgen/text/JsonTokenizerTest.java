package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class JsonTokenizerTest {
    @TempDir Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), TinyModels.json());
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"<pad>\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a red circle", "red", "", "credible", "a  red   red"})
    void givesTheSameIdsAsSentencePiece(String text) throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.write(other.resolve("spiece.model"), TinyModels.sentencePiece());
        try (Tokenizer json = Tokenizers.open(folder);
                Tokenizer sentencePiece = Tokenizers.open(other)) {
            for (int length : new int[] {1, 2, 3, 5, 20}) {
                Tokens expected = sentencePiece.encode(text, length);
                Tokens actual = json.encode(text, length);
                assertThat(actual.ids()).isEqualTo(expected.ids());
                assertThat(actual.used()).isEqualTo(expected.used());
                assertThat(actual.cut()).isEqualTo(expected.cut());
            }
        }
    }

    @Test
    void thePaddingTokenMayBeAnObject() throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                "{\"pad_token\": {\"content\": \"<pad>\", \"lstrip\": false}}");
        try (Tokenizer tokenizer = Tokenizers.open(folder)) {
            assertThat(tokenizer.encode("red", 4).ids()).containsExactly(8, 1, 0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "model"                | "mode"                            | expected an object "model"
                    "unk_id":2             | "unk":2                           | a Unigram model needs an unk_id
                    "special_tokens":{"</s>| "special_tokens":{"</t>           | the template's token </s> is not described
                    {"type":"Replace",     | {"type":"Precompiled",            | expected a text "precompiled_charsmap"
                    "byte_fallback":false  | "continuing_subword_prefix":"##"  | continuing_subword_prefix
                    {"version"             | {{"version"                       | malformed JSON in line 1, column 2: Unexpected character '{'
                    "version":"1.0"        | "version":"9"                     | the tokenizer says: Unknown tokenizer version
                    """)
    void refusesWhatWouldTripTheLibrary(String part, String by, String reason) throws IOException {
        assertThat(TinyModels.json()).contains(part);
        Files.writeString(folder.resolve("tokenizer.json"), TinyModels.json().replace(part, by));
        refused(reason);
    }

    @Test
    void refusesAPadTokenThatIsNone() throws IOException {
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"pad_token\": \"red cle\"}");
        refused("\"pad_token\": expected one token of tokenizer.json, found the text \"red cle\"");
    }

    private void refused(String reason) {
        assertThatThrownBy(() -> Tokenizers.open(folder))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
