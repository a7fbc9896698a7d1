package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;

/** What single files are refused for, a line each, and how models are told apart. */
class SingleFileRefusalTest {
    @TempDir Path folder;

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private SingleFiles found(String name) {
        Path file = folder.resolve(name);
        SafeTensorsWriter.write(file, tensors, Map.of());
        return SingleFiles.of(SingleFiles.Given.of(file));
    }

    private void put(String name, long... dims) {
        tensors.put(name, Tensor.zeros(Arena.ofAuto(), DType.BF16, dims));
    }

    private void wan(int width, int in, int out) {
        put("head.modulation", 1, 2, width);
        put("patch_embedding.weight", width, in, 1, 2, 2);
        put("time_projection.1.weight", 6, 1);
        put("head.head.weight", 4 * out, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "1536, 16, 16, x, Wan 2.1 text to video 1.3B, Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
        "5120, 16, 16, x, Wan 2.1 text to video 14B, Wan-AI/Wan2.1-T2V-14B-Diffusers",
        "3072, 48, 48, x, Wan 2.2 TI2V 5B, Wan-AI/Wan2.2-TI2V-5B-Diffusers"
    })
    void widthAndChannelsTellAWan(
            int width, int in, int out, String name, String what, String base) {
        wan(width, in, out);
        SingleFiles found = found(name + ".safetensors");
        assertThat(found.kind().base()).isEqualTo(base);
        assertThat(found.says())
                .isEqualTo(
                        "%s.safetensors: %s, told by width %d, %d channels in and %d out, no image embedding",
                        name, what, width, in, out);
    }

    @Test
    void anImageEmbeddingTellsAnImageModelAndItsNameThePixels() {
        wan(64, 36, 16);
        put("img_emb.proj.0.weight", 8);
        assertThat(found("wan2.1_i2v_720p_14B.safetensors").kind().base())
                .isEqualTo("Wan-AI/Wan2.1-I2V-14B-720P-Diffusers");
        assertThat(found("wan2.1_i2v_480p_14B.safetensors").kind().base())
                .isEqualTo("Wan-AI/Wan2.1-I2V-14B-480P-Diffusers");
        put("img_emb.emb_pos", 1, 2, 8);
        assertThat(found("x.safetensors").kind().base())
                .isEqualTo("Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers");
    }

    @Test
    void patchesTellCogVideoXApart() {
        put("patch_embed.text_proj.weight", 1, 1);
        put("transformer_blocks.0.norm1.linear.weight", 1, 1);
        put("norm_final.weight", 1920);
        put("proj_out.weight", 64, 1);
        put("patch_embed.proj.weight", 1, 16, 2, 2);
        assertThat(found("x.safetensors").kind().base()).isEqualTo("THUDM/CogVideoX-2b");
        put("norm_final.weight", 3072);
        assertThat(found("x.safetensors").kind().base()).isEqualTo("THUDM/CogVideoX-5b");
        put("patch_embed.proj.weight", 1, 32, 2, 2);
        assertThat(found("x.safetensors").kind().base()).isEqualTo("THUDM/CogVideoX-5b-I2V");
        put("proj_out.weight", 128, 1);
        put("patch_embed.proj.weight", 1, 128);
        assertThat(found("x.safetensors").kind().base()).isEqualTo("THUDM/CogVideoX1.5-5B");
        put("patch_embed.proj.weight", 1, 256);
        assertThat(found("x.safetensors").kind().base()).isEqualTo("THUDM/CogVideoX1.5-5B-I2V");
    }

