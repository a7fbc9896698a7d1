package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.models.Families;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.setting.Rule;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** What a setting does not take is refused at each door, by the name that it has there. */
class SettingsAtEveryDoorTest {
    private static final String COGVIDEOX = "cogvideox-t2v-tiny";
    private static final String HUNYUAN = "hunyuanvideo-tiny";
    private static final String WAN = "wan22-t2v-tiny";

    /** For each setting a value that it does not take. */
    private static final Map<String, Object> WRONG =
            Map.ofEntries(
                    Map.entry("width", 0),
                    Map.entry("height", -8),
                    Map.entry("frames", 0),
                    Map.entry("fps", 0.0),
                    Map.entry("steps", 0),
                    Map.entry("guidance", 1000.5),
                    Map.entry("seed", "none"),
                    Map.entry("attention", "big"),
                    Map.entry("density", 0.0),
                    Map.entry("denseSteps", 1.5),
                    Map.entry("denseLayers", -1),
                    Map.entry("headTolerance", -0.5),
                    Map.entry("sampledRows", 0),
                    Map.entry("budget", "big"),
                    Map.entry("targetPsnr", -1.0),
                    Map.entry("maxError", 0.0),
                    Map.entry("auditRows", -1),
                    Map.entry("attentionDtype", "fp4"),
                    Map.entry("tail", "long"),
                    Map.entry("tau", 10.5),
                    Map.entry("blockOrder", "hilbert"),
                    Map.entry("queryBlock", "double"),
                    Map.entry("tile", "6x8"),
                    Map.entry("queryClusters", -1),
                    Map.entry("keyClusters", 5000),
                    Map.entry("topP", 1.5),
                    Map.entry("clusterIterations", 0),
                    Map.entry("clusterMetric", "city"),
                    Map.entry("routing", "random"),
                    Map.entry("cache", "hard"),
                    Map.entry("cacheThreshold", -0.1),
                    Map.entry("cacheWarmUp", 1.5),
                    Map.entry("cacheInARow", 0),
                    Map.entry("dtype", "f16"),
                    Map.entry("dynamicGuidance", "maybe"),
                    Map.entry("trueGuidance", 0.5),
                    Map.entry("llamaRotary", "f8"),
                    Map.entry("guidance2", -0.5),
                    Map.entry("boundary", 1.5),
                    Map.entry("shift", 0.0),
                    Map.entry("sampler", "fast"),
                    Map.entry("timesteps", "500,750"));

    private static final Map<String, String> OF_ONE_FAMILY =
            Map.of(
                    "trueGuidance",
                    HUNYUAN,
                    "llamaRotary",
                    HUNYUAN,
                    "guidance2",
                    WAN,
                    "boundary",
                    WAN,
                    "shift",
                    WAN,
                    "sampler",
                    WAN,
                    "timesteps",
                    WAN);

    @TempDir static Path folder = Path.of("");

    @BeforeAll
    static void models() throws IOException {
        for (String model : List.of(COGVIDEOX, HUNYUAN, WAN)) {
            TinyModel.copy(model, folder.resolve(model));
        }
    }

    private static Map<String, Rule<?>> rules() {
        Map<String, Rule<?>> rules = new LinkedHashMap<>();
        Rules.all().forEach(rule -> rules.put(rule.name(), rule));
        Families.settings().forEach(setting -> rules.put(setting.name(), setting.rule()));
        rules.keySet().removeIf(name -> name.startsWith("toy")); // of families for other tests
        // Which may be any text.
        rules.remove("prompt");
        rules.remove("negativePrompt");
        return rules;
    }

    static Set<String> names() {
        return rules().keySet();
    }

    /** Those that a model's folder may have. */
    static Stream<String> recommended() {
        Set<String> names = new TreeSet<>(names());
        names.removeAll(Set.of("attention", "seed", "dtype", "attentionDtype"));
        return names.stream();
    }

    private static Object wrong(String name) {
        return Objects.requireNonNull(WRONG.get(name), name);
    }

    private static String expected(String name) {
        return Objects.requireNonNull(rules().get(name), name).expected();
    }

    private static Path model(String name) {
        return folder.resolve(OF_ONE_FAMILY.getOrDefault(name, COGVIDEOX));
    }

    @Test
    void everySettingIsTried() {
        assertThat(WRONG.keySet()).isEqualTo(new TreeSet<>(names()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void byTheLibrary(String name) throws IOException {
        Path from = model(name);
        Files.deleteIfExists(from.resolve("svgen.json"));
        try (Backend backend = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(from, backend)) {
            assertThatThrownBy(
                            () -> {
                                Request request =
                                        Request.builder(pipeline.defaults())
                                                .set(name, wrong(name))
                                                .build();
                                pipeline.check(request);
                            })
                    .isInstanceOfSatisfying(
                            BadInputException.class,
                            e -> {
                                assertThat(e.field()).hasValue(name);
                                assertThat(e.expected()).hasValue(expected(name));
                                assertThat(e.found()).hasValue(String.valueOf(wrong(name)));
                            });
        }
    }

    @ParameterizedTest
    @MethodSource("recommended")
    void byAModelsFolder(String name) throws IOException {
        Path from = model(name);
        Path file = from.resolve("svgen.json");
        String key = Field.words(name, "_");
        Object value = wrong(name);
        String json = value instanceof String text ? '"' + text + '"' : String.valueOf(value);
        Files.writeString(file, "{\"%s\": %s}".formatted(key, json));
        try (Backend backend = Backends.open("cpu", note -> {})) {
            assertThatThrownBy(() -> Pipelines.open(from, backend).close())
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith(
                            "%s: \"%s\": expected %s, found ".formatted(file, key, expected(name)));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void byTheCommandLineBeforeAModelIsOpened(String name) {
        String option = OptionNames.of(name);
        Cli cli = Cli.runWithoutModel("generate", "x", option + "=" + wrong(name));
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines())
                .singleElement()
                .asString()
                .startsWith("svgen: %s: expected ".formatted(option))
                .contains(name.equals("dynamicGuidance") ? "no value" : expected(name));
    }
}
