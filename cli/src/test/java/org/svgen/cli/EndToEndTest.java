package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.media.VideoReader;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Clip;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The whole way, from command line arguments to files, held to what diffusers made. */
class EndToEndTest {
    private static final String T2V = "cogvideox-t2v-tiny";
    private static final String I2V = "cogvideox-i2v-tiny";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {T2V, I2V, "hunyuanvideo-tiny"})
    void promptAndSeedAloneGiveTheVideoOfDiffusers(String model) throws IOException {
        Map<String, GoldenTensor> golden = Goldens.tensors(model, "golden/pipeline.safetensors");
        List<String> args = arguments(model);
        args.addAll(List.of("--attention=dense", "--dtype=f32"));
        if (model.equals(I2V)) {
            args.add("--image=" + png(golden.get("image")));
        }
        Cli cli = generate(args);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(Errors.relative(saved("latents"), golden.get("final_latents").floats()))
                .isLessThanOrEqualTo(1e-3);
        assertThat(Errors.relative(saved("frames"), channelsLast(golden.get("video"))))
                .isLessThanOrEqualTo(1e-3);
        try (Clip clip = VideoReader.read(folder.resolve("out.mp4"))) {
            assertThat(clip.count()).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"svg", "svg-official", "spatial", "temporal"})
    void everySparseModeMakesAVideoAndReportsTheDensityItKept(String attention) {
        List<String> args = arguments(T2V);
        args.addAll(
                List.of(
                        "--attention=" + attention,
                        "--density=0.5",
                        "--dense-steps=1",
                        "--dense-layers=0",
                        "--report=" + folder.resolve("report.json")));
        Cli cli = generate(args);
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        JsonNode steps = report.get("report").get("steps");
        assertThat(steps.size()).isEqualTo(4);
        assertThat(steps.get(0).get("density").asDouble()).as("the warm-up").isEqualTo(1);
        assertThat(steps.get(3).get("density").asDouble()).isGreaterThan(0).isLessThan(1);
        assertThat(report.get("recipe").get("model_hash").asString()).hasSize(64);
        assertThat(report.get("report").get("peak_bytes").asLong())
                .isPositive()
                .isEqualTo(report.get("planned").get("peak_bytes").asLong());
    }

    @Test
    void roundedRotaryFrequenciesGiveAnotherVideoAndAreToldByTheRecipe() throws IOException {
        List<String> args = arguments("hunyuanvideo-tiny");
        generate(args);
        float[] plain = saved("latents");
        args.add("--llama-rotary=f16");
        args.add("--report=" + folder.resolve("report.json"));
        Cli cli = generate(args);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(Errors.relative(saved("latents"), plain)).isPositive().isLessThan(1e-3);
        JsonNode report = new ObjectMapper().readTree(folder.resolve("report.json").toFile());
        assertThat(report.at("/recipe/settings/llama_rotary").asString()).isEqualTo("f16");
    }

    @Test
    void theSameSeedGivesTheSameBitsAndAnotherSeedDoesNot() throws IOException {
        generate(arguments(T2V));
        float[] first = saved("latents");
        byte[] video = Files.readAllBytes(folder.resolve("out.mp4"));
        generate(arguments(T2V));
        assertThat(saved("latents")).isEqualTo(first);
        assertThat(folder.resolve("out.mp4")).hasBinaryContent(video);
        List<String> other = arguments(T2V);
        other.add("--seed=43");
        other.remove("--seed=42");
        generate(other);
        assertThat(saved("latents")).isNotEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--width=50             | width",
                "--height=47            | height",
                "--frames=8             | frames",
                "--image=IMAGE          | --image: this model starts from text alone",
                "--last-image=IMAGE     | --last-image: this model starts from text alone",
                "--latents=LATENTS      | --latents: expected f32 [1, 4, 4, 6, 8]",
                "--steps=1001           | --steps"
            })
    void whatTheModelCannotDoIsToldBeforeTheWork(String option, String message) throws IOException {
        Path image = folder.resolve("image.png");
        ImageIO.write(new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
        Path latents = folder.resolve("noise.safetensors");
        try (Clip clip = new Clip(1, 2, 3, 1)) {
            SafeTensorsWriter.write(latents, Map.of("latents", clip.frames()), Map.of());
        }
        List<String> args = arguments(T2V);
        args.removeIf(a -> a.startsWith(option.substring(0, option.indexOf('='))));
        args.add(option.replace("IMAGE", image.toString()).replace("LATENTS", latents.toString()));
        Cli cli = generate(args);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines()).hasSize(1);
        assertThat(cli.err()).startsWith("svgen: ").contains(message);
        assertThat(folder.resolve("out.mp4")).doesNotExist();
    }

    @Test
    void anImageToVideoModelAsksForItsImage() {
        Cli cli = generate(arguments(I2V));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("--image is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CogVideoXTransformer3DModel | FluxTransformer2DModel",
                "CogVideoXPipeline           | StableDiffusion3Pipe",
                "CogVideoXD                  | EulerD"
            })
    void aModelWithAnUnknownPartIsRefusedByName(String from, String to) throws IOException {
        Path model = copyOf(T2V);
        Path changed = model.resolve("model_index.json");
        Files.writeString(changed, Files.readString(changed).replace(from, to));
        List<String> args = arguments(T2V);
        args.set(0, "--model=" + model);
        Cli cli = generate(args);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines()).hasSize(1);
        assertThat(cli.err()).contains(to);
    }

    private Path copyOf(String model) throws IOException {
        Path from = Goldens.folder(model);
        Path to = folder.resolve("model");
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    private List<String> arguments(String model) {
        JsonNode run = Goldens.json(model, "golden/pipeline.json");
        return new ArrayList<>(
                List.of(
                        "--model=" + Goldens.folder(model),
                        run.get("prompt").asString(),
                        "--width=" + run.get("width").asInt(),
                        "--height=" + run.get("height").asInt(),
                        "--frames=" + run.get("num_frames").asInt(),
                        "--steps=" + run.get("num_inference_steps").asInt(),
                        "--guidance=" + run.get("guidance_scale").asDouble(),
                        "--dynamic-guidance",
                        "--seed=42",
                        "--device=cpu",
                        "--quiet",
                        "--output=" + folder.resolve("out.mp4"),
                        "--save-latents=" + folder.resolve("latents.safetensors"),
                        "--save-frames=" + folder.resolve("frames.safetensors")));
    }

    private static Cli generate(List<String> args) {
        List<String> all = new ArrayList<>(List.of("generate"));
        all.addAll(args);
        return Cli.run(Pipelines::open, "", all.toArray(String[]::new));
    }

    private float[] saved(String name) {
        try (SafeTensors file = SafeTensors.open(folder.resolve(name + ".safetensors"))) {
            return file.find(name).orElseThrow().toFloats();
        }
    }

    /** [1, channels, height, width] to a PNG of 16 bits. */
    private Path png(GoldenTensor image) throws IOException {
        int height = image.shape().size(2);
        int width = image.shape().size(3);
        float[] values = image.floats();
        ColorModel model =
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        false,
                        false,
                        Transparency.OPAQUE,
                        DataBuffer.TYPE_USHORT);
        BufferedImage picture =
                new BufferedImage(
                        model, model.createCompatibleWritableRaster(width, height), false, null);
        for (int i = 0; i < values.length; i++) {
            int at = i % (height * width);
            int value = Math.round(values[i] * 65535);
            picture.getRaster().setSample(at % width, at / width, i / (height * width), value);
        }
        Path file = folder.resolve("first.png");
        ImageIO.write(picture, "png", file.toFile());
        return file;
    }

    /** [1, frames, channels, height, width] to [frames, height, width, channels]. */
    private static float[] channelsLast(GoldenTensor video) {
        try (Arena arena = Arena.ofConfined()) {
            float[] from = video.f32(arena).toFloats();
            int plane = video.shape().size(3) * video.shape().size(4);
            float[] to = new float[from.length];
            for (int i = 0; i < to.length; i++) {
                int frame = i / (3 * plane);
                to[i] = from[(frame * 3 + i % 3) * plane + i / 3 % plane];
            }
            return to;
        }
    }
}