    /** The same names, but positions in each block. */
    @Test
    void anUmt5IsNoT5() {
        tensors.putAll(SingleFilesTest.weights("cogvideox-t2v-tiny", "transformer"));
        Path model = folder.resolve("model.safetensors");
        SafeTensorsWriter.write(model, tensors, Map.of());
        Path text = folder.resolve("text.safetensors");
        SafeTensorsWriter.write(
                text, SingleFilesTest.weights("wan-t2v-tiny", "text_encoder"), Map.of());
        assertThatThrownBy(() ->
                        SingleFiles.of(
                                new SingleFiles.Given(
                                        model,
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of(text),
                                        Optional.empty())))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s: expected a T5 encoder, found an UMT5 encoder, which is given as textEncoder beside a transformer",
                        text);
    }

    @Test
    void oneExpertOfTwoIsNoModel() {
        wan(64, 36, 16);
        assertThatThrownBy(() -> found("i2v.safetensors"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "i2v.safetensors: expected both experts of Wan 2.2 A14B image to video (width 64, 36 channels in and 16 out, no image embedding), found one: the other is given as model2");
        wan(64, 16, 16);
        assertThatThrownBy(() -> found("wan2.2_t2v_high_noise_14B.safetensors"))
                .hasMessageStartingWith(
                        "wan2.2_t2v_high_noise_14B.safetensors: expected both experts of Wan 2.2 A14B");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model.diffusion_model.input_blocks.0.0.weight | an image model, Stable Diffusion, which is not supported",
                "model.diffusion_model.double_blocks.0.img_attn.qkv.weight | an image model, FLUX or one like it, which is not supported",
                "diffusion_model.blocks.0.self_attn.q.lora_down.weight | an adapter (LoRA) for a transformer of Wan, which is given as lora beside a model",
                "lora_unet_blocks_0_self_attn_q.alpha | an adapter (LoRA) for a transformer of Wan, which is given as lora beside a model",
                "what.ever | tensors such as \"what.ever\"",
                "decoder.conv_norm_out.weight | tensors such as \"decoder.conv_norm_out.weight\""
            })
    void whatIsNoModelOfOursIsSaid(String tensor, String what) {
        put(tensor, 1);
        assertThatThrownBy(() -> found("x.safetensors"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s: expected a transformer of CogVideoX, Cosmos 1.0, HunyuanVideo, HunyuanVideo-1.5 or Wan, found %s",
                        folder.resolve("x.safetensors"), what);
    }

    @Test
    void aTensorOfAnotherKindOfModelIsNotLeftOut() {
        wan(1536, 16, 16);
        put("vace_blocks.0.after_proj.weight", 1, 1);
        put("vace_blocks.0.after_proj.bias", 1);
        assertThatThrownBy(() -> found("x.safetensors"))
                .hasMessage(
                        "%s: tensor \"vace_blocks.0.after_proj.bias\": expected weights of a transformer of Wan alone, found 2 that it does not have: a kind of model that is not supported",
                        folder.resolve("x.safetensors"));
    }

    @Test
    void picklesAreNotRead() throws IOException {
        for (String name : List.of("x.ckpt", "x.pth")) {
            Path file = Files.writeString(folder.resolve(name), "anything at all, and more of it");
            assertThatThrownBy(() -> SingleFiles.of(SingleFiles.Given.of(file)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "%s: expected safetensors or GGUF, found weights pickled by PyTorch, which are not read since they may run code; safetensors.torch.save_file writes them as safetensors",
                            file);
        }
        Path zip = Files.writeString(folder.resolve("renamed.safetensors"), "PK\u0003\u0004....");
        assertThatThrownBy(() -> SingleFiles.of(SingleFiles.Given.of(zip)))
                .hasMessageContaining("pickled by PyTorch");
    }

    /** The line names file, tensor, and the name that the tensor has in the file. */
    @Test
    void anotherShapeIsNamedAsTheFileCallsIt() {
        String golden = "wan22-t2v-tiny";
        tensors.putAll(
                WanVendorNames.wanTransformer(SingleFilesTest.weights(golden, "transformer")));
        put("blocks.0.self_attn.q.weight", 3, 64);
        Path file = folder.resolve("x.safetensors");
        SafeTensorsWriter.write(file, tensors, Map.of());
        SingleFiles files =
                SingleFiles.of(
                        new SingleFiles.Given(
                                file,
                                Optional.of(file),
                                Optional.empty(),
                                List.of(),
                                Optional.empty()));
        ModelSpec spec = ModelSpec.of(Goldens.folder(golden)).with(files.parts());
        try (Backend cpu = Backends.open("cpu", note -> {})) {
            assertThatThrownBy(() -> Pipelines.open(spec, cpu, DType.F32))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "%s, in \"blocks.0.self_attn.q.weight\": tensor \"blocks.0.attn1.to_q.weight\": expected shape [64, 64], found [3, 64]",
                            file);
        }
    }

    private Path write(String name, Map<String, Tensor> of) {
        Path file = folder.resolve(name);
        SafeTensorsWriter.write(file, of, Map.of());
        return file;
    }

    private Path wan(String name, int width, int in, int out) {
        tensors.clear();
        wan(width, in, out);
        return write(name, tensors);
    }

    private static SingleFiles two(Path high, Path low) {
        return SingleFiles.of(
                new SingleFiles.Given(
                        high, Optional.of(low), Optional.empty(), List.of(), Optional.empty()));
    }

    @Test
    void twoExpertsAreOfOneModel() {
        Path one = wan("one.safetensors", 64, 16, 16);
        Path wide = wan("wide.safetensors", 96, 16, 16);
        assertThatThrownBy(() -> two(one, wide))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s and %s: expected two experts of one model, found scale_shift_table [1, 2, 64] in the first and [1, 2, 96] in the second",
                        one, wide);
        put("blocks.0.norm3.weight", 64);
        Path more = write("more.safetensors", tensors);
        assertThatThrownBy(() -> two(wide, more))
                .hasMessageEndingWith(
                        "found blocks.0.norm2.weight not in the first and [64] in the second");
        Path other =
                write(
                        "hunyuan.safetensors",
                        SingleFilesTest.weights("hunyuanvideo-tiny", "transformer"));
        assertThatThrownBy(() -> two(one, other))
                .hasMessage(
                        "%s: expected a transformer of Wan, found a transformer of HunyuanVideo, which is given as model",
                        other);
        assertThatThrownBy(() -> two(other, one))
                .hasMessage(
                        "%s: expected no second transformer, since models of this family have one",
                        one);
    }

    @Test
    void expertsInEachOthersPlaceAreRefusedByTheirNames() {
        Path low = wan("Wan2_2-T2V-A14B-LOW_fp8.safetensors", 64, 16, 16);
        Path high = wan("Wan2_2-T2V-A14B-HIGH_fp8.safetensors", 64, 16, 16);
        assertThat(two(high, low).kind().what()).isEqualTo("Wan 2.2 A14B text to video");
        assertThatThrownBy(() -> two(low, high))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "Wan2_2-T2V-A14B-LOW_fp8.safetensors: expected the expert for much noise of Wan 2.2 A14B, found by its name the one for little, which is given as model2 beside it");
        assertThatThrownBy(() -> SingleFiles.of(SingleFiles.Given.of(high)))
                .hasMessageContaining("expected both experts of Wan 2.2 A14B");
    }

    /** Each kind of file in each place where it does not belong, and what it is. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vae | text.safetensors | expected an autoencoder of Wan, found an UMT5 encoder, which is given as textEncoder beside a transformer",
                "vae | sees.safetensors | expected an autoencoder of Wan, found a CLIP vision encoder, which is given as imageEncoder beside a transformer",
                "text | vae.safetensors | expected an UMT5 encoder, found an autoencoder of Wan, which is given as vae beside a transformer",
                "text | model.safetensors | expected an UMT5 encoder, found a transformer of Wan, which is given as model",
                "sees | lora.safetensors | expected a CLIP vision encoder, found an adapter (LoRA) for a transformer of Wan, which is given as lora beside a model",
                "sees | clip.mp4 | expected safetensors or GGUF, found a video (MP4)",
                "model | text.safetensors | expected a transformer of CogVideoX, Cosmos 1.0, HunyuanVideo, HunyuanVideo-1.5 or Wan, found an UMT5 encoder, which is given as textEncoder beside a transformer",
                "model | vae.safetensors | expected a transformer of CogVideoX, Cosmos 1.0, HunyuanVideo, HunyuanVideo-1.5 or Wan, found an autoencoder of Wan, which is given as vae beside a transformer",
                "model | notes.txt | expected safetensors or GGUF, found text",
                "model | config.safetensors | expected safetensors or GGUF, found text",
                "model | empty.safetensors | expected safetensors or GGUF, found an empty file",
                "model | picture.png | expected safetensors or GGUF, found a picture (PNG)",
                "model | model-00001-of-00003.safetensors | expected a whole file, found one of several that belong together; the folder that has them is given instead"
            })
    void aFileInTheWrongPlaceIsToldForWhatItIs(String place, String name, String message)
            throws IOException {
        String golden = "wan-t2v-tiny";
        Path model = write("model.safetensors", SingleFilesTest.weights(golden, "transformer"));
        write("model-00001-of-00003.safetensors", Map.of());
        write("text.safetensors", SingleFilesTest.weights(golden, "text_encoder"));
        write("vae.safetensors", SingleFilesTest.weights(golden, "vae"));
        write("sees.safetensors", SingleFilesTest.weights("wan-i2v-tiny", "image_encoder"));
        put("diffusion_model.blocks.0.self_attn.q.lora_down.weight", 4, 8);
        write("lora.safetensors", tensors);
        Files.writeString(folder.resolve("clip.mp4"), "\0\0\0\40ftypisom and so on");
        Files.writeString(folder.resolve("notes.txt"), "a cat surfs\n");
        Files.writeString(folder.resolve("config.safetensors"), "{\"_class_name\": \"x\"}");
        Files.createFile(folder.resolve("empty.safetensors"));
        Files.write(folder.resolve("picture.png"), new byte[] {(byte) 0x89, 'P', 'N', 'G', 13});
        Path file = folder.resolve(name);
        Optional<Path> given = Optional.of(file);
        Optional<Path> none = Optional.empty();
        SingleFiles.Given wrong =
                switch (place) {
                    case "model" -> SingleFiles.Given.of(file);
                    case "vae" -> new SingleFiles.Given(model, none, given, List.of(), none);
                    case "text" -> new SingleFiles.Given(model, none, none, List.of(file), none);
                    default -> new SingleFiles.Given(model, none, none, List.of(), given);
                };
        assertThatThrownBy(() -> SingleFiles.of(wrong))
                .isInstanceOf(BadInputException.class)
                .hasMessage("%s: %s", file, message);
    }

    @Test
    void aFamilyThatSeesNothingTakesNoImageEncoder() {
        Path model =
                write(
                        "model.safetensors",
                        SingleFilesTest.weights("hunyuanvideo-tiny", "transformer"));
        assertThatThrownBy(() ->
                        SingleFiles.of(
                                new SingleFiles.Given(
                                        model,
                                        Optional.empty(),
                                        Optional.empty(),
                                        List.of(),
                                        Optional.of(model))))
                .hasMessage(
                        "%s: expected no imageEncoder, since models of this family have none",
                        model);
    }

    @Test
    void aSecondTransformerNeedsAModelWithTwo() {
        tensors.putAll(
                WanVendorNames.wanTransformer(
                        SingleFilesTest.weights("wan-t2v-tiny", "transformer")));
        Path file = folder.resolve("x.safetensors");
        SafeTensorsWriter.write(file, tensors, Map.of());
        SingleFiles files =
                SingleFiles.of(
                        new SingleFiles.Given(
                                file,
                                Optional.of(file),
                                Optional.empty(),
                                List.of(),
                                Optional.empty()));
        ModelSpec spec = ModelSpec.of(Goldens.folder("wan-t2v-tiny")).with(files.parts());
        assertThatThrownBy(() -> Checkpoint.open(spec))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s: expected the file of a component of wan-t2v-tiny, which has no transformer_2",
                        file);
    }

    @Test
    void theRestMustBeOfTheSameFamily() {
        wan(1536, 16, 16);
        SingleFiles files = found("x.safetensors");
        assertThatThrownBy(() -> files.requireFits(Goldens.folder("hunyuanvideo-t2v-tiny")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected WanPipeline or WanImageToVideoPipeline");
    }
}
