package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class SeedConverterTest {
    @TempDir Path folder;

    private long random() throws Exception {
        Path report = folder.resolve("report.json");
        Cli cli =
                Cli.run(
                        new FakePipeline(0, false),
                        "generate",
                        "x",
                        "--seed=random",
                        "--output=" + folder.resolve("x.gif"),
                        "--report=" + report);
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode recipe = new ObjectMapper().readTree(Files.readString(report)).get("recipe");
        long seed = recipe.get("seed").asLong();
        assertThat(cli.err()).contains(", seed " + seed + System.lineSeparator());
        return seed;
    }

    @Test
    void aRandomSeedIsDrawnAnewSaidAndKeptInTheRecipe() throws Exception {
        assertThat(random()).isNotEqualTo(random()).isBetween(0L, 0xffff_ffffL);
    }
}
