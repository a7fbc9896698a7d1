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

    private LlamaConfig read(String keys) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(
                file,
                """
                {"architectures": ["LlamaModel"], "hidden_size": 32, "num_attention_heads": 4,
                 "vocab_size": 9, "intermediate_size": 64, "num_hidden_layers": 4, %s}
                """
                        .formatted(keys));
        return LlamaConfig.read(Config.read(file));
    }
}
