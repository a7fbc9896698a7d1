package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightCount;
import org.svgen.models.cogvideox.CogVideoXVae;
import org.svgen.models.cogvideox.CogVideoXVaeConfig;
import org.svgen.models.hunyuan.HunyuanVae;
import org.svgen.models.hunyuan.HunyuanVaeConfig;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** Each stage loads its half of the autoencoder, and nobody the half that no stage uses. */
class AutoencoderWeightsTest {
    private static final String IMAGE_MODEL = "cogvideox-i2v-tiny";

    @TempDir Path folder;

    @Test
    void theImageStageHasTheEncoderAndDecodingTheDecoder() {
        try (Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(IMAGE_MODEL));
                VideoPipeline pipeline = Pipelines.open(Goldens.folder(IMAGE_MODEL), backend)) {
            WeightCount encoder = new WeightCount();
            CogVideoXVae.encoder(
                    CogVideoXVaeConfig.read(checkpoint.config("vae")),
                    checkpoint.weights("vae", encoder, DType.F32));
            WeightCount decoder = new WeightCount();
            CogVideoXVae.decoder(
                    CogVideoXVaeConfig.read(checkpoint.config("vae")),
                    checkpoint.weights("vae", decoder, backend.activation()));
            Plan plan = pipeline.plan(TinyRun.request(pipeline, 1), Long.MAX_VALUE);
            assertThat(weightBytes(plan, Stage.IMAGE)).isEqualTo(encoder.otherBytes()).isPositive();
            assertThat(weightBytes(plan, Stage.DECODE))
                    .isEqualTo(decoder.otherBytes())
                    .isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "hunyuanvideo-tiny"})
    void textToVideoDoesNotAskForTheEncoder(String model) throws IOException {
        withoutEncoder(model);
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(folder, backend)) {
            pipeline.generate(TinyRun.request(pipeline, 1), StepListener.SILENT).close();
        }
    }

    @Test
    void anImageModelWithoutAnEncoderIsRefused() throws IOException {
        withoutEncoder(IMAGE_MODEL);
        try (Backend backend = TestDevice.open()) {
            assertThatThrownBy(() -> Pipelines.open(folder, backend))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("encoder.conv_in.conv.weight");
        }
    }

    @Test
    void anEncoderOfHunyuanVideoLoadsAlone() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("hunyuanvideo-tiny"))) {
            WeightCount encoder = new WeightCount();
            WeightCount decoder = new WeightCount();
            HunyuanVae.encoder(
                    HunyuanVaeConfig.read(checkpoint.config("vae")),
                    checkpoint.weights("vae", encoder, DType.F32));
            HunyuanVae.decoder(
                    HunyuanVaeConfig.read(checkpoint.config("vae")),
                    checkpoint.weights("vae", decoder, DType.F32));
            assertThat(encoder.otherBytes()).isPositive().isLessThan(decoder.otherBytes());
        }
    }

    private static long weightBytes(Plan plan, Stage stage) {
        return plan.stage(stage).need().weightBytes();
    }

    /** Gives the encoder's first weight a name that nobody asks for. */
    private void withoutEncoder(String model) throws IOException {
        ModelCopy.to(folder, model);
        Path file = folder.resolve("vae/diffusion_pytorch_model.safetensors");
        String all = Files.readString(file, StandardCharsets.ISO_8859_1);
        String name = "\"encoder.conv_in.conv.weight\"";
        assertThat(all).contains(name);
        Files.writeString(
                file,
                all.replace(name, "\"encoder.conv_in.conv.wejght\""),
                StandardCharsets.ISO_8859_1);
    }
}
