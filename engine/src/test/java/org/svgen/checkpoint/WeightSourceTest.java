package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.svgen.checkpoint.RawSafeTensors.entry;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;

class WeightSourceTest {
    @TempDir Path folder;
    private SafeTensors tensors;
    private WeightSource weights;

    @BeforeEach
    void open() throws IOException {
        String header =
                "{%s,%s,%s}"
                        .formatted(
                                entry("blocks.0.norm.weight", "F32", "[2]", "[0,8]"),
                                entry("ids", "I32", "[1]", "[8,12]"),
                                entry("small", "F8_E4M3", "[2]", "[12,14]"));
        tensors =
                SafeTensors.open(RawSafeTensors.write(folder.resolve("m.safetensors"), header, 14));
        weights =
                WeightSource.of(
                        new FileWeights(tensors), WeightMemory.resident(HostBackend.create()));
    }

    @AfterEach
    void close() {
        tensors.close();
    }

    @Test
    void givesAWeightByNameAndByPrefix() {
        assertThat(weights.tensor("blocks.0.norm.weight", 2).dtype()).isEqualTo(DType.F32);
        WeightSource norm = weights.at("blocks.0").at("norm");
        assertThat(norm.tensor("weight", 2).elements()).isEqualTo(2);
        assertThat(norm.has("weight")).isTrue();
        assertThat(norm.has("bias")).isFalse();
        assertThat(norm.optional("bias", 2)).isEmpty();
    }

    @Test
    void saysWhichShapeWasExpectedAndFound() {
        assertThatThrownBy(() -> weights.optional("blocks.0.norm.weight", 3, 1))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s: tensor \"blocks.0.norm.weight\": expected shape [3, 1], found [2]",
                        folder.resolve("m.safetensors"));
    }

    @Test
    void refusesMoreBlocksThanTheConfigCounts() {
        weights.blocksEnd("blocks", 1);
        assertThatThrownBy(() -> weights.blocksEnd("blocks", 0))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("blocks: expected 0 blocks, as the config says, found 1");
    }

    @Test
    void suggestsTheNearestNameForAMissingOne() {
        assertThatThrownBy(() -> weights.at("blocks.0").tensor("norm.wieght", 2))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("\"blocks.0.norm.wieght\" [2] is missing")
                .hasMessageEndingWith("the nearest is \"blocks.0.norm.weight\"");
        assertThatThrownBy(() -> weights.tensor("something.quite.different", 2))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("[2] is missing");
    }

    @Test
    void refusesTypesThatAreNotComputedWith() {
        assertThatThrownBy(() -> weights.tensor("ids", 1))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected f32, f16 or bf16, found i32");
        assertThatThrownBy(() -> weights.tensor("small", 2))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("found f8_e4m3: 8-bit weights are not supported");
    }
}
