package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.sql.JobStores;

/**
 * {@code svgen serve} and {@code svgen keys}: what is wrong with a command line is said at once.
 */
class ServeCommandTest {
    @TempDir Path folder;

    private Cli serve(String... args) {
        return Cli.runWithoutModel(
                java.util.stream.Stream.concat(
                                java.util.stream.Stream.of(
                                        "serve", "--data", folder.resolve("data").toString()),
                                java.util.stream.Stream.of(args))
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --port 70000             | svgen: --port: expected 0 to 65535, found 70000
                    --queue-limit 0          | svgen: --queue-limit: expected 1 or more, found 0
                    --checkpoint-every often | svgen: --checkpoint-every: expected a time such as 10s, 2m, 12h or 7d, found 'often'
                    --lease 1s               | svgen: --lease: expected 2s or more, found '1s'
                    --keep 7                 | svgen: --keep: expected a time such as 10s, 2m, 12h or 7d, found '7'
                    --keep-bytes much        | svgen: --keep-bytes: expected a number of bytes such as 24G or 800M, found 'much'
                    --alias sora-2           | svgen: --alias: expected NAME=MODEL, with a MODEL of [demo], found 'sora-2'
                    --cors example.org       | svgen: --cors: expected an origin such as https://example.org, found 'example.org'
                    --blobs gs://videos      | svgen: --blobs: expected a folder, or s3://BUCKET/PREFIX, found 'gs:...'
                    --no-auth --api-key-file x | svgen: --no-auth and --api-key-file exclude each other
                    --host 0.0.0.0           | svgen: --host 0.0.0.0: others than this machine could use the service; give it keys with --api-key-file, or say --no-auth
                    """)
    void wrongOptionsAreRefusedInOneLine(String args, String line) {
        Cli result = serve(args.split(" "));
        assertThat(result.errLines()).containsExactly(line);
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
    }

    @Test
    void aFolderThatIsInUseIsRefused() {
        try (JobStore store = JobStores.sqlite(folder.resolve("data"), StoreSettings.plain())) {
            store.check();
            Cli result = serve("--port", "0");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).contains("the data folder is in use by another svgen");
            assertThat(result.out()).isEmpty();
        }
    }

    @Test
    void aPortThatIsTakenIsRefused() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Cli result = serve("--port", Integer.toString(taken.getLocalPort()));
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .contains("cannot listen on 127.0.0.1 port " + taken.getLocalPort());
            assertThat(result.out()).isEmpty();
        }
    }

    @Test
    void theDataFolderIsWhereTheSystemKeepsThose() {
        Path home = Path.of("/home/ann");
        assertThat(ServeStorage.place("Linux", Map.of(), home))
                .isEqualTo(Path.of("/home/ann/.local/share/svgen"));
        assertThat(ServeStorage.place("Linux", Map.of("XDG_DATA_HOME", "/d"), home))
                .isEqualTo(Path.of("/d/svgen"));
        assertThat(ServeStorage.place("Mac OS X", Map.of(), home))
                .isEqualTo(Path.of("/home/ann/Library/Application Support/svgen"));
        assertThat(ServeStorage.place("Windows 11", Map.of("LOCALAPPDATA", "/l"), home))
                .isEqualTo(Path.of("/l/svgen"));
    }

    @Test
    void aKeyIsShownOnceListedAndRevoked() throws IOException {
        String file = folder.resolve("keys.txt").toString();
        Cli added = Cli.runWithoutModel("keys", "add", "ann", "--api-key-file", file);
        String key = added.out().strip();
        assertThat(key).matches("sk-svgen-[0-9A-Za-z]{43}");
        assertThat(Files.readString(Path.of(file))).startsWith("ann:").doesNotContain(key);
        Cli.runWithoutModel("keys", "add", "bob", "--scopes", "metrics", "--api-key-file", file);
        assertThat(Cli.runWithoutModel("keys", "list", "--api-key-file", file).out().lines())
                .containsExactly("ann  videos,read", "bob  metrics");
        Cli revoked = Cli.runWithoutModel("keys", "revoke", "ann", "--api-key-file", file);
        assertThat(revoked.code()).isZero();
        assertThat(Files.readAllLines(Path.of(file))).singleElement().asString().startsWith("bob");
        Cli again = Cli.runWithoutModel("keys", "revoke", "ann", "--api-key-file", file);
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.errLines())
                .isEqualTo(List.of("svgen: %s: there is no key called ann".formatted(file)));
    }
}
