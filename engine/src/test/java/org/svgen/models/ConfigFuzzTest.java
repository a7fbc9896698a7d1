package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Pictures.Use;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Numbers of a model's configs that make no sense: one line that names the file, or a plan. */
class ConfigFuzzTest {
    private static final List<String> VALUES =
            List.of("-1", "0", "2147483647", "1e30", "\"x\"", "null", "[]");
    private static final int FRAMES = 9; // that any model makes
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir Path folder;

    /** A number at a place in a file, and what takes its place. */
    private record Change(Path file, String pointer, String value) {}

    @ParameterizedTest
    @CsvSource({
        "demo, 250",
        "cogvideox-i2v-tiny, 350",
        "hunyuanvideo-tiny, 400",
        "wan-flf2v-tiny, 60",
        "wan22-t2v-tiny, 40"
    })
    void aWrongNumberIsPlannedWithOrRefusedByTheNameOfItsFile(String model, int cases)
            throws IOException {
        ModelCopy.to(folder, model);
        List<Change> changes = changes();
        Collections.shuffle(changes, new Random(7));
        try (Backend backend = TestDevice.open()) {
            assertThat(outcome(backend)).as("unchanged").isEmpty();
            for (Change change : changes.subList(0, Math.min(cases, changes.size()))) {
                String whole = Files.readString(change.file);
                Files.writeString(change.file, changed(whole, change));
                // An absent number is its default, with which other files need not agree.
                Path named = change.value.equals("null") ? folder : change.file;
                assertThat(outcome(backend))
                        .as("%s", change)
                        .satisfiesAnyOf(
                                m -> assertThat(m).isEmpty(),
                                m -> assertThat(m).contains(named.toString()).hasLineCount(1));
                Files.writeString(change.file, whole);
            }
        }
    }

    /** What a plan is refused by; nothing if it is made. */
    private String outcome(Backend backend) {
        try (Arena arena = Arena.ofConfined();
                VideoPipeline pipeline = Pipelines.open(folder, backend)) {
            Pictures pictures = pipeline.pictures();
            Tensor grey = Tensor.zeros(arena, DType.F32, 32, 32, 3);
            Request r =
                    Request.builder(pipeline.defaults())
                            .prompt("a panda plays guitar")
                            .frames(FRAMES)
                            .image(pictures.needed() ? grey : null)
                            .lastImage(pictures.last() == Use.NEEDED ? grey : null)
                            .build();
            pipeline.plan(r, Long.MAX_VALUE);
            return "";
        } catch (BadInputException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private List<Change> changes() throws IOException {
        List<Change> changes = new ArrayList<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                if (name.contains("config") || name.equals("svgen.json")) {
                    numbers(file, "", MAPPER.readTree(file), changes);
                }
            }
        }
        return changes;
    }

    private static void numbers(Path file, String at, JsonNode node, List<Change> changes) {
        if (node.isNumber()) {
            VALUES.forEach(value -> changes.add(new Change(file, at, value)));
        }
        for (String key : node.propertyNames()) {
            numbers(file, at + "/" + key, node.get(key), changes);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            numbers(file, at + "/" + i, node.get(i), changes);
        }
    }

    private static String changed(String whole, Change change) {
        JsonNode root = MAPPER.readTree(whole);
        int slash = change.pointer.lastIndexOf('/');
        String key = change.pointer.substring(slash + 1);
        JsonNode value = MAPPER.readTree(change.value);
        switch (root.at(change.pointer.substring(0, slash))) {
            case ObjectNode object -> object.set(key, value);
            case ArrayNode array -> array.set(Integer.parseInt(key), value);
            default -> throw new AssertionError(change);
        }
        return root.toString();
    }
}
