package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

class LlamaConfigTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "rope_theta": 500000.0, "rope_scaling": null | 500000
                    "rope_parameters": {"rope_theta": 500000.0, "rope_type": "default"} | 500000
                    "rope_theta": 20000, "rope_parameters": {"rope_type": "default"} | 20000
                    "head_dim": 8 | 10000
                    """)
    void theBaseOfTheFrequenciesStandsInOldAndNewPlaces(String keys, double theta)
            throws IOException {
        assertThat(read(keys).theta()).isEqualTo(theta);
    }

    @Test
    void stretchedFrequenciesAreRefused() {
        assertThatThrownBy(() -> read("\"rope_scaling\": {\"rope_type\": \"llama3\"}"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("\"rope_type\": expected \"default\", found the text");
    }

    @Test
    void headsHaveTheirShareOfTheWidthUnlessToldOtherwise() throws IOException {
        assertThat(read("\"rms_norm_eps\": 1e-5").headDim()).isEqualTo(8);
        assertThat(read("\"head_dim\": 6").headDim()).isEqualTo(6);
        assertThat(read("\"num_key_value_heads\": null").keyHeads()).isEqualTo(4);
    }

    @Test
    void qwenHasBiasesOfQueriesKeysAndValuesAlone() throws IOException {
        LlamaConfig qwen = readQwen("\"use_sliding_window\": false, \"sliding_window\": null");
        assertThat(qwen.attentionBias()).isTrue();
        assertThat(qwen.outputBias()).isFalse();
        assertThat(qwen.theta()).isEqualTo(1e6);
        assertThat(read("\"attention_bias\": true").outputBias()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "use_sliding_window": true | "use_sliding_window": expected false
                    "layer_types": ["full_attention", "sliding_attention"] | "layer_types": expected "full_attention"
                    "rope_parameters": {"rope_type": "yarn"} | "rope_type": expected "default"
                    """)
    void qwenWithOtherAttentionIsRefused(String keys, String reason) {
        assertThatThrownBy(() -> readQwen(keys))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    @Test
    void oneModelIsNotReadAsTheOther() {
        assertThatThrownBy(() -> LlamaConfig.readQwen(config("LlamaModel", "\"x\": 1")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("unknown class");
        assertThatThrownBy(() -> LlamaConfig.read(config("Qwen2_5_VLTextModel", "\"x\": 1")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("unknown class");
    }

    private LlamaConfig read(String keys) throws IOException {
        return LlamaConfig.read(config("LlamaModel", keys));
    }

    private LlamaConfig readQwen(String keys) throws IOException {
        return LlamaConfig.readQwen(config("Qwen2_5_VLTextModel", keys));
    }

    private Config config(String type, String keys) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(
                file,
                """
                {"architectures": ["%s"], "hidden_size": 32, "num_attention_heads": 4,
                 "vocab_size": 9, "intermediate_size": 64, "num_hidden_layers": 4, %s}
                """
                        .formatted(type, keys));
        return Config.read(file);
    }
}
