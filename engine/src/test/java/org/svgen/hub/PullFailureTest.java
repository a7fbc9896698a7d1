package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.hub.Fixture.Listener;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import org.svgen.testkit.HubFault.Cut;
import org.svgen.testkit.HubFault.Stall;
import org.svgen.testkit.HubFault.Status;
import org.svgen.testkit.HubFault.Wrong;
import org.svgen.testkit.HubServer;

class PullFailureTest {
    private static final int CUT = 100_000;

    @TempDir Path cache;

    private final HubServer server = Fixture.server();
    private final Listener listener = new Listener();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aCutConnectionIsResumedWhereItBroke() throws IOException {
        server.fail(Fixture.WEIGHTS, new Cut(CUT), new Cut(CUT));
        Path folder = pull();
        assertThat(Files.readAllBytes(folder.resolve(Fixture.WEIGHTS))).isEqualTo(weights());
        assertThat(server.requests())
                .filteredOn(r -> r.contains("files /" + Fixture.WEIGHTS))
                .hasSize(3)
                .satisfies(r -> assertThat(r.get(2)).doesNotContain(" null null"));
        assertThat(listener.notes)
                .hasSize(2)
                .allSatisfy(n ->
                        assertThat(n)
                                .startsWith("org/model: " + Fixture.WEIGHTS)
                                .contains("the connection broke")
                                .contains("trying again in"));
    }

    @Test
    void aLaterCommandGoesOnWhereTheFirstGaveUp() throws IOException {
        server.fail(Fixture.WEIGHTS, new Cut(CUT), new Cut(0), new Cut(0), new Cut(0), new Cut(0));
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("org/model: " + Fixture.WEIGHTS + ": the connection broke")
                .hasMessageEndingWith("what is here is kept, and the same command goes on")
                .hasMessageNotContaining("\n");
        Path partial = blob(".svgen.incomplete");
        long kept = Files.size(partial);
        assertThat(kept).isBetween(1L, (long) CUT);
        assertThat(Fixture.hub(server, cache).find(Fixture.ID)).isEmpty();
        assertThat(cache.resolve("models--org--model/refs/main")).doesNotExist();

        Path folder = pull();
        assertThat(listener.plans.getLast().here()).isGreaterThanOrEqualTo(kept);
        assertThat(server.requests().getLast()).contains(" bytes=" + kept + "- ");
        assertThat(Files.readAllBytes(folder.resolve(Fixture.WEIGHTS))).isEqualTo(weights());
        assertThat(partial).doesNotExist();
    }

    @Test
    void aServerWithoutRangesSendsTheWholeAgain() throws IOException {
        server.ignoreRanges();
        server.fail(Fixture.WEIGHTS, new Cut(CUT));
        Path folder = pull();
        assertThat(Files.readAllBytes(folder.resolve(Fixture.WEIGHTS))).isEqualTo(weights());
    }

    @Test
    void aTransferThatHangsIsBegunAnew() throws IOException {
        server.fail(Fixture.WEIGHTS, new Stall(CUT));
        Path folder = pull();
        assertThat(Files.readAllBytes(folder.resolve(Fixture.WEIGHTS))).isEqualTo(weights());
        assertThat(listener.notes).singleElement().asString().contains("no data for 1 s");
    }

    @Test
    void wrongContentIsDeletedAndSaid() throws IOException {
        server.fail(Fixture.WEIGHTS, new Wrong());
        assertThatThrownBy(this::pull)
                .isInstanceOf(SvgenException.class)
                .hasMessageContaining(Fixture.WEIGHTS + ": wrong content: expected hash ")
                .hasMessageContaining("deleted");
        assertThat(blob("")).doesNotExist();
        assertThat(blob(".svgen.incomplete")).doesNotExist();
        assertThat(Fixture.hub(server, cache).find(Fixture.ID)).isEmpty();
        pull();
        assertThat(Fixture.hub(server, cache).find(Fixture.ID)).isPresent();
    }

    @Test
    void aSmallFileIsCheckedByItsGitHash() {
        server.fail("vae/config.json", new Wrong());
        assertThatThrownBy(this::pull).hasMessageContaining("vae/config.json: wrong content");
    }

    @Test
    void aDamagedPartIsFetchedAnewOnce() throws IOException {
        Files.createDirectories(blob("").getParent());
        Files.write(blob(".svgen.incomplete"), new byte[CUT]);
        Path folder = pull();
        assertThat(Files.readAllBytes(folder.resolve(Fixture.WEIGHTS))).isEqualTo(weights());
        assertThat(listener.notes)
                .containsExactly(
                        "org/model: %s: what was here was damaged; downloading it again"
                                .formatted(Fixture.WEIGHTS));
    }

