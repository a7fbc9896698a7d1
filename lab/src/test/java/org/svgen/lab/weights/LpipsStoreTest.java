package org.svgen.lab.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.hub.HubSettings;
import org.svgen.hub.Patience;
import org.svgen.hub.PullListener;
import org.svgen.hub.WebFile;
import org.svgen.lab.metrics.Lpips;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.HubFault;
import org.svgen.testkit.HubServer;

class LpipsStoreTest {
    private static final Path PUBLISHED = Goldens.folder("metrics_published");
    private static final PullListener SILENT = new PullListener() {};

    @TempDir Path folder;

    private final HubServer server =
            HubServer.of("org/files")
                    .put("trunk.pth", bytes("squeeze_narrow.pth"))
                    .put("old.pth", bytes("squeeze_narrow.legacy.pth"))
                    .put("linear.pth", bytes("linear.legacy.pth"))
                    .put("code.pth", code());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void bothFilesBecomeOneThatMeasures() {
        for (String trunk : List.of("trunk.pth", "old.pth")) {
            LpipsStore store = store(trunk, "linear.pth");
            Path file = store.pull("lpips-test", SILENT);
            assertThat(file).isEqualTo(folder.resolve("lpips-test.safetensors"));
            try (Arena arena = Arena.ofConfined();
                    Lpips pulled = store.open("lpips-test");
                    Lpips golden = Lpips.open(PUBLISHED.resolve("squeeze_narrow.safetensors"))) {
                float[] values = new float[40 * 48 * 3];
                Tensor a = Tensor.of(arena, values, 1, 40, 48, 3);
                for (int i = 0; i < values.length; i++) {
                    values[i] = i % 97 / 97f;
                }
                Tensor b = Tensor.of(arena, values, 1, 40, 48, 3);
                assertThat(pulled.distance(a, b)).isEqualTo(golden.distance(a, b));
                assertThat(pulled.distance(a, b).value()).isGreaterThan(0.01);
                assertThat(pulled.distance(a, a).value()).isCloseTo(0, within(1e-12));
            }
            assertThat(left()).as("what is of no more use").containsExactly(file);
            int asked = server.requests().size();
            assertThat(store.plan("lpips-test").toDownload()).isZero();
            store.pull("lpips-test", SILENT);
            assertThat(server.requests()).hasSize(asked);
            file.toFile().delete();
        }
    }

    @Test
    void aDownloadGoesOnWhereItStopped() {
        server.fail("trunk.pth", new HubFault.Cut(4000));
        store("trunk.pth", "linear.pth").pull("lpips-test", SILENT);
        assertThat(server.requests()).anyMatch(request -> request.contains("bytes=4000-"));
        assertThat(left()).hasSize(1);
    }

    @Test
    void wrongFilesAreToldAndLeaveNoWeights() {
        refused(
                store("code.pth", "linear.pth"),
                "code.pth: expected tensors and nothing else, found code: it names \"os.system\"");
        refused(store("linear.pth", "linear.pth"), "\"features.0.weight\" is missing");
        refused(store("trunk.pth", "trunk.pth"), "\"lin0.weight\" [1, 4, 1, 1] is missing");
        server.put("cut.pth", Arrays.copyOf(bytes("squeeze_narrow.pth"), 9000));
        refused(store("cut.pth", "linear.pth"), "cut.pth: a zip that is cut short or damaged");
        assertThat(folder.resolve("trunk.pth").toFile().delete()).isTrue();
        server.fail("trunk.pth", new HubFault.Wrong());
        refused(
                store("trunk.pth", "linear.pth"),
                "trunk.pth of localhost: wrong content: expected hash");
    }

    @Test
    void namesAndFilesAreTold() {
        LpipsStore store = store("trunk.pth", "linear.pth");
        assertThatThrownBy(() -> store.locate("lpips-x"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("there is no \"lpips-x\": expected one of lpips-test");
        assertThatThrownBy(() -> store.locate("lpips-test"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("lpips-test is not here: 'svgen pull lpips-test' downloads it (1 MB)");
        assertThat(store.locate("mine.safetensors")).isEqualTo(Path.of("mine.safetensors"));
    }

    @Test
    void publishedFilesAreNamedByTheirHashes() {
        List<LpipsModel> models =
                LpipsModel.published(URI.create("https://a/b"), URI.create("https://c/d"));
        assertThat(models).hasSize(3);
        for (LpipsModel model : models) {
            String name = model.trunk().name();
            String digits = name.substring(name.length() - 12, name.length() - 4);
            assertThat(model.trunk().sha256()).startsWith(digits).hasSize(64);
            assertThat(model.trunk().address()).hasToString("https://a/b/" + name);
            assertThat(model.linear().sha256()).hasSize(64);
        }
    }

    @Test
    void variablesNameMirrors() {
        assertThatThrownBy(() -> LpipsStore.of(Map.of("SVGEN_TRUNKS_URL", "here"), folder))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("SVGEN_TRUNKS_URL: expected the address of a folder");
        LpipsStore store = LpipsStore.of(Map.of(), folder);
        assertThat(store.names()).containsExactly("lpips-alex", "lpips-vgg", "lpips-squeeze");
        assertThat(store.plan("lpips-squeeze").file())
                .isEqualTo(folder.resolve(".cache/svgen/lpips/lpips-squeeze.safetensors"));
    }

    private void refused(LpipsStore store, String message) {
        assertThatThrownBy(() -> store.pull("lpips-test", SILENT))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
        assertThat(folder.resolve("lpips-test.safetensors")).doesNotExist();
    }

    private List<Path> left() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LpipsStore store(String trunk, String linear) {
        HubSettings settings =
                new HubSettings(
                        folder,
                        URI.create("http://localhost:1"),
                        null,
                        false,
                        true,
                        new Patience(
                                4,
                                Duration.ofMillis(2),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(20),
                                100),
                        HttpClient.Builder.NO_PROXY);
        LpipsModel model = new LpipsModel("lpips-test", file(trunk), file(linear));
        return new LpipsStore(settings, folder, List.of(model));
    }

    private WebFile file(String name) {
        byte[] content =
                switch (name) {
                    case "trunk.pth" -> bytes("squeeze_narrow.pth");
                    case "old.pth" -> bytes("squeeze_narrow.legacy.pth");
                    case "linear.pth" -> bytes("linear.legacy.pth");
                    case "cut.pth" -> Arrays.copyOf(bytes("squeeze_narrow.pth"), 9000);
                    default -> code();
                };
        try {
            String hash =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            String address =
                    "%s/org/files/resolve/%s/%s"
                            .formatted(server.address(), HubServer.COMMIT, name);
            return new WebFile(name, URI.create(address), content.length, hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** In the layout of 2017, with a call in place of tensors. */
    private static byte[] code() {
        String magic =
                "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.\u0080\u0002M\u00e9\u0003.";
        String machine = "\u0080\u0002}U\rlittle_endian\u0088s.";
        return (magic + machine + "\u0080\u0002cos\nsystem\n(U\u0004truetR.")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String name) {
        try {
            return Files.readAllBytes(PUBLISHED.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
