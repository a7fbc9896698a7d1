package org.svgen.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;

class ModelFilesTest {
    private static final Set<String> USED =
            Set.of("scheduler", "text_encoder", "tokenizer", "tokenizer_2", "transformer", "vae");

    @TempDir Path folder;

    @Test
    void choosesSafetensorsWithoutVariantsAndLeavesTheRest() {
        Source repo =
                new Source(
                        "scheduler/scheduler_config.json",
                        "text_encoder/config.json",
                        "text_encoder/model.safetensors",
                        "text_encoder/model.fp16.safetensors",
                        "text_encoder/pytorch_model.bin",
                        "tokenizer/spiece.model",
                        "tokenizer/tokenizer_config.json",
                        "tokenizer_2/vocab.json",
                        "tokenizer_2/merges.txt",
                        "transformer/config.json",
                        "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
                        "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
                        "transformer/diffusion_pytorch_model.fp16.safetensors",
                        "transformer/diffusion_pytorch_model.safetensors.index.fp16.json",
                        "transformer/deeper/config.json",
                        "vae/config.json",
                        "vae/diffusion_pytorch_model.safetensors",
                        "vae/diffusion_pytorch_model.ckpt",
                        "vae/model.onnx",
                        "safety_checker/config.json",
                        "safety_checker/model.safetensors",
                        "README.md",
                        "LICENSE",
                        "model.safetensors",
                        ".gitattributes");
        repo.put(
                "transformer/diffusion_pytorch_model.safetensors.index.json",
                """
                {"weight_map": {"a": "diffusion_pytorch_model-00001-of-00002.safetensors",
                                "b": "diffusion_pytorch_model-00002-of-00002.safetensors"}}
                """);
        ModelFiles files = ModelFiles.of(repo, c -> USED);
        assertThat(files.pipelineClass()).isEqualTo("P");
        assertThat(files.missing()).isEmpty();
        assertThat(files.files())
                .containsExactlyInAnyOrder(
                        "model_index.json",
                        "scheduler/scheduler_config.json",
                        "text_encoder/config.json",
                        "text_encoder/model.safetensors",
                        "tokenizer/spiece.model",
                        "tokenizer/tokenizer_config.json",
                        "tokenizer_2/vocab.json",
                        "tokenizer_2/merges.txt",
                        "transformer/config.json",
                        "transformer/diffusion_pytorch_model-00001-of-00002.safetensors",
                        "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
                        "transformer/diffusion_pytorch_model.safetensors.index.json",
                        "vae/config.json",
                        "vae/diffusion_pytorch_model.safetensors");
    }

    @Test
    void namesShardsVocabulariesAndConfigsThatAreMissing() {
        Source repo = new Source("text_encoder/pytorch_model.bin", "vae/config.json");
        repo.put(
                "transformer/diffusion_pytorch_model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"x-1.safetensors\", \"b\": \"x-2.safetensors\"}}");
        ModelFiles files = ModelFiles.of(repo, c -> USED);
        assertThat(files.missing())
                .containsExactlyInAnyOrder(
                        "scheduler/scheduler_config.json",
                        "text_encoder/config.json",
                        "text_encoder/model.safetensors",
                        "tokenizer/spiece.model",
                        "tokenizer_2/vocab.json",
                        "tokenizer_2/merges.txt",
                        "transformer/config.json",
                        "transformer/x-1.safetensors",
                        "transformer/x-2.safetensors",
                        "vae/diffusion_pytorch_model.safetensors");
        assertThatThrownBy(() -> files.requireComplete("org/name"))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(
                        "org/name: 10 files are missing: scheduler/scheduler_config")
                .hasMessageContaining(" and 6 more; text_encoder/pytorch_model.bin is there");
    }

