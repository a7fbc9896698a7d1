package org.svgen.lab.study.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.lab.study.Arm;
import org.svgen.lab.study.Method.Role;
import org.svgen.lab.study.Prompt;
import org.svgen.lab.study.PromptChoice;
import org.svgen.lab.study.Study;
import org.svgen.models.GivenModel;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;

class StudyFileTest {
    private static final String SMALL =
            """
            prompts: [a red circle]
            methods:
              svg:
                density: 0.25
            """;

    @TempDir Path folder;

    private static Study parse(String text) {
        return StudyFile.parse("s.yaml", text, Path.of("/here"));
    }

    @Test
    void aShortFileSaysPromptsAndMethodsAlone() {
        Study study = parse(SMALL);
        assertThat(study.title()).isEqualTo("s.yaml");
        assertThat(study.model().model()).isEqualTo(GivenModel.of("demo"));
        assertThat(study.model().device()).isEqualTo("auto");
        assertThat(study.model().dtype()).isEmpty();
        assertThat(study.seeds()).containsExactly(0L);
        assertThat(study.arms()).extracting(Arm::name).containsExactly("dense", "svg");
        assertThat(study.arms().getFirst().role()).isEqualTo(Role.REFERENCE);
        assertThat(study.arms().getFirst().settings().values())
                .containsExactly(entry("attention", "dense"), entry("cache", "none"));
        assertThat(study.extras().warmUp()).isTrue();
        assertThat(study.extras().keepVideos()).isFalse();
    }

    @Test
    void aLongFileSaysAll() {
        Study study =
                parse(
                        """
                        title: All of it
                        model: THUDM/CogVideoX-2b
                        device: cuda:1
                        dtype: f32
                        memory_limit: 24G
                        prompts:
                          - a panda
                          - {text: a fox, image: fox.png, last_image: /tmp/end.png}
                        seeds: [7, 18446744073709551615]
                        settings: {steps: 30, guidance: 6, dynamic_guidance: true}
                        reference: {attention: dense, steps: 50}
                        floor: {attention: temporal, density: 1}
                        methods:
                          svg: {head_tolerance: Infinity, dense_steps: 5}
                          products in 8 bits: {dtype: fp8}
                        lpips_weights: alex.safetensors
                        keep_videos: yes
                        warm_up: no
                        """);
        assertThat(study.model().dtype()).contains(DType.F32);
        assertThat(study.model().memoryLimit()).isEqualTo(24_000_000_000L);
        assertThat(study.seeds()).containsExactly(7L, -1L);
        assertThat(study.prompts())
                .isEqualTo(
                        new PromptChoice.Given(
                                List.of(
                                        new Prompt(
                                                "a panda",
                                                Optional.empty(),
                                                Optional.empty(),
                                                "s.yaml, line 7, column 5"),
                                        new Prompt(
                                                "a fox",
                                                Optional.of(Path.of("/here/fox.png")),
                                                Optional.of(Path.of("/tmp/end.png")),
                                                "s.yaml, line 8, column 5"))));
        assertThat(study.settings().values())
                .containsExactly(
                        entry("steps", 30), entry("guidance", 6.0), entry("dynamicGuidance", true));
        assertThat(study.settings().places())
                .containsEntry("guidance", "s.yaml, line 10, column 23");
        assertThat(study.arms())
                .extracting(Arm::name)
                .containsExactly("reference", "floor", "svg", "products in 8 bits");
        assertThat(study.arms().getLast().settings().values())
                .containsExactly(entry("dtype", "fp8"));
        assertThat(study.arms().get(2).settings().values())
                .containsExactly(
                        entry("headTolerance", Double.POSITIVE_INFINITY), entry("denseSteps", "5"));
        assertThat(study.extras().lpipsWeights()).contains("alex.safetensors");
        assertThat(study.extras().keepVideos()).isTrue();
        assertThat(study.extras().warmUp()).isFalse();
    }

    @Test
    void aMethodMayHaveItsProductsIn8BitsButNoOtherType() {
        String study = "prompts: 2\nmethods:\n  few: {attention: [dense, svg], dtype: %s}\n%s";
        assertThat(parse(study.formatted("fp8", "")).arms())
                .extracting(arm -> arm.name() + " " + arm.settings().values().get("dtype"))
                .containsExactly(
                        "dense null", "few, attention dense fp8", "few, attention svg fp8");
        assertThatThrownBy(() -> parse(study.formatted("bf16", "")))
                .hasMessage("s.yaml, line 3, column 41: dtype: expected fp8, found 'bf16'");
        assertThatThrownBy(() -> parse(study.formatted("fp8", "dtype: bf16")))
                .hasMessageStartingWith(
                        "s.yaml, line 3, column 34: dtype: expected none beside dtype bf16");
        assertThatThrownBy(() -> parse(study.formatted("fp8", "settings: {dtype: fp8}")))
                .hasMessageContaining("unknown key 'dtype'");
    }