    @Test
    void aPartThatIsTooLongOrWholeIsNoObstacle() throws IOException {
        Files.createDirectories(blob("").getParent());
        Files.write(blob(".svgen.incomplete"), new byte[Fixture.WEIGHT_BYTES + 1]);
        pull();
        assertThat(listener.notes).isEmpty();
        Files.move(blob(""), blob(".svgen.incomplete"));
        pull();
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
        assertThat(blob("")).hasBinaryContent(weights());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503})
    void aHubInTroubleIsAskedAgain(int status) throws IOException {
        server.fail("", new Status(status, Map.of("Retry-After", "0")));
        server.fail(Fixture.WEIGHTS, new Status(status));
        pull();
        assertThat(listener.notes)
                .hasSize(2)
                .allMatch(n -> n.contains("HTTP " + status) || n.contains("localhost answers"));
    }

    @Test
    void aRateLimitTellsHowLongToWait() {
        server.fail("", new Status(429, Map.of("RateLimit", "\"api\";r=0;t=1")));
        long began = System.nanoTime();
        pull();
        assertThat((System.nanoTime() - began) / 1e9).isBetween(1.0, 20.0);
        assertThat(listener.notes).singleElement().asString().endsWith("trying again in 1 s");
    }

    @Test
    void aHubThatStaysInTroubleIsNotTheUsersFault() {
        server.fail("", new Status(503), new Status(503), new Status(503), new Status(503));
        assertThatThrownBy(this::pull)
                .isInstanceOf(SvgenException.class)
                .isNotInstanceOf(BadInputException.class)
                .hasMessageContaining("HTTP 503")
                .hasMessageContaining("4 times in a row");
    }

    @Test
    void aHubThatWantsALongPauseIsNotWaitedFor() {
        server.fail("", new Status(429, Map.of("Retry-After", "3600")));
        assertThatThrownBy(this::pull).hasMessageContaining("too many requests (HTTP 429)");
    }

    @ParameterizedTest
    @CsvSource({"localhost:1, cannot connect", "nobody.invalid, host not found"})
    void nobodyAtTheAddressIsSaidOnOneLineAfterASecondAttempt(String host, String reason) {
        Hub hub = Fixture.hub(Fixture.settings("http://" + host, cache, null, true, false));
        assertThatThrownBy(() -> hub.pull(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "http://%s: %s, 2 times in a row; check the connection, and HF_ENDPOINT if it is set"
                                .formatted(host, reason));
        assertThat(listener.notes).hasSize(1);
    }

    @Test
    void withoutAConnectionWhatIsMissingOfAnUnfinishedModelIsNamed() throws IOException {
        Path folder = pull();
        Files.delete(folder.resolve(Fixture.VAE));
        Files.delete(cache.resolve("models--org--model/refs/main"));
        Hub hub = Fixture.hub(Fixture.settings("http://localhost:1", cache, null, true, false));
        assertThatThrownBy(() -> hub.pull(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("http://localhost:1: cannot connect")
                .hasMessageEndingWith("; of org/model here, 1 file is missing: " + Fixture.VAE);
        Hub offline = Fixture.hub(Fixture.settings("http://localhost:1", cache, null, true, true));
        assertThatThrownBy(() -> offline.pull(Fixture.ID, listener))
                .hasMessage(
                        "HF_HUB_OFFLINE is set, and org/model is incomplete: 1 file is missing: "
                                + Fixture.VAE);
    }

    @Test
    void whatDoesNotFitIsRefusedBeforehand() {
        String huge = "7" + "0".repeat(13);
        server.describeAs(
                """
                {"sha": "%s", "siblings": [
                   {"rfilename": "model_index.json"},
                   {"rfilename": "vae/config.json", "size": %s, "blobId": "%s"},
                   {"rfilename": "vae/diffusion_pytorch_model.safetensors", "size": %s,
                    "blobId": "%s", "lfs": {"size": %s, "sha256": "%s"}}]}
                """
                        .formatted(
                                HubServer.COMMIT,
                                huge,
                                "a".repeat(40),
                                huge,
                                "a".repeat(40),
                                huge,
                                "b".repeat(64)));
        server.put(
                "model_index.json",
                "{\"_class_name\": \"CogVideoXPipeline\", \"vae\": [\"diffusers\", \"V\"]}"
                        .getBytes());
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageMatching(".* MB are to be downloaded, but only \\d+ MB are free in .*");
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aDiskThatFillsUpIsSaid() throws IOException {
        Files.createDirectories(blob("").getParent());
        Files.createSymbolicLink(blob(".svgen.incomplete"), Path.of("/dev/full"));
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("cannot write")
                .hasMessageContaining("No space left on device");
        assertThat(blob("")).doesNotExist();
        Files.delete(blob(".svgen.incomplete"));
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaid() throws IOException {
        Files.writeString(cache.resolve("models--org--model"), "in the way");
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("cannot write");
    }

    @Test
    void aCacheFolderThatCannotBeMadeIsNamedAndNotTheModel() throws IOException {
        Path root = Files.writeString(cache.resolve("file"), "").resolve("hub");
        assertThatThrownBy(() -> Fixture.hub(server, root).pull(Fixture.ID, new Listener()))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("the cache's folder " + root + " cannot be made: ")
                .hasMessageEndingWith("; HF_HUB_CACHE or HF_HOME names another")
                .hasMessageNotContaining("models--");
    }

    @Test
    void stoppingKeepsWhatIsHere() {
        server.slowDown(5);
        Listener stops =
                new Listener() {
                    @Override
                    public boolean cancelled() {
                        return !done.isEmpty() && done.getLast() > CUT;
                    }
                };
        Hub hub = Fixture.hub(server, cache);
        assertThatThrownBy(() -> hub.pull(Fixture.ID, stops))
                .isInstanceOf(PullStoppedException.class);
        assertThat(blob(".svgen.incomplete")).isNotEmptyFile();
        assertThat(hub.find(Fixture.ID)).isEmpty();
    }

    @Test
    void aRedirectToSomewhereUnsafeIsNotFollowed() {
        server.fail("", new Status(302, Map.of("Location", "file:///etc/passwd")));
        assertThatThrownBy(this::pull)
                .isInstanceOf(SvgenException.class)
                .hasMessageContaining("not safe to follow");
    }

    private Path pull() {
        return Fixture.hub(server, cache).pull(Fixture.ID, listener);
    }

    private static byte[] weights() {
        return Fixture.files().get(Fixture.WEIGHTS);
    }

    private Path blob(String suffix) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(weights());
            return cache.resolve("models--org--model/blobs")
                    .resolve(HexFormat.of().formatHex(hash) + suffix);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
