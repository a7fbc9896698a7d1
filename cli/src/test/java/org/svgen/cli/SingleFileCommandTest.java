package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.HubServer;

/** A model in a single file, with the rest from a folder or from the hub. */
class SingleFileCommandTest {
    private static final String GOLDEN = "cogvideox-t2v-tiny";
    private static final String REPO = "THUDM/CogVideoX1.5-5B"; // by its patches

    @TempDir Path folder;

    private final Map<String, String> variables = new HashMap<>();
    private Path file = Path.of("");

    @BeforeEach
    void write() {
        variables.put("HF_HUB_CACHE", folder.resolve("hub").toString());
        variables.put("HF_HOME", folder.toString());
        file = folder.resolve("cog.safetensors");
        Map<String, Tensor> all = new LinkedHashMap<>();
        Path index =
                Goldens.folder(GOLDEN)
                        .resolve("transformer/diffusion_pytorch_model.safetensors.index.json");
        try (SafeTensors shards = SafeTensors.open(index)) {
            shards.names()
                    .forEach(n ->
                            all.put("model.diffusion_model." + n, shards.find(n).orElseThrow()));
            SafeTensorsWriter.write(file, all, Map.of());
        }
    }

    private Cli generate(String name, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "generate",
                                "a panda",
                                "--device",
                                "cpu",
                                "--steps",
                                "1",
                                "--frames",
                                "1",
                                "--width",
                                "32",
                                "--height",
                                "32",
                                "--attention",
                                "dense"));
        words.addAll(List.of("--output", folder.resolve(name + ".gif").toString()));
        words.addAll(List.of("--save-latents", folder.resolve(name + ".safetensors").toString()));
        words.addAll(List.of(more));
        return Cli.run(variables, Pipelines::open, "", words.toArray(String[]::new));
    }

    @Test
    void theVideoIsThatOfTheFolder() throws Exception {
        String home = Goldens.folder(GOLDEN).toString();
        Cli one = generate("one", "--model", file.toString(), "--base", home);
        assertThat(one.code()).as(one.err()).isZero();
        assertThat(one.err())
                .contains(
                        "cog.safetensors: CogVideoX 1.5 text to video, told by width 128, 2 blocks")
                .contains("the other parts come from " + home)
                .contains("cog.safetensors with the rest of " + GOLDEN + ": 1 frame of 32x32");
        generate("two", "--model", home);
        assertThat(latents("one")).isEqualTo(latents("two"));
    }

    private float[] latents(String name) {
        try (SafeTensors saved = SafeTensors.open(folder.resolve(name + ".safetensors"))) {
            return saved.find("latents").orElseThrow().toFloats();
        }
    }

    /** Of the hub's model comes all but the weights that are here, and only once it is said. */
    @Test
    void theRestComesFromTheHub() {
        try (HubServer server = HubServer.of(REPO, Goldens.folder(GOLDEN))) {
            variables.put("HF_ENDPOINT", server.address());
            Cli cli = generate("one", "--model", file.toString());
            assertThat(cli.code()).as(cli.err()).isZero();
            assertThat(cli.err().indexOf("the other parts come from " + REPO))
                    .isBetween(0, cli.err().indexOf("asking"));
            Path snapshot =
                    folder.resolve("hub/models--THUDM--CogVideoX1.5-5B/snapshots")
                            .toFile()
                            .listFiles()[0]
                            .toPath();
            assertThat(Files.exists(snapshot.resolve("transformer/config.json"))).isTrue();
            assertThat(snapshot.resolve("transformer").toFile().list()).hasSize(1);
            assertThat(Files.exists(snapshot.resolve("vae/diffusion_pytorch_model.safetensors")))
                    .isTrue();
        }
        // What is here now is enough for the next time, but not for the whole model.
        variables.put("HF_HUB_OFFLINE", "1");
        assertThat(generate("two", "--model", file.toString()).code()).isZero();
        assertThat(generate("three", "--model", REPO).err()).contains("is incomplete");
    }

    @Test
    void adaptersAreMergedByTheirStrength() {
        String home = Goldens.folder(GOLDEN).toString();
        String lora = Goldens.folder("lora").resolve(GOLDEN + "/one.kohya.safetensors").toString();
        Cli cli = generate("one", "--model", home, "--lora", lora + ":0.6");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err())
                .contains(GOLDEN + " + one.kohya.safetensors at 0.6 of transformer: 1 frame");
        generate("file", "--model", file.toString(), "--base", home, "--lora", lora + ":0.6");
        assertThat(latents("file")).isEqualTo(latents("one"));
        generate("plain", "--model", home);
        assertThat(latents("plain")).isNotEqualTo(latents("one"));
    }

    /** By the file's name, and from the cache where nobody can be asked. */
    @Test
    void anAdapterComesFromTheHubOnceItIsSaid() throws Exception {
        String home = Goldens.folder(GOLDEN).toString();
        Path lora = Goldens.folder("lora").resolve(GOLDEN + "/one.kohya.safetensors");
        try (HubServer server = HubServer.of("org/styles")) {
            server.put("a/one.safetensors", Files.readAllBytes(lora));
            server.put("two.safetensors", Files.readAllBytes(lora));
            server.put("README.md", new byte[3]);
            variables.put("HF_ENDPOINT", server.address());
            Cli cli = generate("one", "--model", home, "--lora=org/styles/a/one.safetensors:0.6");
            assertThat(cli.code()).as(cli.err()).isZero();
            assertThat(cli.errLines())
                    .anyMatch(line ->
                            line.startsWith("note: org/styles/a/one.safetensors is neither"))
                    .anyMatch(line -> line.matches("org/styles at 0123456: a/one.safetensors, .*"))
                    .anyMatch(line -> line.contains("kB to download to"));
            assertThat(cli.err()).contains(" + one.safetensors at 0.6 of transformer: 1 frame");
            assertThat(server.downloads("two.safetensors")).isZero();
            assertThat(generate("two", "--model", home, "--lora=org/styles").errLines())
                    .last()
                    .isEqualTo(
                            "svgen: org/styles: expected one of its 2 files, as org/styles/FILE, found \"a/one.safetensors\", \"two.safetensors\"");
            assertThat(generate("two", "--model", home, "--lora=org/styles/b").errLines())
                    .last()
                    .asString()
                    .startsWith("svgen: org/styles has no \"b\", found \"a/one.safetensors\"");
        }
        variables.put("HF_HUB_OFFLINE", "1");
        Cli here = generate("here", "--model", home, "--lora=org/styles:0.6");
        assertThat(here.code()).as(here.err()).isZero();
        assertThat(latents("here")).isEqualTo(latents("one"));
        assertThat(generate("x", "--model", home, "--lora=org/styles/c").errLines())
                .last()
                .isEqualTo(
                        "svgen: HF_HUB_OFFLINE is set, and %s has no org/styles/c"
                                .formatted(folder.resolve("hub")));
    }

    @Test
    void wrongAdaptersAreRefused() {
        assertThat(generate("one", "--lora", "no.safetensors:0.5").err())
                .isEqualTo(
                        "svgen: no.safetensors: there is no such file; with the model come 4-steps, sunset%n"
                                .formatted());
        assertThat(generate("one", "--lora", "x:1000").err())
                .isEqualTo(
                        "svgen: --lora x:1000: expected a strength from -100 to 100, found 1000%n"
                                .formatted());
        assertThat(generate("one", "--model", "demo", "--lora", "high=" + file).err())
                .isEqualTo(
                        "svgen: %s: expected an adapter for all noise, since demo has one transformer%n"
                                .formatted(file));
    }

    @Test
    void partsWithoutASingleFileAreRefused() {
        for (String option : new String[] {"--vae", "--text-encoder", "--model-2", "--base"}) {
            Cli cli = generate("one", option, file.toString());
            assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
            assertThat(cli.err())
                    .isEqualTo(
                            "svgen: %s: expected --model with a single file, found --model demo%n"
                                    .formatted(option));
        }
    }
}
