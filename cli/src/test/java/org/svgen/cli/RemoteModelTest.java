package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.models.Pipelines;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.HubServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/** A model on the hub is planned, described and refused without its weights. */
class RemoteModelTest {
    private static final int PADDING = 3_000_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private final Map<String, String> variables = new HashMap<>();
    private Path model = Path.of("");
    private HubServer server = HubServer.of("org/none");

    @AfterEach
    void stop() {
        server.close();
    }

    @BeforeEach
    void prepare() {
        variables.put("HF_HUB_CACHE", folder.resolve("hub").toString());
        variables.put("HF_HOME", folder.toString());
    }

    /** Serves a golden model whose weights are nearly all that it has, as those of real ones. */
    private void serve(String golden) throws IOException {
        Path from = Goldens.folder(golden);
        model = folder.resolve("model");
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (file.startsWith(from.resolve("golden"))) {
                    continue; // what the model should compute
                }
                Path to = model.resolve(from.relativize(file).toString());
                Files.createDirectories(to.resolveSibling("."));
                Files.write(
                        to,
                        file.toString().endsWith(".safetensors")
                                ? padded(Files.readAllBytes(file))
                                : Files.readAllBytes(file));
            }
        }
        server.close();
        server = HubServer.of("org/tiny", model);
        variables.put("HF_ENDPOINT", server.address());
    }

    /** The same tensors, and behind them a large one that nobody reads. */
    private static byte[] padded(byte[] file) {
        int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        ObjectNode header = (ObjectNode) JSON.readTree(file, 8, length);
        long end = file.length - 8L - length;
        ObjectNode padding = header.putObject("padding");
        padding.put("dtype", "U8").putArray("shape").add(PADDING);
        padding.putArray("data_offsets").add(end).add(end + PADDING);
        byte[] json = JSON.writeValueAsBytes(header);
        return ByteBuffer.allocate(file.length - length + json.length + PADDING)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(file, 8 + length, file.length - 8 - length)
                .array();
    }

    private long size() throws IOException {
        try (Stream<Path> all = Files.walk(model)) {
            return all.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "hunyuanvideo-tiny", "wan22-t2v-tiny"})
    void thePlanIsThatOfTheFolderAndFetchesNoWeights(String golden) throws IOException {
        serve(golden);
        Cli remote = plan("org/tiny", "--json");
        assertThat(remote.code()).as(remote.err()).isZero();
        assertThat(server.served()).isLessThan(size() / 20);
        assertThat(folder.resolve("hub")).doesNotExist();
        Cli local = plan(model.toString(), "--json");
        assertThat(settled(remote.out())).isEqualTo(settled(local.out()));
        JsonNode told = JSON.readTree(remote.out());
        assertThat(told.get("model").asString()).isEqualTo("org/tiny@0123456");
        assertThat(told.get("download_bytes").asLong()).isBetween(size() * 9 / 10, size());
        assertThat(told.get("download_free_bytes").asLong()).isPositive();
        assertThat(JSON.readTree(local.out()).get("download_free_bytes").isNull()).isTrue();
        assertThat(plan("org/tiny").out()).contains("download   ").contains("'svgen pull'");
    }

    /** Without what differs from run to run, and between a folder and a hub. */
    private static JsonNode settled(String json) {
        return ((ObjectNode) JSON.readTree(json))
                .without(
                        List.of(
                                "model",
                                "limit_bytes",
                                "output_free_bytes",
                                "download_bytes",
                                "download_free_bytes"));
    }

    @Test
    void generateRefusesBeforeAnythingIsDownloaded() throws IOException {
        serve("cogvideox-t2v-tiny");
        List<String> wrong = List.of("--frames", "2");
        List<String> large = List.of("--width", "4096", "--height", "4096", "--frames", "4801");
        for (List<String> options : List.of(wrong, large)) {
            Cli cli = generate(options);
            assertThat(cli.code()).as(cli.err()).isEqualTo(2);
            assertThat(cli.err()).contains("for its configs and headers first");
            assertThat(cli.errLines()).last().asString().contains(" frames");
        }
        assertThat(server.served()).isLessThan(size() / 10);
        assertThat(folder.resolve("hub")).doesNotExist();
    }

    @Test
    void aModelThatDoesNotBelongTogetherIsNamedByTheHubsName() throws IOException {
        serve("cogvideox-t2v-tiny");
        server.put("transformer/config.json", "{\"num_layers\": 0}".getBytes());
        Cli cli = plan("org/tiny");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .last()
                .asString()
                .startsWith("svgen: org/tiny/transformer/config.json: ");
    }

    @Test
    void infoTellsOfAModelThatIsNotHere() throws IOException {
        serve("cogvideox-t2v-tiny");
        Cli cli = run("info", "org/tiny", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode told = JSON.readTree(cli.out());
        JsonNode local = JSON.readTree(run("info", model.toString(), "--json").out());
        assertThat(told.get("model").get("parts")).isEqualTo(local.get("model").get("parts"));
        assertThat(told.get("problem").isNull()).isTrue();
        assertThat(told.get("model_hash").isNull()).isTrue();
        assertThat(run("info", "org/tiny").out()).contains("unknown until the files are here");
        assertThat(server.served()).isLessThan(size() / 10);
        assertThat(folder.resolve("hub")).doesNotExist();
    }

    @Test
    void offlineIsSaid() throws IOException {
        serve("cogvideox-t2v-tiny");
        variables.put("HF_HUB_OFFLINE", "1");
        for (Cli cli : List.of(plan("org/tiny"), generate(List.of()), run("info", "org/tiny"))) {
            assertThat(cli.code()).isEqualTo(2);
            assertThat(cli.errLines())
                    .singleElement()
                    .asString()
                    .matches("svgen: HF_HUB_OFFLINE is set, and .*hub has no org/tiny");
        }
        assertThat(server.requests()).isEmpty();
    }

    private Cli plan(String from, String... more) {
        return run(
                Stream.concat(Stream.of("plan", "x", "--no-time", "--model", from), Stream.of(more))
                        .toArray(String[]::new));
    }

    private Cli generate(List<String> more) {
        return run(
                Stream.concat(Stream.of("generate", "x", "--model", "org/tiny"), more.stream())
                        .toArray(String[]::new));
    }

    private Cli run(String... args) {
        return Cli.run(variables, Pipelines::open, "", args);
    }
}
