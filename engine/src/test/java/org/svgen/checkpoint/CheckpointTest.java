package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint.Component;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;

class CheckpointTest {
    /** The model that ships with the product; tests run in the module's folder. */
    private static final Path DEMO = Path.of("..", "models", "demo");

    @TempDir Path folder;

    @Test
    void knowsItsComponentsConfigsAndWeights() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder("cogvideox-t2v-tiny"))) {
            assertThat(checkpoint.name()).isEqualTo("cogvideox-t2v-tiny");
            assertThat(checkpoint.pipelineClass()).isEqualTo("CogVideoXPipeline");
            assertThat(checkpoint.components())
                    .containsOnlyKeys(
                            "scheduler", "text_encoder", "tokenizer", "transformer", "vae")
                    .containsEntry("vae", new Component("diffusers", "AutoencoderKLCogVideoX"));
            assertThat(checkpoint.config("scheduler").className())
                    .isEqualTo("CogVideoXDPMScheduler");
            assertThat(checkpoint.config("tokenizer").positive("model_max_length")).isEqualTo(226);
            assertThat(checkpoint.config("text_encoder").className()).isEqualTo("T5EncoderModel");
            assertThat(checkpoint.file("tokenizer", "spiece.model")).exists();
            WeightSource weights =
                    checkpoint.weights(
                            "transformer", WeightMemory.resident(HostBackend.create()), DType.F32);
            assertThat(weights.at("norm_final").tensor("weight", 128).dtype())
                    .isEqualTo(DType.BF16);
        }
    }

    @Test
    void theBuiltInModelHoldsOnlyFiniteNumbers() {
        try (Checkpoint demo = Checkpoint.open(DEMO)) {
            for (String component : new String[] {"text_encoder", "transformer", "vae"}) {
                SafeTensors tensors = demo.tensors(component);
                assertThat(tensors.names()).isNotEmpty();
                for (String name : tensors.names()) {
                    Tensor tensor = tensors.find(name).orElseThrow();
                    for (float value : tensor.toFloats()) {
                        assertThat(Float.isFinite(value)).as(component + " " + name).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void leavesOutComponentsThatAreNullAndOptionsThatAreNone() throws IOException {
        Path model =
                index(
                        """
                        {"_class_name": "P", "vae": ["diffusers", "V"], "safety": [null, null],
                         "force_zeros": true}
                        """);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.components()).containsOnlyKeys("vae");
        }
    }

    @Test
    void theHashIsThatOfTheListOfHashes() throws Exception {
        Path model = index("{\"_class_name\": \"P\", \"vae\": [\"diffusers\", \"V\"]}");
        Files.createDirectories(model.resolve("vae"));
        Files.writeString(model.resolve("vae/config.json"), "{}");
        Files.writeString(model.resolve("README.md"), "not part of the model");
        // sha256sum model_index.json vae/config.json | sha256sum
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.hash())
                    .isEqualTo("73a9853ea366b4c825eff1beb20cadb2e0a90c395cb5ced0a448767440508b07");
        }
        Files.writeString(model.resolve("vae/config.json"), "{ }");
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.hash())
                    .isNotEqualTo(
                            "73a9853ea366b4c825eff1beb20cadb2e0a90c395cb5ced0a448767440508b07");
        }
    }

    @Test
    void theIndexSaysWhatAComponentIsWhateverItsConfigSays() throws IOException {
        Path model =
                index(
                        """
                        {"_class_name": "P", "vae": ["diffusers", "V"],
                         "text_encoder": ["transformers", "UMT5EncoderModel"],
                         "tokenizer": ["transformers", "T5TokenizerFast"],
                         "scheduler": ["diffusers", "DPM"]}
                        """);
        write(model, "vae/config.json", "{}");
        write(model, "text_encoder/config.json", "{\"architectures\": [\"T5EncoderModel\"]}");
        write(model, "tokenizer/tokenizer_config.json", "{\"tokenizer_class\": \"T5Tokenizer\"}");
        write(model, "scheduler/scheduler_config.json", "{\"_class_name\": \"DDIM\"}");
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.config("vae").className()).isEqualTo("V");
            assertThat(checkpoint.config("text_encoder").className()).isEqualTo("UMT5EncoderModel");
            assertThat(checkpoint.config("scheduler").requireClass(java.util.List.of("DPM")))
                    .isEqualTo("DPM");
            checkpoint.config("scheduler");
            checkpoint.config("tokenizer");
            assertThat(checkpoint.notes())
                    .containsExactly(
                            "text_encoder/config.json says T5EncoderModel, model_index.json says"
                                    + " UMT5EncoderModel: the index is followed, as in diffusers",
                            "scheduler/scheduler_config.json says DDIM, model_index.json says DPM:"
                                    + " the index is followed, as in diffusers");
        }
    }

    @Test
    void aVariantIsReadAndToldWhereTheComponentHasNoOtherWeights() throws IOException {
        Path model =
                index("{\"_class_name\": \"P\", \"a\": [\"d\", \"V\"], \"b\": [\"d\", \"V\"]}");
        String header = "{" + RawSafeTensors.entry("x", "F16", "[1]", "[0,2]") + "}";
        String shard = "diffusion_pytorch_model.fp16-00001-of-00001.safetensors";
        write(
                model,
                "a/diffusion_pytorch_model.safetensors.index.fp16.json",
                "{\"weight_map\": {\"x\": \"%s\"}}".formatted(shard));
        RawSafeTensors.write(model.resolve("a").resolve(shard), header, 2);
        write(model, "b/none", "");
        RawSafeTensors.write(model.resolve("b/model.fp16.safetensors"), header, 2);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(
                            checkpoint
                                    .weights(
                                            "a",
                                            WeightMemory.resident(HostBackend.create()),
                                            DType.F32)
                                    .has("x"))
                    .isTrue();
            assertThat(
                            checkpoint
                                    .weights(
                                            "b",
                                            WeightMemory.resident(HostBackend.create()),
                                            DType.F32)
                                    .has("x"))
                    .isTrue();
            assertThat(checkpoint.notes())
                    .containsExactly(
                            "the fp16 variant of the weights is read, since no other is there: a, b");
        }
        RawSafeTensors.write(model.resolve("a/model.safetensors"), header.replace("x", "y"), 2);
        Files.delete(model.resolve("b/model.fp16.safetensors"));
        RawSafeTensors.write(model.resolve("b/model.bf16.safetensors"), header, 2);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(
                            checkpoint
                                    .weights(
                                            "a",
                                            WeightMemory.resident(HostBackend.create()),
                                            DType.F32)
                                    .has("y"))
                    .isTrue();
            assertThat(checkpoint.notes()).isEmpty();
            assertThat(
                            checkpoint
                                    .weights(
                                            "b",
                                            WeightMemory.resident(HostBackend.create()),
                                            DType.F32)
                                    .has("x"))
                    .isTrue();
            assertThat(checkpoint.notes().getFirst()).startsWith("the bf16 variant");
        }
    }

    private static void write(Path model, String name, String content) throws IOException {
        Files.createDirectories(model.resolve(name).resolveSibling("."));
        Files.writeString(model.resolve(name), content);
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        refused(() -> Checkpoint.open(folder.resolve("none")), "expected the folder of a model");
        refused(() -> Checkpoint.open(folder), "model_index.json is missing");
        Path model = index("{\"_class_name\": \"P\", \"vae\": [\"diffusers\", \"V\"]}");
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            refused(() -> checkpoint.config("vae"), "found no such folder");
            Files.createDirectories(model.resolve("vae"));
            refused(() -> checkpoint.config("vae"), "found an empty folder");
            Files.writeString(model.resolve("vae/model.bin"), "");
            refused(
                    () ->
                            checkpoint.weights(
                                    "vae", WeightMemory.resident(HostBackend.create()), DType.F32),
                    "diffusion_pytorch_model.safetensors, model.safetensors, "
                            + "model.safetensors.index.json, found only model.bin");
        }
    }

    @Test
    void aComponentWithoutALibraryIsLeftOutAndListsOfNumbersAreOptions() throws IOException {
        Path model =
                index(
                        """
                        {"_class_name": "P", "vae": ["diffusers", "V"], "checker": [null, "C"],
                         "none": [null, null], "empty": [], "sizes": [1, 2, 3]}
                        """);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.components()).containsOnlyKeys("vae");
        }
    }

    @Test
    void refusesAMalformedIndex() throws IOException {
        refused(() -> Checkpoint.open(index("{}")), "\"_class_name\"");
        refused(
                () -> Checkpoint.open(index("{\"_class_name\": \"P\", \"vae\": [\"V\"]}")),
                "\"vae\": expected [library, class], found the list [\"V\"]");
        refused(
                () ->
                        Checkpoint.open(
                                index("{\"_class_name\": \"P\", \"../vae\": [\"d\", \"V\"]}")),
                "expected a component name");
    }

    private Path index(String json) throws IOException {
        Files.writeString(folder.resolve("model_index.json"), json);
        return folder;
    }

    private static void refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String reason) {
        assertThatThrownBy(call)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }
}
