package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;

class BenchConfigsTest {
    static Stream<String> names() {
        return BenchConfigs.SIZES.keySet().stream().sorted();
    }

    @Test
    void tellsTheNamesThatItKnows() {
        assertThat(names()).containsExactly(BenchConfigs.NAMES.split(", "));
    }

    @ParameterizedTest
    @MethodSource("names")
    void knowsWholeModelsByName(String name) {
        Path path;
        try (ModelFolder folder = ModelFolder.of(name);
                Checkpoint checkpoint = Checkpoint.open(ModelSpec.synthetic(folder.path()));
                Tokenizer tokenizer = Tokenizers.open(checkpoint, "tokenizer")) {
            path = folder.path();
            assertThat(checkpoint.components()).hasSizeGreaterThan(4);
            assertThat(tokenizer.encode("a few words", 8).used()).isEqualTo(4);
        }
        assertThat(path).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("names")
    void knowsHowTheirEncodersAreMeasured(String name) {
        assertThat(BenchConfigs.encoders(name).stream().map(EncoderUse::of))
                .isNotEmpty()
                .allMatch(EncoderUse::text);
    }

    @ParameterizedTest
    @MethodSource("names")
    void knowsTheirTransformersAndAutoencodersByThemselves(String name) {
        assertThat(BenchConfigs.transformer(name).text("_class_name"))
                .endsWith("Transformer3DModel");
        assertThat(BenchConfigs.autoencoder(name).text("_class_name")).startsWith("AutoencoderKL");
    }
}