    @Test
    void aWholeVariantIsTakenWhereOnlyTheListOfTheOwnFilesCameWithIt() {
        Source repo = new Source("vae/config.json");
        String own = "vae/diffusion_pytorch_model.safetensors.index.json";
        repo.put(own, "{\"weight_map\": {\"a\": \"x-1.safetensors\"}}");
        assertThat(ModelFiles.of(repo, c -> Set.of("vae")).missing())
                .containsExactly("vae/x-1.safetensors");
        String variant = "vae/diffusion_pytorch_model.fp16.safetensors";
        repo.put(variant, "");
        assertThat(ModelFiles.of(repo, c -> Set.of("vae")).missing()).isEmpty();
        assertThat(ModelFiles.of(repo, c -> Set.of("vae")).files())
                .contains(variant)
                .doesNotContain(own);
        repo.put("vae/x-1.safetensors", "");
        assertThat(ModelFiles.of(repo, c -> Set.of("vae")).files())
                .contains(own, "vae/x-1.safetensors")
                .doesNotContain(variant);
    }

    @Test
    void anIndexCannotLeadOutOfItsComponent() {
        Source repo = new Source("vae/config.json");
        repo.put(
                "vae/diffusion_pytorch_model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"../../x.safetensors\"}}");
        assertThatThrownBy(() -> ModelFiles.of(repo, c -> Set.of("vae")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("beside the index");
    }

    @Test
    void aClassThatNobodyRunsIsRefusedByTheNameOfTheFile() {
        assertThatThrownBy(() ->
                        ModelFiles.of(
                                new Source(),
                                c -> {
                                    throw new BadInputException("cannot run a " + c);
                                }))
                .isInstanceOf(BadInputException.class)
                .hasMessage("repo/model_index.json: cannot run a P");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "cogvideox-i2v-tiny"})
    void aWholeFolderIsComplete(String name) {
        assertThat(ModelFiles.of(Goldens.folder(name), c -> USED).missing()).isEmpty();
    }

    @Test
    void aGuiderIsAConfigurationAlone() {
        Path whole = Goldens.folder("hunyuanvideo15-t2v-tiny");
        ModelFiles files = ModelFiles.of(whole, c -> Set.of("guider"));
        assertThat(files.missing()).isEmpty();
        assertThat(files.files()).contains("guider/guider_config.json");
    }

    @Test
    void aLinkThatLeadsNowhereIsAMissingFile() throws Exception {
        Files.writeString(folder.resolve("model_index.json"), Source.INDEX);
        Files.createDirectories(folder.resolve("vae"));
        Files.writeString(folder.resolve("vae/config.json"), "{}");
        Files.createSymbolicLink(
                folder.resolve("vae/diffusion_pytorch_model.safetensors"),
                Path.of("../../blobs/none"));
        assertThat(ModelFiles.of(folder, c -> Set.of("vae")).missing())
                .containsExactly("vae/diffusion_pytorch_model.safetensors");
        assertThat(ModelFiles.of(folder.resolve("none"), c -> USED).missing())
                .containsExactly("model_index.json");
    }

    @Test
    void onlyWhatIsNeededIsLookedAt() throws Exception {
        Files.writeString(folder.resolve("model_index.json"), Source.INDEX);
        Files.createDirectories(folder.resolve("vae/deeper"));
        Files.writeString(folder.resolve("vae/config.json"), "{}");
        Files.writeString(folder.resolve("vae/diffusion_pytorch_model.safetensors"), "");
        Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(folder.resolve("again"), Path.of("."));
        Files.createSymbolicLink(folder.resolve("vae/above"), Path.of(".."));
        Files.createSymbolicLink(folder.resolve("vae/loop.json"), Path.of("loop.json"));
        unreadable(folder.resolve("lost+found"));
        unreadable(folder.resolve("vae/deeper"));
        ModelFiles files = ModelFiles.of(folder, c -> Set.of("vae"));
        assertThat(files.missing()).isEmpty();
        assertThat(files.files())
                .containsExactly(
                        "model_index.json",
                        "vae/config.json",
                        "vae/diffusion_pytorch_model.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.hash()).hasSize(64);
        }
    }

    /** Nothing for root, to whom all is readable. */
    private static void unreadable(Path folder) throws Exception {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, Set.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fp16", "bf16", "fp32"})
    void aVariantIsTakenWhereNothingElseIsThere(String variant) {
        Source repo =
                new Source(
                        "text_encoder/config.json",
                        "text_encoder/model.%s.safetensors".formatted(variant),
                        "text_encoder/model.ema.safetensors",
                        "vae/config.json",
                        "vae/diffusion_pytorch_model.%s-00001-of-00002.safetensors"
                                .formatted(variant),
                        "vae/diffusion_pytorch_model.%s-00002-of-00002.safetensors"
                                .formatted(variant));
        repo.put(
                "vae/diffusion_pytorch_model.safetensors.index.%s.json".formatted(variant),
                """
                {"weight_map": {"a": "diffusion_pytorch_model.%1$s-00001-of-00002.safetensors",
                                "b": "diffusion_pytorch_model.%1$s-00002-of-00002.safetensors"}}
                """
                        .formatted(variant));
        ModelFiles files = ModelFiles.of(repo, c -> Set.of("text_encoder", "vae"));
        assertThat(files.missing()).isEmpty();
        assertThat(files.files())
                .contains(
                        "text_encoder/model.%s.safetensors".formatted(variant),
                        "vae/diffusion_pytorch_model.safetensors.index.%s.json".formatted(variant),
                        "vae/diffusion_pytorch_model.%s-00002-of-00002.safetensors"
                                .formatted(variant))
                .doesNotContain("text_encoder/model.ema.safetensors");
    }

    @Test
    void anotherVariantThanATypeIsNoSubstitute() {
        Source repo = new Source("vae/config.json", "vae/diffusion_pytorch_model.ema.safetensors");
        assertThat(ModelFiles.of(repo, c -> Set.of("vae")).missing())
                .containsExactly("vae/diffusion_pytorch_model.safetensors");
    }

    @Test
    void aTokenizersFilesGoByTheClassInTheIndex() {
        Source repo = new Source("tokenizer_2/spiece.model", "tokenizer/vocab.json");
        assertThat(ModelFiles.of(repo, c -> Set.of("tokenizer", "tokenizer_2")).missing())
                .containsExactly(
                        "tokenizer/spiece.model",
                        "tokenizer_2/vocab.json",
                        "tokenizer_2/merges.txt");
    }

    /** A repository that is not here. */
    private static final class Source implements ModelFiles.Source {
        static final String INDEX =
                """
                {"_class_name": "P", "scheduler": ["diffusers", "CogVideoXDDIMScheduler"],
                 "text_encoder": ["transformers", "T5EncoderModel"],
                 "tokenizer": ["transformers", "T5Tokenizer"],
                 "tokenizer_2": ["transformers", "CLIPTokenizerFast"],
                 "transformer": ["diffusers", "T"], "vae": ["diffusers", "V"],
                 "safety_checker": ["transformers", "S"], "feature_extractor": [null, null]}
                """;

        private final Map<String, String> files = new TreeMap<>();

        Source(String... names) {
            for (String name : names) {
                files.put(name, "{}");
            }
            files.put("model_index.json", INDEX);
        }

        void put(String name, String content) {
            files.put(name, content);
        }

        @Override
        public Path place() {
            return Path.of("repo");
        }

        @Override
        public boolean has(String name) {
            return files.containsKey(name);
        }

        @Override
        public Set<String> filesIn(String component) {
            return files.keySet().stream()
                    .filter(name -> name.matches(component + "/[^/]*"))
                    .map(name -> name.substring(component.length() + 1))
                    .collect(Collectors.toSet());
        }

        @Override
        public byte[] read(String name) {
            return String.valueOf(files.get(name)).getBytes(StandardCharsets.UTF_8);
        }
    }
}