    @Test
    void listsOfValuesMultiplyIntoMethodsThatSayThem() {
        Study study =
                parse(
                        """
                        prompts: 2
                        seeds: 3
                        floor: yes
                        methods:
                          svg:
                            density: [0.15, 0.25]
                            guidance: 4
                            dense_steps: [0.2, 10]
                          spatial: {attention: spatial}
                          plain:
                        """);
        assertThat(study.prompts())
                .isEqualTo(
                        new PromptChoice.Examples(OptionalInt.of(2), "s.yaml, line 1, column 10"));
        assertThat(study.seeds()).containsExactly(0L, 1L, 2L);
        assertThat(study.arms())
                .extracting(Arm::name)
                .containsExactly(
                        "dense",
                        "floor",
                        "svg, density 0.15, dense steps 0.2",
                        "svg, density 0.15, dense steps 10",
                        "svg, density 0.25, dense steps 0.2",
                        "svg, density 0.25, dense steps 10",
                        "spatial",
                        "plain");
        assertThat(study.arms().get(3).settings().values())
                .containsExactly(
                        entry("density", 0.15), entry("guidance", 4.0), entry("denseSteps", "10"));
        assertThat(study.arms().get(3).settings().places())
                .containsEntry("denseSteps", "s.yaml, line 8, column 24");
        assertThat(study.arms().get(1).settings().values())
                .containsEntry("attention", "temporal")
                .containsEntry("density", 1.0);
        assertThat(study.arms().getLast().settings().values()).isEmpty();
    }

    @Test
    void aWrongFileIsRefusedInOneLineWithThePlace() {
        refused("", "s.yaml, line 1, column 1: a study: expected keys with values, found nothing");
        refused(
                "- a",
                "s.yaml, line 1, column 1: a study: expected keys with values, found a list");
        refused(
                SMALL + "seed: 3",
                "s.yaml, line 5, column 1: unknown key 'seed'; did you mean seeds?");
        refused(
                SMALL + "xyz: 3",
                "s.yaml, line 5, column 1: unknown key 'xyz'; there are title, model, model_2, vae,"
                        + " text_encoder, image_encoder, base, device, dtype, memory_limit, prompts, seeds, settings, reference, floor, methods,"
                        + " lpips_weights, keep_videos, warm_up");
        refused(SMALL + "prompts: 1", "s.yaml, line 5, column 1: prompts: given twice");
        refused(
                SMALL + "seeds: 0",
                "s.yaml, line 5, column 8: seeds: expected how many, or a list of seeds, found 0");
        refused(SMALL + "seeds: [1, 1]", "s.yaml, line 5, column 12: seeds: given twice: 1");
        refused(
                SMALL + "seeds: [1.5]",
                "s.yaml, line 5, column 9: seeds: expected a whole number from -2^63 to 2^64 - 1,"
                        + " found 1.5");
        refused(
                SMALL + "dtype: f64",
                "s.yaml, line 5, column 8: dtype: expected auto, f32, bf16 or fp8, found 'f64'");
        refused(
                SMALL + "memory_limit: lots",
                "s.yaml, line 5, column 15: memory_limit: expected a number of bytes such as 24G or"
                        + " 800M, found 'lots'");
        refused(
                SMALL + "floor: maybe",
                "s.yaml, line 5, column 8: floor: expected settings with their values, found"
                        + " 'maybe'");
        refused(
                SMALL + "reference: {attention: svg}\nfloor: yes",
                "s.yaml, line 6, column 8: floor: expected settings or no, for the reference is not"
                        + " dense, found 'yes'");
        refused(
                SMALL + "reference: {density: [0.1, 0.2]}",
                "s.yaml, line 5, column 12: reference: expected single values, found a list");
        refused(
                SMALL + "settings: {stepps: 3}",
                "s.yaml, line 5, column 12: unknown key 'stepps'; did you mean steps?");
        refused(
                SMALL + "settings:\n  steps: many",
                "s.yaml, line 6, column 10: steps: expected a whole number of at least 1, found"
                        + " 'many'");
        refused(
                SMALL + "keep_videos: 2",
                "s.yaml, line 5, column 14: keep_videos: expected yes or no, found 2");
        refused(
                "methods: {a: }",
                "s.yaml, line 1, column 1: prompts: expected prompts, found nothing");
        refused(
                "methods: {a: }\nprompts:",
                "s.yaml, line 2, column 1: prompts: expected prompts, found nothing");
        refused(
                "methods: {a: }\nprompts: all",
                "s.yaml, line 2, column 10: prompts: expected a list of prompts, or examples, or how"
                        + " many of the model's examples, found 'all'");
        refused(
                "methods: {a: }\nprompts: [{text: a, picture: b.png}]",
                "s.yaml, line 2, column 21: unknown key 'picture'; there are text, image,"
                        + " last_image");
    }

