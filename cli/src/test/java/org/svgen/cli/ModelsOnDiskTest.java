package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.models.Pipelines;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Files in ComfyUI's folders: listed, told, given by name at each door, and removed. */
class ModelsOnDiskTest {
    private static final Path GOLDEN = Goldens.folder("wan-t2v-tiny");
    private static final Path LORA = Goldens.folder("lora").resolve("wan-t2v-tiny");

    @TempDir Path comfy;
    @TempDir Path out;

    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void write() throws IOException {
        variables.put("HF_HUB_CACHE", "/nonexistent");
        variables.put("SVGEN_MODELS", comfy.toString());
        Map<String, Tensor> model = new LinkedHashMap<>();
        Path index = GOLDEN.resolve("transformer/diffusion_pytorch_model.safetensors.index.json");
        try (SafeTensors shards = SafeTensors.open(index)) {
            for (String name : shards.names()) {
                model.put("model.diffusion_model." + name, shards.find(name).orElseThrow());
            }
            Path file = comfy.resolve("diffusion_models/tiny.safetensors");
            Files.createDirectories(file.getParent());
            SafeTensorsWriter.write(file, model, Map.of());
        }
        copy(GOLDEN.resolve("vae/diffusion_pytorch_model.safetensors"), "vae/wan_vae.safetensors");
        copy(GOLDEN.resolve("text_encoder/model.safetensors"), "clip/umt5.safetensors");
        copy(LORA.resolve("one.kohya.safetensors"), "loras/wan/one.safetensors");
        Files.writeString(Files.createDirectories(comfy.resolve("unet")).resolve("old.ckpt"), "x");
    }

    private void copy(Path from, String to) throws IOException {
        Files.createDirectories(comfy.resolve(to).getParent());
        Files.copy(from, comfy.resolve(to));
    }

    private Cli run(String stdin, String... words) {
        return Cli.run(variables, Pipelines::open, stdin, words);
    }

