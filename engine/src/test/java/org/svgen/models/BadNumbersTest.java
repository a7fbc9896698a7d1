package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** Numbers that are none stop a run at the stage that made them. */
class BadNumbersTest {
    @TempDir Path folder;

    /** Writes {@code value} over the first element of a weight, of whatever type. */
    private void spoil(String component, String weight, float value) throws IOException {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder.resolve(component), "*.safetensors")) {
            for (Path file : files) {
                try (SafeTensors tensors = SafeTensors.open(file)) {
                    Optional<Tensor> found = tensors.find(weight);
                    if (found.isPresent()) {
                        overwrite(file, found.get(), value);
                        return;
                    }
                }
            }
        }
        throw new AssertionError("no " + weight);
    }

    private static void overwrite(Path file, Tensor weight, float value) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
        switch (weight.dtype()) {
            case F32 -> bytes.putFloat(value);
            case F16 -> bytes.putShort(Float.floatToFloat16(value));
            case BF16 -> bytes.putShort(BFloat16.fromFloat(value));
            default -> throw new AssertionError(weight);
        }
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(length, 0);
            channel.write(bytes.flip(), 8 + length.getLong(0) + weight.offset());
        }
    }

    private void requireRefused(String stage, String component) {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(folder, backend, DType.F32)) {
            assertThatThrownBy(() -> TinyRun.hashOf(pipeline, 1))
                    .isExactlyInstanceOf(SvgenException.class)
                    .hasMessageMatching(
                            stage
                                    + "(.* [1-9]\\d*)?( of \\d+)? values are NaN or infinite; no video was made; the"
                                    + " reason may be damaged weights \\(.*\\)")
                    .hasMessageContaining(folder.resolve(component).toString());
            assertThat(backend.memory().live()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, NaN, decode, vae, decoder.mid_block.resnets.0.conv1.conv.weight",
        "cogvideox-t2v-tiny, Infinity, decode, vae, decoder.conv_out.conv.bias",
        "cogvideox-t2v-tiny, -Infinity, decode, vae, decoder.conv_out.conv.bias",
        "cogvideox-t2v-tiny, NaN, text, text_encoder, encoder.final_layer_norm.weight",
        "cogvideox-t2v-tiny, NaN, 'step 1 of 1, layer 0:', transformer, transformer_blocks.0.norm1.norm.weight",
        "cogvideox-t2v-tiny, NaN, 'step 1 of 1, layer 1: 460', transformer, transformer_blocks.1.ff.net.2.bias",
        "cogvideox-i2v-tiny, NaN, image, vae, encoder.conv_out.conv.bias",
        "hunyuanvideo-tiny, NaN, decode, vae, decoder.conv_out.conv.bias",
        "hunyuanvideo-tiny, Infinity, decode, vae, decoder.conv_out.conv.bias",
        "hunyuanvideo-tiny, NaN, text, text_encoder_2, final_layer_norm.weight",
        "hunyuanvideo-tiny, NaN, 'step 1 of 1, layer 0:', transformer, transformer_blocks.0.norm1.linear.bias",
        "hunyuanvideo-tiny, NaN, 'step 1 of 1, layer 1: 4', transformer, transformer_blocks.1.ff.net.2.bias",
        "hunyuanvideo-tiny, NaN, 'step 1 of 1, layer 1: 256', transformer, transformer_blocks.1.ff_context.net.2.bias",
        "hunyuanvideo-tiny, NaN, 'step 1 of 1, layer 3: 260', transformer, single_transformer_blocks.1.proj_out.bias",
        "wan-i2v-tiny, NaN, image tokens, image_encoder, encoder.layers.0.layer_norm1.weight",
        "wan-i2v-tiny, NaN, image, vae, encoder.conv_out.bias",
        "wan22-t2v-tiny, NaN, text, text_encoder, encoder.final_layer_norm.weight",
        "wan22-t2v-tiny, NaN, 'step 1 of 1, layer 0:', transformer, blocks.0.norm2.bias",
        "wan22-t2v-tiny, NaN, 'step 1 of 1, layer 0: 8', transformer, blocks.0.ffn.net.2.bias",
        "wan22-t2v-tiny, NaN, decode, vae, decoder.conv_out.bias",
    })
    void oneWeightThatIsNoNumberIsToldWithItsStage(
            String model, float value, String stage, String component, String tensor)
            throws IOException {
        ModelCopy.to(folder, model);
        spoil(component, tensor, value);
        requireRefused(stage, component);
    }

    @Test
    void latentsThatBringThemAreNamed() {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("cogvideox-t2v-tiny"), backend)) {
            Request r = TinyRun.request(pipeline, 1);
            try (Result result = pipeline.generate(r, StepListener.SILENT)) {
                Tensor latents = TinyRun.copy(arena, result.latents());
                latents.host().set(ValueLayout.JAVA_FLOAT, 4, Float.NaN);
                assertThatThrownBy(() ->
                                pipeline.generate(
                                        r.toBuilder().latents(latents).build(),
                                        StepListener.SILENT))
                        .hasMessageContaining("step 1 of 1, layer 0")
                        .hasMessageEndingWith("latents: 1 such values were given");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void anImageOfThemIsRefusedAtOnce(float value) {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        Pipelines.open(Goldens.folder("cogvideox-i2v-tiny"), backend)) {
            float[] pixels = new float[8 * 8 * 3];
            pixels[7] = value;
            Request r =
                    TinyRun.request(pipeline, 1).toBuilder()
                            .image(Tensor.of(arena, pixels, 8, 8, 3))
                            .build();
            assertThatThrownBy(() -> pipeline.plan(r, Long.MAX_VALUE))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("image: expected finite numbers, found 1 that are NaN or infinite");
        }
    }
}
