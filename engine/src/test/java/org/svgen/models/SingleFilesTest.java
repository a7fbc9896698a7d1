package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.PartFile;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;

/** Models in single files, in the names of their makers, give what their folders give. */
class SingleFilesTest {
    private static final String NEWER = "hunyuanvideo15";

    @TempDir Path folder;

    /** The weights of a golden's component; open as long as the JVM. */
    static Map<String, Tensor> weights(String golden, String component) {
        Path in = Goldens.folder(golden).resolve(component);
        Path file =
                List.of(
                                "diffusion_pytorch_model.safetensors.index.json",
                                "diffusion_pytorch_model.safetensors",
                                "model.safetensors")
                        .stream()
                        .map(in::resolve)
                        .filter(path -> path.toFile().exists())
                        .findFirst()
                        .orElseThrow();
        SafeTensors tensors = SafeTensors.open(file);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        tensors.names().forEach(name -> weights.put(name, tensors.find(name).orElseThrow()));
        return weights;
    }

    private static Map<String, Tensor> below(String prefix, Map<String, Tensor> weights) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> out.put(prefix + name, tensor));
        return out;
    }

    private Path write(String name, Map<String, Tensor> tensors) {
        Path file = folder.resolve(name);
        SafeTensorsWriter.write(file, tensors, Map.of());
        return file;
    }

    /** What the part gives for each weight, and what the golden has. */
    private static void assertSame(PartFile part, Map<String, Tensor> expected) {
        try (PartFile.Open open = part.open()) {
            assertThat(open.weights().names()).containsAll(expected.keySet());
            expected.forEach((name, tensor) -> {
                StoredWeight found = open.weights().find(name, tensor.shape()).orElseThrow();
                assertThat(found.shape()).as(name).isEqualTo(tensor.shape());
                assertThat(found.dtype()).as(name).isEqualTo(tensor.dtype());
                int rows = found.values().rows();
                Tensor byRow = tensor.reshape(rows, tensor.elements() / rows);
                for (int row = 0; row < rows; row++) {
                    assertThat(found.values().row(row))
                            .as("%s, row %d", name, row)
                            .isEqualTo(byRow.get(row).toFloats());
                }
            });
        }
    }

    private static long hash(ModelSpec spec) {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(Checkpoint.open(spec), cpu, DType.F32)) {
            return TinyRun.hashOf(pipeline, 1);
        }
    }

    private static Map<String, Tensor> transformer(String golden, Map<String, Tensor> weights) {
        return switch (golden.substring(0, 3)) {
            case "cog" -> VendorNames.cogVideoXTransformer(weights);
            case "cos" -> CosmosVendorNames.transformer(weights);
            case "hun" ->
                    golden.startsWith(NEWER)
                            ? Hunyuan15VendorNames.transformer(weights)
                            : VendorNames.hunyuanTransformer(weights);
            default -> WanVendorNames.wanTransformer(weights);
        };
    }

    private static Map<String, Tensor> vae(String golden, Map<String, Tensor> weights) {
        return switch (golden.substring(0, 3)) {
            case "cog" -> VendorNames.cogVideoXVae(weights);
            case "cos" -> CosmosVendorNames.vae(weights);
            case "hun" -> golden.startsWith(NEWER) ? Hunyuan15VendorNames.vae(weights) : weights;
            default ->
                    golden.equals("wan22-ti2v-tiny")
                            ? WanVendorNames.wan22Vae(weights, 1)
                            : WanVendorNames.wan21Vae(weights, 2);
        };
    }

    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny",
        "wan-i2v-tiny",
        "wan-flf2v-tiny",
        "wan22-ti2v-tiny",
        "hunyuanvideo-tiny",
        "hunyuanvideo-t2v-tiny",
        "hunyuanvideo-i2v-tiny",
        "hunyuanvideo-i2v-33ch-tiny",
        "hunyuanvideo15-t2v-tiny",
        "hunyuanvideo15-i2v-tiny",
        "cogvideox-t2v-tiny",
        "cogvideox-i2v-tiny",
        "cosmos1-t2w-tiny"
    })
    void theVideoIsThatOfTheFolder(String golden) {
        Map<String, Tensor> transformer = weights(golden, "transformer");
        Map<String, Tensor> vae = weights(golden, "vae");
        Map<String, Tensor> renamed = transformer(golden, transformer);
        for (String prefix : List.of("model.diffusion_model.", "diffusion_model.")) {
            Path file = write("prefixed.safetensors", below(prefix, renamed));
            assertSame(
                    SingleFiles.of(SingleFiles.Given.of(file)).parts().get("transformer"),
                    transformer);
        }
        boolean sees = golden.equals("wan-i2v-tiny");
        SingleFiles files =
                SingleFiles.of(
                        new SingleFiles.Given(
                                write("model.safetensors", renamed),
                                Optional.empty(),
                                Optional.of(write("vae.safetensors", vae(golden, vae))),
                                List.of(),
                                sees ? Optional.of(imageEncoder(golden)) : Optional.empty()));
        assertSame(files.parts().get("transformer"), transformer);
        assertSame(files.parts().get("vae"), vae);
        // The same weights give the same video; a model of each family shows it.
        if (List.of(
                        "wan-i2v-tiny",
                        "hunyuanvideo-tiny",
                        "hunyuanvideo-i2v-33ch-tiny",
                        "hunyuanvideo15-i2v-tiny",
                        "cogvideox-t2v-tiny",
                        "cosmos1-t2w-tiny")
                .contains(golden)) {
            ModelSpec plain = ModelSpec.of(Goldens.folder(golden));
            assertThat(hash(files.with(Goldens.folder(golden)))).isEqualTo(hash(plain));
        }
    }

    /** As ComfyUI has it, with what a whole CLIP has beside what is used. */
    private Path imageEncoder(String golden) {
        Map<String, Tensor> all = below("vision_model.", weights(golden, "image_encoder"));
        all.put("visual_projection.weight", Tensor.zeros(Arena.ofAuto(), DType.BF16, 4, 4));
        all.put(
                "vision_model.embeddings.position_ids",
                Tensor.zeros(Arena.ofAuto(), DType.I32, 1, 4));
        return write("clip_vision_h.safetensors", all);
    }

    @Test
    void anImageEncoderIsReadAsItIs() {
        Map<String, Tensor> seeing = weights("wan-i2v-tiny", "image_encoder");
        SingleFiles files =
                SingleFiles.of(
                        new SingleFiles.Given(
                                write("model.safetensors", weights("wan-i2v-tiny", "transformer")),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                Optional.of(imageEncoder("wan-i2v-tiny"))));
        assertSame(files.parts().get("image_encoder"), seeing);
        Config folder =
                Config.read(Goldens.folder("wan-i2v-tiny").resolve("image_encoder/config.json"));
        Config told = files.parts().get("image_encoder").config(folder);
        for (String key :
                List.of(
                        "hidden_size",
                        "patch_size",
                        "image_size",
                        "intermediate_size",
                        "num_hidden_layers")) {
            assertThat(told.positive(key, 1)).as(key).isEqualTo(folder.positive(key, 1));
        }
    }

    private static Map<String, Tensor> without(String prefix, Map<String, Tensor> weights) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        weights.forEach((name, tensor) ->
                out.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, tensor));
        return out;
    }

    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny",
        "hunyuanvideo-tiny",
        "hunyuanvideo15-t2v-tiny",
        "cogvideox-t2v-tiny",
        "cosmos1-t2w-tiny"
    })
    void diffusersNamesDoAsWell(String golden) {
        Map<String, Tensor> transformer = weights(golden, "transformer");
        SingleFiles files =
                SingleFiles.of(
                        SingleFiles.Given.of(
                                write(
                                        "model.safetensors",
                                        below("model.diffusion_model.", transformer))));
        assertThat(files.parts()).containsOnlyKeys("transformer");
        assertSame(files.parts().get("transformer"), transformer);
    }

    @Test
    void comfysNamesOfHunyuanVideoDoAsWell() {
        Map<String, Tensor> transformer = weights("hunyuanvideo-tiny", "transformer");
        Map<String, Tensor> comfy =
                VendorNames.comfyHunyuan(VendorNames.hunyuanTransformer(transformer));
        SingleFiles files = SingleFiles.of(SingleFiles.Given.of(write("m.safetensors", comfy)));
        assertSame(files.parts().get("transformer"), transformer);
    }

    @Test
    void comfysNamesOfHunyuanVideo15DoAsWell() {
        Map<String, Tensor> transformer = weights("hunyuanvideo15-i2v-tiny", "transformer");
        Map<String, Tensor> comfy =
                Hunyuan15VendorNames.comfy(Hunyuan15VendorNames.transformer(transformer));
        SingleFiles files = SingleFiles.of(SingleFiles.Given.of(write("m.safetensors", comfy)));
        assertThat(files.kind().what()).startsWith("HunyuanVideo-1.5 text to video, 720p");
        assertSame(files.parts().get("transformer"), transformer);
    }

    /** As the makers save it: below a name of its own, with what training needs. */
    @Test
    void cosmosIsReadAsItsMakersSaveIt() {
        Map<String, Tensor> transformer = weights("cosmos1-t2w-tiny", "transformer");
        Map<String, Tensor> saved = below("net.", CosmosVendorNames.transformer(transformer));
        SingleFiles files = SingleFiles.of(SingleFiles.Given.of(write("m.safetensors", saved)));
        assertThat(files.kind().what()).isEqualTo("Cosmos 1.0 text to world, 7B");
        assertSame(files.parts().get("transformer"), transformer);
    }

    /** Whose shapes are alike: then the file's name says which. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    hunyuanvideo-tiny          | hunyuan_video_t2v_720p_bf16 | HunyuanVideo
                    hunyuanvideo-i2v-tiny      | hunyuan_video_v2_replace_image_to_video_720p_bf16 | HunyuanVideo-I2V
                    hunyuanvideo-i2v-33ch-tiny | m | HunyuanVideo-I2V-33ch
                    hunyuanvideo15-t2v-tiny    | hunyuanvideo1.5_720p_t2v_fp16 | HunyuanVideo-1.5-Diffusers-720p_t2v
                    hunyuanvideo15-t2v-tiny    | hunyuanvideo1.5_480p_t2v_cfg_distilled_fp16 | HunyuanVideo-1.5-Diffusers-480p_t2v_distilled
                    hunyuanvideo15-i2v-tiny    | hunyuanvideo1.5_480p_i2v_fp16 | HunyuanVideo-1.5-Diffusers-480p_i2v
                    """)
    void theNameSaysWhatShapesDoNot(String golden, String name, String base) {
        Path file = write(name + ".safetensors", weights(golden, "transformer"));
        assertThat(SingleFiles.of(SingleFiles.Given.of(file)).kind().base())
                .isEqualTo("hunyuanvideo-community/" + base);
    }

    /** As ComfyUI saves checkpoints. */
    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny, umt5xxl.transformer., ''",
        "cogvideox-t2v-tiny, t5xxl.transformer., ''",
        "hunyuanvideo-tiny, llama.transformer.model., clip_l.transformer.text_model."
    })
    void oneFileMayHoldAllParts(String golden, String first, String second) {
        Map<String, Map<String, Tensor>> parts = new LinkedHashMap<>();
        parts.put("transformer", weights(golden, "transformer"));
        parts.put("vae", weights(golden, "vae"));
        parts.put("text_encoder", without("model.", weights(golden, "text_encoder")));
        Map<String, Tensor> all =
                below("model.diffusion_model.", transformer(golden, parts.get("transformer")));
        all.putAll(below("first_stage_model.", vae(golden, parts.get("vae"))));
        all.putAll(below("text_encoders." + first, parts.get("text_encoder")));
        if (!second.isEmpty()) {
            parts.put("text_encoder_2", without("text_model.", weights(golden, "text_encoder_2")));
            all.putAll(below("text_encoders." + second, parts.get("text_encoder_2")));
        }
        SingleFiles files = SingleFiles.of(SingleFiles.Given.of(write("all.safetensors", all)));
        assertThat(files.parts()).containsOnlyKeys(parts.keySet());
        parts.forEach((name, weights) -> assertSame(files.parts().get(name), weights));
    }

    @ParameterizedTest
    @CsvSource({"wan22-t2v-tiny, T2V", "wan22-i2v-tiny, I2V"})
    void twoExpertsAreTwoFiles(String golden, String task) {
        Map<String, Tensor> low = weights(golden, "transformer_2");
        Path high =
                write(
                        "high.safetensors",
                        WanVendorNames.wanTransformer(weights(golden, "transformer")));
        SingleFiles files =
                SingleFiles.of(
                        new SingleFiles.Given(
                                high,
                                Optional.of(
                                        write(
                                                "low.safetensors",
                                                WanVendorNames.wanTransformer(low))),
                                Optional.empty(),
                                List.of(),
                                Optional.empty()));
        assertThat(files.kind().base()).isEqualTo("Wan-AI/Wan2.2-%s-A14B-Diffusers", task);
        assertSame(files.parts().get("transformer_2"), low);
        ModelSpec plain = ModelSpec.of(Goldens.folder(golden));
        assertThat(hash(plain.with(files.parts()))).isEqualTo(hash(plain));
    }

    @ParameterizedTest
    @CsvSource({
        "wan-t2v-tiny, text_encoder",
        "hunyuanvideo-tiny, text_encoder",
        "hunyuanvideo-tiny, text_encoder_2",
        "cogvideox-t2v-tiny, text_encoder"
    })
    void textEncodersMayComeFromFilesOfTheirOwn(String golden, String component) {
        Map<String, Tensor> text = weights(golden, component);
        Path model = write("model.safetensors", weights(golden, "transformer"));
        List<UnaryOperator<Map<String, Tensor>>> spellings =
                golden.equals("wan-t2v-tiny")
                        ? List.of(t -> t, WanVendorNames::wanText)
                        : List.of(t -> t);
        for (UnaryOperator<Map<String, Tensor>> spelling : spellings) {
            SingleFiles files =
                    SingleFiles.of(
                            new SingleFiles.Given(
                                    model,
                                    Optional.empty(),
                                    Optional.empty(),
                                    List.of(write("text.safetensors", spelling.apply(text))),
                                    Optional.empty()));
            assertSame(files.parts().get(component), text);
        }
    }

    @Test
    void partsMayBeFoldersOfTheirOwn() {
        String golden = "wan-t2v-tiny";
        Path home = Goldens.folder(golden);
        SingleFiles files =
                SingleFiles.of(
                        new SingleFiles.Given(
                                write("model.safetensors", weights(golden, "transformer")),
                                Optional.empty(),
                                Optional.of(home.resolve("vae")),
                                List.of(home.resolve("text_encoder")),
                                Optional.empty()));
        assertSame(files.parts().get("vae"), weights(golden, "vae"));
        assertSame(files.parts().get("text_encoder"), weights(golden, "text_encoder"));
    }
}