    @Test
    void theListSaysWhatEachFileIs() {
        Cli cli = run("", "models", comfy.toString());
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out().lines())
                .hasSize(6)
                .contains(
                        "clip/umt5.safetensors  an UMT5 encoder, bf16, 68.8 kB; --text-encoder",
                        "loras/wan/one.safetensors  an adapter (LoRA) for a transformer of Wan, rank 4, bf16, 47.2 kB; --lora")
                .anyMatch(line ->
                        line.matches(
                                "diffusion_models/tiny.safetensors  Wan 2.1 text to video 1.3B, .*; --model"))
                .anyMatch(line ->
                        line.matches("vae/wan_vae.safetensors  an autoencoder of Wan, .*; --vae"))
                .contains("unet/old.ckpt  no model that can be read, 1 B")
                .anyMatch(line ->
                        line.startsWith("    cannot be used: ") && line.contains("pickled"));
        assertThat(run("", "models").out())
                .startsWith("demo ")
                .contains("vae/wan_vae.safetensors  an autoencoder of Wan");
    }

    @Test
    void theDoctorSaysWhatItFindsThere() {
        variables.put("SVGEN_MODELS", comfy + File.pathSeparator + comfy.resolve("no"));
        assertThat(run("", "doctor").out())
                .containsPattern("models +%s: 5 files, ".formatted(comfy))
                .contains("SVGEN_MODELS: %s: expected a folder".formatted(comfy.resolve("no")));
    }

    @Test
    void programsGetTheSame() {
        JsonNode list = new ObjectMapper().readTree(run("", "models", "one", "--json").out());
        assertThat(list).hasSize(1);
        assertThat(list.get(0).get("name").stringValue()).isEqualTo("loras/wan/one.safetensors");
        assertThat(list.get(0).get("kind").stringValue()).isEqualTo("adapter");
        assertThat(list.get(0).get("option").stringValue()).isEqualTo("--lora");
        JsonNode info = new ObjectMapper().readTree(run("", "info", "one", "--json").out());
        assertThat(info.get("what").stringValue())
                .isEqualTo("an adapter (LoRA) for a transformer of Wan");
        assertThat(info.get("adapter").get("ranks").get(0).intValue()).isEqualTo(4);
        assertThat(info.get("types").get("bf16").get("tensors").intValue()).isEqualTo(40);
    }

    @Test
    void infoSaysWhatAFileHolds() {
        Cli cli = run("", "info", "diffusion_models/tiny");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out())
                .startsWith("tiny.safetensors: Wan 2.1 text to video 1.3B, safetensors, ")
                .contains("told by width 128, ")
                .contains("given as --model; what it lacks comes from Wan-AI/Wan2.1-T2V-1.3B-D")
                .contains("transformer: a transformer of Wan, ")
                .contains("in diffusers' names, behind model.diffusion_model.");
        assertThat(run("", "info", "one").out())
                .contains("rank 4")
                .contains("alpha 2")
                .contains("blocks_#_self_attn_q x 2");
    }

    private List<String> files() {
        return List.of(
                "--model",
                "tiny",
                "--vae",
                "wan_vae",
                "--text-encoder",
                "umt5.safetensors",
                "--base",
                GOLDEN.toString());
    }

    private float[] latents(String name, List<String> given) {
        Path latents = out.resolve(name + ".safetensors");
        List<String> words = new ArrayList<>(List.of("generate", "a panda", "--device", "cpu"));
        words.addAll(List.of("--steps", "1", "--frames", "1", "--width", "32", "--height", "32"));
        words.addAll(List.of("--output", out.resolve(name + ".gif").toString()));
        words.addAll(List.of("--save-latents", latents.toString(), "--attention", "dense"));
        words.addAll(given);
        Cli cli = run("", words.toArray(String[]::new));
        assertThat(cli.code()).as(cli.err()).isZero();
        try (SafeTensors saved = SafeTensors.open(latents)) {
            return saved.find("latents").orElseThrow().toFloats();
        }
    }

    @Test
    void namesAreAsGoodAsPaths() {
        List<String> byName = new ArrayList<>(files());
        byName.addAll(List.of("--lora", "wan/one:0.5"));
        String lora = comfy.resolve("loras/wan/one.safetensors").toString();
        assertThat(latents("name", byName))
                .isEqualTo(
                        latents(
                                "path",
                                List.of("--model", GOLDEN.toString(), "--lora", lora + ":0.5")));
    }

    @Test
    void aNameThatIsNotThereIsToldWithTheNearest() {
        Cli cli = run("", "generate", "x", "--model", "tiny", "--vae", "wan_vea.safetensors");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: --vae wan_vea.safetensors: there is no such file, nor one of that name in the folders of SVGEN_MODELS; the nearest there is wan_vae.safetensors");
        assertThat(run("", "generate", "x", "--model", "tini.safetensors").errLines())
                .containsExactly(
                        "svgen: --model tini.safetensors: there is no such file, nor one of that name in the folders of SVGEN_MODELS; the nearest there is tiny.safetensors");
        assertThat(run("", "generate", "x", "--model", "one").err())
                .endsWith(
                        "found an adapter (LoRA) for a transformer of Wan, which is given as --lora beside a model%n"
                                .formatted());
    }

    @Test
    void aStudyTakesFilesAndTellsThePlaceOfAMistake() throws IOException {
        String text =
                """
                model: tiny
                vae: VAE
                text_encoder: [umt5]
                base: %s
                device: cpu
                prompts: [a panda]
                settings: {width: 33} # which the model refuses once it is open
                methods: {svg: {density: 0.5}}
                """
                        .formatted(GOLDEN);
        Path file = out.resolve("tiny.yaml");
        Files.writeString(file, text.replace("VAE", "wan_vae"));
        Cli cli = run("", "study", file.toString(), "--dry-run");
        assertThat(cli.err())
                .contains("Wan 2.1 text to video 1.3B, told by width 128")
                .contains("line 7, column 12: width 33: expected a multiple of 16");
        Files.writeString(file, text.replace("VAE", "nonesuch"));
        assertThat(run("", "study", file.toString(), "--dry-run").errLines())
                .containsExactly(
                        "svgen: %s, line 2, column 6: vae nonesuch: there is no such file, nor one of that name in the folders of SVGEN_MODELS"
                                .formatted(file));
        Files.writeString(file, text.replace("VAE", "one"));
        assertThat(run("", "study", file.toString(), "--dry-run").err())
                .startsWith("svgen: %s, line 1, column 8: ".formatted(file))
                .contains("expected an autoencoder of Wan, found an adapter (LoRA)");
        assertThat(run("", "study", file.toString(), "--vae", "x").errLines())
                .containsExactly(
                        "svgen: --vae: expected --model beside it; the study's own model has its parts in the file");
    }

    @Test
    void aBatchTakesFiles() throws IOException {
        Path table =
                Files.writeString(
                        out.resolve("two.csv"),
                        "prompt,width,height,frames,steps\na panda,32,32,1,1\n");
        List<String> words = new ArrayList<>(List.of("batch", table.toString(), "--device", "cpu"));
        words.addAll(List.of("--output", out.resolve("videos").toString(), "--dry-run"));
        words.addAll(files());
        Cli cli = run("", words.toArray(String[]::new));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out()).contains("panda");
        assertThat(
                        run(
                                        "",
                                        "batch",
                                        table.toString(),
                                        "--server",
                                        "http://x",
                                        "--vae",
                                        "wan_vae")
                                .errLines())
                .containsExactly("svgen: --vae: the server has its own; expected without --server");
    }

    @Test
    void aFileIsRemovedOnceThatIsAgreed() {
        Path file = comfy.resolve("loras/wan/one.safetensors");
        Cli no = run("n\n", "models", "rm", "one");
        assertThat(no.code()).isEqualTo(ExitCode.FAILED);
        assertThat(no.errLines())
                .containsExactly(
                        "svgen: remove loras/wan/one.safetensors (%s), an adapter (LoRA) for a transformer of Wan, rank 4, 47.2 kB? [y/N]"
                                .formatted(file),
                        "svgen: nothing was removed");
        assertThat(file).exists();
        Cli yes = run("y\n", "models", "rm", "wan/one");
        assertThat(yes.code()).as(yes.err()).isZero();
        assertThat(yes.errLines())
                .last()
                .isEqualTo("svgen: loras/wan/one.safetensors removed, 47.2 kB freed");
        assertThat(file).doesNotExist();
    }

    @Test
    void ofALinkOnlyTheLinkGoesAndFilesElsewhereStay() throws IOException {
        Path mine = out.resolve("mine.safetensors");
        SafeTensorsWriter.write(
                mine, Map.of("x", Tensor.zeros(Arena.ofAuto(), DType.F32, 1)), Map.of());
        Path link = Files.createSymbolicLink(comfy.resolve("loras/mine.safetensors"), mine);
        Cli cli = run("", "models", "rm", "mine", "--yes");
        assertThat(cli.errLines())
                .containsExactly("svgen: loras/mine.safetensors removed, 0 B freed");
        assertThat(link).doesNotExist();
        assertThat(mine).exists();
        assertThat(run("", "models", "rm", mine.toString(), "--yes").errLines())
                .containsExactly(
                        "svgen: %s: expected ORG/NAME, a model in the cache, or a file in a folder of SVGEN_MODELS; found one that comes with svgen or lies elsewhere, which stays"
                                .formatted(mine));
        assertThat(mine).exists();
    }
}
