package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Clip;
import org.svgen.testkit.Goldens;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

class CompareCommandTest {
    @TempDir Path folder;

    @BeforeEach
    void twoClips() {
        for (String name : new String[] {"a", "b"}) {
            try (Clip clip = new Clip(3, 20, 24, 8)) {
                for (long i = 0; i < clip.frames().elements(); i++) {
                    float v = name.equals("b") ? 0.6f : 0.5f;
                    clip.frames().host().set(ValueLayout.JAVA_FLOAT, 4 * i, v);
                }
                SafeTensorsWriter.write(
                        folder.resolve(name + ".safetensors"),
                        Map.of("frames", clip.frames()),
                        Map.of());
                VideoWriter.to(folder.resolve(name).toString()).write(clip, Map.of());
            }
        }
    }

    @Test
    void jsonTellsTheMeasures() {
        Cli cli = compare("a.safetensors", "b.safetensors", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(cli.out());
        assertThat(json.get("psnr").asDouble()).isBetween(19.99, 20.01);
        assertThat(json.get("frames").asInt()).isEqualTo(3);
        assertThat(json.get("gmsd").asDouble()).isBetween(0.001, 0.1);
        assertThat(json.get("identical").asBoolean()).isFalse();
    }

    @Test
    void equalVideosHaveNoFinitePsnrInJson() {
        JsonNode json =
                new ObjectMapper()
                        .readTree(compare("a.safetensors", "a.safetensors", "--json").out());
        assertThat(json.get("psnr").isNull()).isTrue();
        assertThat(json.get("why_null"))
                .isEqualTo(
                        new ObjectMapper()
                                .readTree(
                                        """
                                        {"lpips": "no weights", "ms_ssim": "frames too small", "psnr": "infinite",
                                         "psnr_mean_over_frames": "infinite",
                                         "psnr_of_changes": "infinite"}\
                                        """));
        assertThat(json.get("identical").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "NaN, not a number",
        "Infinity, infinite",
        "-Infinity, infinite",
        "1e30, ''",
        "3.4e38, ''"
    })
    void jsonStaysTypedWhateverTheNumbersAre(float value, String why) {
        frames("c", 3, 20, 24, value);
        Cli cli = compare("a.safetensors", "c.safetensors", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode json =
                JsonMapper.builder()
                        .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                        .build()
                        .readTree(cli.out());
        for (String measure :
                List.of(
                        "mse",
                        "psnr",
                        "psnr_mean_over_frames",
                        "psnr_of_changes",
                        "ssim",
                        "ssim_box11",
                        "ms_ssim",
                        "gmsd",
                        "lpips")) {
            JsonNode number = json.get(measure);
            assertThat(number.isNumber() || number.isNull()).as(measure + " " + number).isTrue();
            assertThat(json.get("why_null").has(measure)).as(measure).isEqualTo(number.isNull());
        }
        assertThat(json.get("why_null").path("mse").asString("")).isEqualTo(why);
        assertThat(json.get("identical").asBoolean()).isFalse();
    }

    @Test
    void framesThatAreTooSmallForSsimAreToldInJson() {
        frames("c", 2, 4, 4, 0.5f);
        Cli cli = compare("c.safetensors", "c.safetensors", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(cli.out());
        assertThat(json.get("ssim").isNull()).isTrue();
        assertThat(json.at("/why_null/ssim").asString()).isEqualTo("frames too small");
    }

    @Test
    void aSingleFrameHasNoChanges() {
        frames("c", 1, 20, 24, 0.5f);
        Cli cli = compare("c.safetensors", "c.safetensors", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(cli.out());
        assertThat(json.get("psnr_of_changes").isNull()).isTrue();
        assertThat(json.at("/why_null/psnr_of_changes").asString()).isEqualTo("a single frame");
        assertThat(compare("c.safetensors", "c.safetensors").out())
                .contains("PSNR of changes from frame to frame  none: a single frame");
    }

    @Test
    void multiScaleSsimIsTold() {
        frames("c", 1, 161, 170, 0.5f);
        Cli cli = compare("c.safetensors", "c.safetensors", "--json");
        assertThat(new ObjectMapper().readTree(cli.out()).get("ms_ssim").asDouble()).isEqualTo(1);
        assertThat(compare("c.safetensors", "c.safetensors").out()).contains("MS-SSIM  1.0000");
        assertThat(compare("a.safetensors", "b.safetensors").out())
                .contains("MS-SSIM  none: frames of less than 161 pixels are too small");
    }

    @Test
    void lpipsIsToldWithWeights() {
        String weights = Goldens.folder("lpips").resolve("vgg_narrow.safetensors").toString();
        JsonNode json =
                new ObjectMapper()
                        .readTree(
                                compare(
                                                "a.safetensors",
                                                "b.safetensors",
                                                "--json",
                                                "--lpips-weights",
                                                weights)
                                        .out());
        assertThat(json.get("lpips").asDouble()).isBetween(1e-6, 1.0);
        assertThat(json.get("lpips_trunk").asString()).isEqualTo("VGG16 of width 4");
        assertThat(json.get("lpips_layers")).hasSize(5);
        assertThat(compare("a.safetensors", "a.safetensors", "--lpips-weights", weights).out())
                .contains("LPIPS  0.0000 by VGG16 of width 4");
        assertThat(compare("a.safetensors", "a.safetensors").out()).doesNotContain("LPIPS");
    }

    @Test
    void framesThatAreTooSmallForLpipsAreTold() {
        String weights = Goldens.folder("lpips").resolve("vgg_narrow.safetensors").toString();
        frames("c", 2, 15, 40, 0.5f);
        Cli cli = compare("c.safetensors", "c.safetensors", "--json", "--lpips-weights", weights);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(new ObjectMapper().readTree(cli.out()).at("/why_null/lpips").asString())
                .isEqualTo("frames too small");
        assertThat(compare("c.safetensors", "c.safetensors", "--lpips-weights", weights).out())
                .contains("LPIPS  none: the frames are too small");
    }

    @Test
    void aFileThatIsNoTrunkIsBadInput() {
        Cli cli =
                compare(
                        "a.safetensors",
                        "b.safetensors",
                        "--lpips-weights",
                        folder.resolve("a.safetensors").toString());
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines()).hasSize(1);
        assertThat(cli.err())
                .contains("a.safetensors", "features.0.weight", "AlexNet, VGG16 or SqueezeNet 1.1");
    }

    private void frames(String name, int frames, int height, int width, float value) {
        try (Clip clip = new Clip(frames, height, width, 8)) {
            for (long i = 0; i < clip.frames().elements(); i++) {
                clip.frames().host().set(ValueLayout.JAVA_FLOAT, 4 * i, value);
            }
            SafeTensorsWriter.write(
                    folder.resolve(name + ".safetensors"),
                    Map.of("frames", clip.frames()),
                    Map.of());
        }
    }

    @Test
    void videosOfDifferentKindsAreComparedAndShown() throws IOException {
        Path sheet = folder.resolve("s.png");
        Cli cli = compare("a", "b.safetensors", "--contact-sheet", sheet.toString());
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out()).contains("3 frames of 24x20").contains("PSNR  20.", "GMSD  0.0");
        assertThat(Files.size(sheet)).isPositive();
    }

    @Test
    void whatIsNoVideoIsBadInput() throws IOException {
        Files.writeString(folder.resolve("c.mp4"), "no video");
        Cli cli = compare("a.safetensors", "c.mp4");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines()).hasSize(1);
        assertThat(cli.err()).contains("c.mp4");
    }

    private Cli compare(String a, String b, String... options) {
        String[] args = new String[3 + options.length];
        args[0] = "compare";
        args[1] = folder.resolve(a).toString();
        args[2] = folder.resolve(b).toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return Cli.runWithoutModel(args);
    }
}