    @Test
    void aWrongMethodIsRefusedInOneLineWithThePlace() {
        String begin = "prompts: 1\nmethods:\n";
        refused(
                "prompts: 1",
                "s.yaml, line 1, column 1: methods: expected names with their settings, found"
                        + " nothing");
        refused(
                "prompts: 1\nmethods: svg",
                "s.yaml, line 2, column 10: methods: expected names with their settings, found"
                        + " 'svg'");
        refused(
                begin + "  svg: 0.25",
                "s.yaml, line 3, column 8: svg: expected settings with their values, found 0.25");
        refused(
                begin + "  svg:\n    densty: 0.25",
                "s.yaml, line 4, column 5: unknown key 'densty'; did you mean density?");
        refused(
                begin + "  svg:\n    density: [0.25, 2]",
                "s.yaml, line 4, column 21: density: expected a number in (0, 1], found 2");
        refused(
                begin + "  svg:\n    density: []",
                "s.yaml, line 4, column 14: density: expected a number in (0, 1], or a list of such,"
                        + " found an empty list");
        refused(
                begin + "  svg:\n    attention: svgg",
                "s.yaml, line 4, column 16: attention: expected one of dense, svg, svg-official,"
                        + " spatial, temporal, svg2, ear, pab, sol, topk, minference,"
                        + " sta, found 'svgg'");
        refused(
                begin + "  svg:\n    width: 64",
                "s.yaml, line 4, column 5: width: expected under settings, for videos of all methods"
                        + " are compared");
        refused(
                begin + "  dense:",
                "s.yaml, line 3, column 3: methods: two are called 'dense'; the reference is called"
                        + " dense, the floor 'floor'");
        refused(
                begin + "  ? [a]\n  : b",
                "s.yaml, line 3, column 5: expected a text for a key, found a list or keys with"
                        + " values");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: [",
                "a: b: c",
                "\t- a",
                "a: *nobody",
                "--- a\n--- b",
                "a: \"\\q\"",
                "a: !!java.lang.Runtime x",
                "a: &a [*a]",
                "\u0000",
            })
    void whatIsNoYamlIsRefusedInOneLine(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(BadInputException.class)
                .message()
                .startsWith("s.yaml")
                .doesNotContain("\n", "snakeyaml");
    }

    @Test
    void aliasesOfAliasesAreRefusedBeforeTheyFillTheMemory() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 8; i++) {
            String one = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", one, one, one, one)));
        }
        assertThatThrownBy(() -> parse(bomb.toString()))
                .isInstanceOf(BadInputException.class)
                .message()
                .startsWith("s.yaml")
                .doesNotContain("\n");
    }

    @Test
    void aFileIsReadAsUtf8AndNamedInMessages() throws IOException {
        Path file = folder.resolve("mine.yaml");
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThatThrownBy(() -> StudyFile.read(file)).hasMessage(file + ": expected UTF-8");
        Files.writeString(file, SMALL);
        assertThat(StudyFile.read(file).title()).isEqualTo(file.toString());
        Path missing = folder.resolve("none.yaml");
        assertThatThrownBy(() -> StudyFile.read(missing))
                .hasMessage(missing + ": there is no such file");
    }

    @Test
    void presetsAreStudies() {
        assertThat(Presets.names()).contains("quick", "paper", "methods", "demo", "budgets");
        for (String name : Presets.names()) {
            Study study = Presets.study(name);
            assertThat(study.title()).as(name).isNotEqualTo(name + ".yaml");
            assertThat(study.arms()).as(name).hasSizeGreaterThan(2);
            assertThat(Presets.text(name)).as(name).startsWith("# ");
        }
        Study demo = Presets.study("demo");
        assertThat(((PromptChoice.Given) demo.prompts()).prompts()).hasSize(24);
        assertThat(demo.seeds()).hasSize(2);
        assertThatThrownBy(() -> Presets.text("quik"))
                .hasMessage("unknown preset 'quik'; did you mean quick?");
    }

    private static void refused(String text, String line) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(BadInputException.class)
                .hasMessage(line);
    }
}
