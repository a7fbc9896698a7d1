package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.models.Pipelines;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** docs/report.schema.json describes what {@code --report} writes: all of it, and nothing else. */
class ReportSchemaTest {
    private static final Path SCHEMA = Path.of("../docs/report.schema.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, dense, false",
        "cogvideox-t2v-tiny, svg, true",
        "cosmos1-t2w-tiny, svg, true",
        "hunyuanvideo-tiny, dense, false",
        "hunyuanvideo-tiny, svg, true",
        "wan22-t2v-tiny, svg, true"
    })
    void reportsOfAllFamiliesAndModesAreAsTheSchemaSays(
            String model, String attention, boolean forecast) throws IOException {
        JsonNode report = report(model, attention, forecast);
        assertThat(errors(report)).isEmpty();
        assertThat(report.at("/planned/stage_seconds").isEmpty()).isNotEqualTo(forecast);
        boolean sparse = attention.equals("svg");
        assertThat(report.at("/report/sparse_density").isNumber()).isEqualTo(sparse);
        String heads = report.at("/report/steps/1/heads").toString();
        assertThat(heads.matches(".*[std].*")).isEqualTo(sparse);
        assertThat(report.at("/recipe/budget").asText()).isEqualTo("moving");
        assertThat(report.at("/recipe/max_error").isNull()).isTrue();
        assertThat(report.at("/report/receipt/error").isNumber()).isEqualTo(sparse);
        assertThat(report.at("/report/receipt/layers").isEmpty()).isNotEqualTo(sparse);
        assertThat(report.at("/report/steps/1/error").isNumber()).isEqualTo(sparse);
        assertThat(report.at("/report/steps/0/error").isNull()).isTrue();
        assertThat(report.at("/report/steps/0/heads").toString()).doesNotContain("s", "t", "d");
    }

    @Test
    void whatIsWrongInAReportIsFound() throws IOException {
        ObjectNode report = (ObjectNode) report("cogvideox-t2v-tiny", "svg", false);
        ObjectNode step = (ObjectNode) report.at("/report/steps/1");
        step.putArray("heads").add("sx");
        assertThat(errors(report)).singleElement().asString().contains("heads");
        step.remove("heads");
        assertThat(errors(report)).singleElement().asString().contains("heads");
        step.putArray("heads");
        report.put("more", 1);
        assertThat(errors(report)).singleElement().asString().contains("more");
        report.remove("more");
        report.put("schema_version", 1);
        assertThat(errors(report)).singleElement().asString().contains("schema_version");
    }

    private JsonNode report(String model, String attention, boolean forecast) throws IOException {
        Path file = folder.resolve("report.json");
        Cli cli =
                Cli.run(
                        Pipelines::open,
                        "",
                        "generate",
                        "a circle",
                        "--model=" + Goldens.folder(model),
                        "--device=cpu",
                        "--width=48",
                        "--height=32",
                        "--frames=9",
                        "--steps=2",
                        "--dense-steps=1",
                        "--dense-layers=0",
                        "--attention=" + attention,
                        "--output=" + folder.resolve("a.gif"),
                        "--report=" + file,
                        forecast ? "--forecast" : "--quiet");
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.DONE);
        return JSON.readTree(Files.readString(file));
    }

    private static List<Error> errors(JsonNode report) throws IOException {
        JsonNode described = JSON.readTree(Files.readString(SCHEMA));
        nothingElse(described);
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(described);
        return schema.validate(report);
    }

    /** Readers shall bear keys that are added; here each must be described. */
    private static void nothingElse(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.has("properties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(ReportSchemaTest::nothingElse);
    }
}
