package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

class WanConfigTest {
    private static WanConfig read(String more) {
        String json = "{\"_class_name\": \"WanTransformer3DModel\"" + more + "}";
        return WanConfig.read(
                Config.parse(Path.of("config.json"), json.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatIsAbsentIsAsDiffusersHasIt() {
        WanConfig c = read("");
        assertThat(c.width()).isEqualTo(5120);
        assertThat(c.layers()).isEqualTo(40);
        assertThat(c.hidden()).isEqualTo(13824);
        assertThat(c.patchValues(c.inChannels())).isEqualTo(64);
        assertThat(c.ropeDims()).containsExactly(44, 42, 42);
        assertThat(c.imageDim()).isEmpty();
        assertThat(read(", \"in_channels\": 36").outChannels()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"patch_size\": [1, 2]| three whole numbers",
                "\"patch_size\": [1, 2, 4]| the last two equal",
                "\"patch_size\": [0, 2, 2]| from 1 to 32",
                "\"attention_head_dim\": 63| an even number",
                "\"freq_dim\": 7| an even number",
                "\"qk_norm\": \"rms_norm\"| rms_norm_across_heads",
                "\"in_channels\": 8| at most the 8 of in_channels",
                "\"image_dim\": 1280| added_kv_proj_dim",
                "\"added_kv_proj_dim\": 5120| null, as image_dim is",
                "\"image_dim\": 1280, \"added_kv_proj_dim\": 64| the width of the model",
                "\"pos_embed_seq_len\": 514| null, as image_dim is",
                "\"num_layers\": 0| num_layers",
                "\"eps\": -1| eps",
                "\"rope_max_seq_len\": 0| rope_max_seq_len",
                "\"cross_attn_norm\": 3| true or false"
            })
    void aWrongValueIsRefusedInOneLine(String json, String message) {
        assertThatThrownBy(() -> read(", " + json))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("config.json")
                .hasMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }
}
