package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.models.Pipelines;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.HubFault.Cut;
import org.svgen.testkit.HubServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class PullCommandTest {
    private static final String VAE = "vae/diffusion_pytorch_model.safetensors";

    @TempDir Path folder;

    private final HubServer server = HubServer.of("org/tiny", Goldens.folder("cogvideox-t2v-tiny"));
    private final Map<String, String> variables = new HashMap<>();
    private final List<Path> opened = new ArrayList<>();
    private Path snapshot = Path.of("");

    @BeforeEach
    void prepare() {
        Path cache = folder.resolve("hub");
        snapshot = cache.resolve("models--org--tiny/snapshots").resolve(HubServer.COMMIT);
        variables.put("HF_HUB_CACHE", cache.toString());
        variables.put("HF_ENDPOINT", server.address());
        variables.put("HF_HOME", folder.toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tellsLicenceAndSizeAndPrintsTheFolder() {
        Cli cli = run("pull", "org/tiny");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out().strip()).isEqualTo(snapshot.toString());
        assertThat(cli.errLines().get(0))
                .startsWith(
                        "org/tiny at 0123456: CogVideoXPipeline, licence other (test-licence), ");
        assertThat(cli.errLines().get(1))
                .matches("\\d+ files, [0-9.]+ .B: .* to download to .*hub, .* free there");
        assertThat(cli.errLines().getLast()).matches("download [0-9.]+ .B in .*");
        assertThat(run("pull", "org/tiny").errLines().get(1)).endsWith(": all are here");
    }

    @Test
    void whatAnotherModelHasIsLinkedAndSaidFirst() {
        run("pull", "org/tiny");
        try (HubServer other = HubServer.of("org/twin", Goldens.folder("cogvideox-t2v-tiny"))) {
            variables.put("HF_ENDPOINT", other.address());
            Cli dry = run("pull", "org/twin", "--dry-run", "--json");
            JsonNode json = new ObjectMapper().readTree(dry.out());
            assertThat(json.get("linked").asLong() + json.get("to_download").asLong())
                    .isEqualTo(json.get("bytes").asLong());
            assertThat(json.get("linked").asLong()).isPositive();
            Cli cli = run("pull", "org/twin");
            assertThat(cli.errLines().get(2))
                    .matches("[0-9.]+ .B are here as part of org/tiny: linked, not downloaded");
            assertThat(other.downloads(VAE)).isZero();
        }
    }

    @Test
    void quietSaysNothingAndJsonSaysItToPrograms() {
        JsonNode dry =
                new ObjectMapper().readTree(run("pull", "org/tiny", "--dry-run", "--json").out());
        assertThat(snapshot).doesNotExist();
        Cli cli = run("pull", "org/tiny", "--quiet", "--json");
        assertThat(cli.err()).isEmpty();
        JsonNode json = new ObjectMapper().readTree(cli.out());
        assertThat(json.get("revision").asString()).isEqualTo(HubServer.COMMIT);
        assertThat(json.get("licence").asString()).startsWith("other (test-licence)");
        assertThat(json.get("to_download").asLong())
                .isPositive()
                .isEqualTo(json.get("bytes").asLong());
        assertThat(dry).isEqualTo(json);
    }

    @Test
    void generateDownloadsWhatIsMissingAndThenDoesNotAsk() {
        Cli first = generate("org/tiny");
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.errLines().getFirst())
                .startsWith(
                        "note: org/tiny is neither a folder nor whole in the cache; asking http");
        assertThat(first.err()).contains("licence other").contains("org/tiny@0123456: ");
        int requests = server.requests().size();
        variables.put("HF_HUB_OFFLINE", "1");
        assertThat(generate("org/tiny").code()).isZero();
        assertThat(server.requests()).hasSize(requests);
        assertThat(opened).containsExactly(snapshot, snapshot);
    }

    @Test
    void anOriginalThatIsNotInDiffusersLayoutIsToldWithTheOneThatIs() {
        variables.put("HF_ENDPOINT", "http://localhost:1");
        for (String offline : new String[] {"0", "1"}) {
            variables.put("HF_HUB_OFFLINE", offline);
            Cli cli = generate("tencent/HunyuanVideo");
            assertThat(cli.code()).isEqualTo(2);
            assertThat(cli.errLines().getLast())
                    .endsWith(
                            "tencent/HunyuanVideo is not in diffusers' layout; svgen takes"
                                    + " HunyuanVideo as hunyuanvideo-community/HunyuanVideo");
        }
    }

    @Test
    void aVariantIsPulledWhereNothingElseIsThere() throws IOException {
        byte[] weights =
                Files.readAllBytes(
                        Goldens.folder("cogvideox-t2v-tiny")
                                .resolve("vae/diffusion_pytorch_model.safetensors"));
        server.remove("vae/diffusion_pytorch_model.safetensors");
        server.put("vae/diffusion_pytorch_model.fp16.safetensors", weights);
        Cli cli = run("pull", "org/tiny");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(snapshot.resolve("vae/diffusion_pytorch_model.fp16.safetensors"))
                .hasBinaryContent(weights);
        assertThat(run("models").out()).doesNotContain("cannot be run");
    }

    @Test
    void aFolderOfThatNameIsTakenFirst() {
        Cli cli = generate("src/test");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("found no model_index.json in it");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void whatWasDownloadedCanBeRunAndIsListed() {
        run("pull", "org/tiny");
        Cli info = run("info", "org/tiny", "--json");
        assertThat(info.code()).as(info.err()).isZero();
        assertThat(new ObjectMapper().readTree(info.out()).get("model").get("name").asString())
                .isEqualTo("org/tiny@0123456");
        assertThat(run("models").out())
                .startsWith("demo  ")
                .contains("\norg/tiny  CogVideoXPipeline, ")
                .contains(", revision 0123456\n");
        JsonNode listed = new ObjectMapper().readTree(run("models", "org/tiny", "--json").out());
        assertThat(listed.size()).isEqualTo(1);
        assertThat(listed.get(0).get("problem").isNull()).isTrue();
        assertThat(listed.get(0).get("revision").asString()).isEqualTo(HubServer.COMMIT);
        assertThat(run("models", "org/other").code()).isEqualTo(2);
    }

    @Test
    void aModelInPartsIsListedSoAndRefusedByName() throws IOException {
        run("pull", "org/tiny");
        Files.delete(snapshot.resolve(VAE));
        assertThat(run("models", "org/tiny").out())
                .contains("cannot be run: 1 file is missing: " + VAE)
                .contains("'svgen pull org/tiny' fetches the rest");
        Cli generate = run("generate", "x", "--model", snapshot.toString());
        assertThat(generate.code()).isEqualTo(2);
        assertThat(generate.errLines()).last().asString().endsWith(": 1 file is missing: " + VAE);
        variables.put("HF_HUB_OFFLINE", "1");
        Cli offline = generate("org/tiny");
        assertThat(offline.code()).isEqualTo(2);
        assertThat(offline.errLines())
                .as("nobody is asked")
                .containsExactly(
                        "svgen: HF_HUB_OFFLINE is set, and org/tiny is incomplete: 1 file is missing: "
                                + VAE);
    }

    @Test
    void theCacheIsBelowHome() {
        Cli cli =
                Cli.run(
                        Map.of("HOME", folder.toString(), "HF_HUB_OFFLINE", "1"),
                        Pipelines::open,
                        "",
                        "pull",
                        "org/tiny");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err())
                .contains(folder.resolve(".cache/huggingface/hub") + " has no org/tiny");
    }

    @Test
    void whatTheUserCanMendIsOneLineAndTwo() {
        server.requireToken("hf_x");
        Cli gated = run("pull", "org/tiny", "--quiet");
        assertThat(gated.code()).isEqualTo(2);
        assertThat(gated.errLines()).singleElement().asString().contains("accept its licence at");
        assertThat(run("pull", "org/none").code()).isEqualTo(2);
        assertThat(run("pull", "none").errLines())
                .singleElement()
                .asString()
                .startsWith("svgen: \"none\": expected ORG/NAME");
    }

    @Test
    void theTokenIsReadFromItsFile() throws IOException {
        server.requireToken("hf_x");
        Files.writeString(folder.resolve("token"), "hf_x\n");
        assertThat(run("pull", "org/tiny").code()).isZero();
    }

    @Test
    void aBrokenConnectionIsTold() {
        server.fail(VAE, new Cut(2000));
        Cli cli = run("pull", "org/tiny");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("note: org/tiny: " + VAE + ": the connection broke");
    }

    @Test
    void ctrlCKeepsWhatIsThere() throws InterruptedException {
        server.slowDown(20);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Interrupts interrupts = new Interrupts(stream::println);
        Environment environment =
                new Environment(
                        new Console(stream, stream, true),
                        new ByteArrayInputStream(new byte[0]),
                        Pipelines::open,
                        interrupts,
                        variables);
        Thread stop =
                new Thread(() -> {
                    while (!err.toString(StandardCharsets.UTF_8).contains("download [")) {
                        Thread.onSpinWait();
                    }
                    interrupts.hook().start();
                });
        stop.start();
        int code = Main.run(environment, false, "pull", "org/tiny");
        interrupts.done();
        stop.join();
        String said = err.toString(StandardCharsets.UTF_8);
        assertThat(code).as(said).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(said).endsWith("the same command goes on\n").contains(" left\r");
    }

    private Cli run(String... args) {
        return Cli.run(variables, Pipelines::open, "", args);
    }

    private Cli generate(String model) {
        return Cli.run(
                variables,
                (path, backend, activation) -> {
                    opened.add(path.folder());
                    return new FakePipeline(0, false);
                },
                "",
                "generate",
                "x",
                "--model",
                model,
                "--output",
                folder.resolve("x.gif").toString());
    }
}
