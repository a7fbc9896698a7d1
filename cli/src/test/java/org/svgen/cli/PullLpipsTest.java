package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.pipeline.Clip;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What needs no network: {@code LpipsStoreTest} downloads. */
class PullLpipsTest {
    @TempDir Path folder;

    @Test
    void aDryRunTellsLicenceSizeAndPlace() {
        Cli cli = run(Map.of(), "pull", "lpips-squeeze", "--dry-run", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err())
                .contains("lpips-squeeze: licence BSD-3-Clause", "BSD-2-Clause")
                .contains("to download to " + folder.resolve("svgen/lpips"));
        JsonNode json = new ObjectMapper().readTree(cli.out());
        assertThat(json.get("bytes").asLong()).isEqualTo(4_958_839 + 10_811);
        assertThat(json.get("to_download").asLong()).isEqualTo(4_958_839 + 10_811);
        assertThat(json.get("file").asString()).endsWith("lpips-squeeze.safetensors");
    }

    @Test
    void whatCannotBeHadIsOneLine() throws IOException {
        refused(
                run(Map.of(), "pull", "lpips-vgg19"),
                "there is no \"lpips-vgg19\": expected one of lpips-alex, lpips-vgg, lpips-squeeze");
        refused(
                run(Map.of("HF_HUB_OFFLINE", "1"), "pull", "--quiet", "lpips-alex"),
                "HF_HUB_OFFLINE is set");
        refused(
                run(Map.of("SVGEN_LPIPS_URL", "ftp://x"), "pull", "lpips-alex"),
                "SVGEN_LPIPS_URL: expected the address of a folder");
        HttpServer mirror =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        mirror.createContext(
                "/",
                exchange -> {
                    boolean trunk = exchange.getRequestURI().getPath().contains("squeezenet");
                    byte[] bytes = new byte[trunk ? 4_958_839 : 10_811];
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
        mirror.start();
        try {
            String at = "http://localhost:" + mirror.getAddress().getPort();
            refused(
                    run(
                            Map.of("SVGEN_TRUNKS_URL", at, "SVGEN_LPIPS_URL", at),
                            "pull",
                            "--quiet",
                            "lpips-squeeze"),
                    ": wrong content: expected hash ");
        } finally {
            mirror.stop(0);
        }
    }

    @Test
    void compareTakesWeightsByTheirName() throws IOException {
        Path clip = folder.resolve("a.safetensors");
        try (Clip frames = new Clip(1, 40, 48, 8)) {
            SafeTensorsWriter.write(clip, Map.of("frames", frames.frames()), Map.of());
        }
        String[] compare = {"compare", "" + clip, "" + clip, "--lpips-weights", "lpips-squeeze"};
        refused(
                run(Map.of(), compare),
                "lpips-squeeze is not here: 'svgen pull lpips-squeeze' downloads it (5 MB)");
        compare[4] = "lpips-vgg19";
        refused(run(Map.of(), compare), "there is no \"lpips-vgg19\"");
        Files.createDirectories(folder.resolve("svgen/lpips"));
        Files.copy(
                Goldens.folder("metrics_published").resolve("squeeze_narrow.safetensors"),
                folder.resolve("svgen/lpips/lpips-squeeze.safetensors"));
        compare[4] = "lpips-squeeze";
        Cli cli = run(Map.of(), compare);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out()).contains("LPIPS  0.0000 by SqueezeNet 1.1 of width 4");
        assertThat(run(Map.of(), "pull", "lpips-squeeze").err()).contains("all is here");
    }

    private static void refused(Cli cli, String message) {
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.err()).contains(message);
        assertThat(cli.errLines().getLast()).contains(message);
    }

    private Cli run(Map<String, String> more, String... args) {
        Map<String, String> variables = new HashMap<>(more);
        variables.put("XDG_CACHE_HOME", folder.toString());
        return Cli.run(
                variables,
                (model, backend, activation) -> {
                    throw new AssertionError("the model was opened");
                },
                "",
                args);
    }
}
