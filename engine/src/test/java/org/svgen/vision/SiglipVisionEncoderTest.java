package org.svgen.vision;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

class SiglipVisionEncoderTest {
    private static final String MODEL = "hunyuanvideo15-i2v-tiny";

    private final Map<String, GoldenTensor> golden =
            Goldens.tensors(MODEL, "golden/image_encoder.safetensors");

    @Test
    void givesTheLastHiddenStateOfTransformers() {
        try (Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(MODEL));
                Arena arena = Arena.ofShared()) {
            SiglipVisionConfig config = SiglipVisionConfig.read(checkpoint.config("image_encoder"));
            SiglipVisionEncoder encoder =
                    SiglipVisionEncoder.load(
                            config,
                            checkpoint.weights(
                                    "image_encoder", WeightMemory.resident(backend), DType.F32));
            int side = config.side();
            Tensor pixels =
                    TestDevice.on(
                            backend,
                            Tensor.of(arena, golden.get("pixel_values").floats(), 3, side, side));
            Tensor out =
                    backend.upload(Tensor.zeros(arena, DType.F32, config.tokens(), config.width()));
            long bytes = DryRun.workspaceBytes(w -> encoder.encode(w, pixels, out));
            try (Workspace ws = new Workspace(backend, bytes)) {
                encoder.encode(ws, pixels, out);
            }
            float[] actual = TestDevice.host(backend, out).toFloats();
            assertThat(Errors.relative(actual, golden.get("embeds").floats())).isLessThan(1e-5);
        }
    }

    /** The resized bytes agree one by one: a single one that differs is an error of 0.008. */
    @Test
    void picturesBecomeThePixelsOfTransformers() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(MODEL));
                Arena arena = Arena.ofShared()) {
            SiglipPicture picture =
                    SiglipPicture.read(
                            checkpoint.config("feature_extractor"),
                            SiglipVisionConfig.read(checkpoint.config("image_encoder")));
            float[] actual = picture.pixels(arena, resized(arena)).toFloats();
            float[] expected = golden.get("pixel_values").floats();
            assertThat(actual).hasSameSizeAs(expected);
            for (int i = 0; i < actual.length; i++) {
                assertThat(actual[i] - expected[i]).isBetween(-1e-6f, 1e-6f);
            }
        }
    }

    private static Tensor resized(Arena arena) throws IOException {
        BufferedImage image =
                ImageIO.read(Goldens.folder(MODEL).resolve("golden/image_resized.png").toFile());
        float[] values = new float[image.getHeight() * image.getWidth() * 3];
        for (int i = 0; i < values.length; i++) {
            int rgb = image.getRGB(i / 3 % image.getWidth(), i / 3 / image.getWidth());
            values[i] = (rgb >> 16 - 8 * (i % 3) & 0xFF) / 255f;
        }
        return Tensor.of(arena, values, image.getHeight(), image.getWidth(), 3);
    }
}
