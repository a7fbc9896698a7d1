package org.svgen.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.http.HttpSettings;
import org.svgen.server.retention.KeepRules;
import org.svgen.server.work.ModelSource;
import org.svgen.server.work.WorkSettings;
import org.svgen.tensor.BadInputException;

/** The service without a device: what starts, what is refused, what is left. */
class ServiceTest {
    private static final Path DEMO = Path.of("../models/demo");

    @TempDir Path folder;

    private Settings settings(InetAddress address, int port, boolean anybody) {
        return new Settings(
                "1.2.3",
                new HttpSettings(
                        address,
                        port,
                        List.of(),
                        List.of(),
                        Map.of(),
                        false,
                        HttpSettings.Limits.USUAL),
                new Settings.Callers(Optional.empty(), anybody),
                new Settings.Places(
                        folder.resolve("data"),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.of(0),
                        KeepRules.always()),
                new Settings.Work(
                        List.of(ModelSource.of("demo", DEMO)),
                        List.of(),
                        new WorkSettings(
                                "worker",
                                WorkSettings.LEASE,
                                WorkSettings.CHECKPOINT_EVERY,
                                Long.MAX_VALUE,
                                OptionalLong.empty())),
                new Settings.Outside(false, false, Optional.empty()));
    }

    private Service start(InetAddress address, int port, boolean anybody) {
        return Service.start(settings(address, port, anybody), _ -> {}, _ -> {});
    }

    private Service start() {
        return start(InetAddress.getLoopbackAddress(), 0, false);
    }

    private static String read(String address) throws IOException {
        try (InputStream in = URI.create(address).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void answersFromItsStartToItsEndAndLeavesNothingUnfinished() throws IOException {
        Service service = start();
        assertThat(service.url()).startsWith("http://127.0.0.1:");
        assertThat(read(service.url() + "/health")).isEqualTo("{\"status\":\"ok\"}");
        assertThat(read(service.url() + "/metrics"))
                .contains("svgen_build_info{version=\"1.2.3\"}");

        service.close();
        service.close();

        assertThatThrownBy(() -> read(service.url() + "/health"))
                .isInstanceOf(ConnectException.class);
        try (var left = Files.list(folder.resolve("data"))) {
            assertThat(left).noneMatch(path -> path.toString().endsWith(".part"));
        }
        start().close();
    }

    @Test
    void aFolderServesOneProcess() {
        try (Service _ = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining(folder.resolve("data").toString());
        }
    }

    @Test
    void aPortThatIsTakenLeavesTheFolderFree() {
        Service service = start();
        int port = URI.create(service.url()).getPort();
        Path first = folder;
        folder = first.resolve("other");
        assertThatThrownBy(() -> start(InetAddress.getLoopbackAddress(), port, false))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("port " + port);
        start().close();
        folder = first;
        service.close();
    }

    @Test
    void otherMachinesReachItWithKeysOrWhenSomebodySaysSo() throws IOException {
        InetAddress all = InetAddress.getByName("0.0.0.0");
        assertThatThrownBy(() -> start(all, 0, false))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("host: expected an address of this machine alone");
        assertThat(folder.resolve("data")).doesNotExist();
        try (Service service = start(all, 0, true)) {
            int port = URI.create(service.url()).getPort();
            assertThat(read("http://localhost:" + port + "/health")).contains("ok");
        }
    }
}
