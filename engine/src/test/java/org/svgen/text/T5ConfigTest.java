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
import org.svgen.tensor.op.Activation;

class T5ConfigTest {
    private static final String GOOD =
            """
            {"architectures": ["T5EncoderModel"], "vocab_size": 32128, "d_model": 4096, "d_kv": 64,
             "d_ff": 10240, "num_layers": 24, "num_heads": 64, "feed_forward_proj": "gated-gelu"}
            """;

    @TempDir Path folder;

    @Test
    void fillsInWhatAnOlderConfigLeavesOut() throws IOException {
        assertThat(read(GOOD))
                .isEqualTo(
                        new T5Config(
                                32128,
                                4096,
                                64,
                                10240,
                                24,
                                64,
                                Activation.GELU_TANH,
                                true,
                                32,
                                128,
                                1e-6f,
                                false));
    }

    @Test
    void umt5HasItsDistancesInEveryBlock() throws IOException {
        assertThat(read(GOOD.replace("T5Enc", "UMT5Enc")).biasInEveryBlock()).isTrue();
        assertThat(read(GOOD).biasInEveryBlock()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "relu,RELU,false",
        "gated-relu,RELU,true",
        "gelu,GELU,false",
        "gelu_new,GELU_TANH,false",
        "gated-silu,SILU,true"
    })
    void knowsTheFeedForwardLayers(String name, Activation activation, boolean gated)
            throws IOException {
        T5Config config = read(GOOD.replace("gated-gelu", name));
        assertThat(config.activation()).isEqualTo(activation);
        assertThat(config.gated()).isEqualTo(gated);
    }

    @Test
    void refusesWhatItCannotBuild() {
        refused(GOOD.replace("T5EncoderModel", "BertModel"), "unknown class \"BertModel\"");
        refused(GOOD.replace("gated-gelu", "swish"), "expected relu, gelu");
        refused(
                GOOD.replace("4096", "0"),
                "\"d_model\": expected a whole number from 1 to 1048576");
        refused(
                GOOD.replace("\"d_kv\"", "\"relative_attention_num_buckets\": 6, \"d_kv\""),
                "\"relative_attention_num_buckets\"");
    }

    private T5Config read(String json) throws IOException {
        return T5Config.read(Config.read(Files.writeString(folder.resolve("config.json"), json)));
    }

    private void refused(String json, String reason) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(reason);
    }
}
