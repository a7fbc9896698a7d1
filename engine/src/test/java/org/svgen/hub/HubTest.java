package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.hub.Fixture.Listener;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.HubFault.Status;
import org.svgen.testkit.HubServer;

class HubTest {
    @TempDir Path cache;

    private final HubServer server = Fixture.server();
    private final Listener listener = new Listener();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theCacheIsTheOneThatPythonWouldMake() throws IOException {
        Path folder = Fixture.hub(server, cache).pull(Fixture.ID, listener);
        assertThat(folder)
                .isEqualTo(cache.resolve("models--org--model/snapshots/" + HubServer.COMMIT));
        assertThat(filesBelow(folder)).containsExactlyInAnyOrderElementsOf(Fixture.needed());
        for (String name : Fixture.needed()) {
            Path file = folder.resolve(name);
            assertThat(Files.readAllBytes(file)).isEqualTo(Fixture.files().get(name));
            assertThat(Files.readSymbolicLink(file).toString())
                    .matches("(\\.\\./){2,3}blobs/([0-9a-f]{40}|[0-9a-f]{64})");
        }
        Path repo = cache.resolve("models--org--model");
        assertThat(repo.resolve("refs/main")).hasContent(HubServer.COMMIT);
        // git hash-object and sha256sum say so.
        assertThat(repo.resolve("blobs/9e26dfeeb6e641a33dae4961196235bdb965b21b")).exists();
        assertThat(filesBelow(repo.resolve("blobs"))).noneMatch(n -> n.endsWith("incomplete"));
        assertThat(cache.resolve("CACHEDIR.TAG")).content().startsWith("Signature: 8a477f597d");
        assertThat(filesBelow(cache.resolve(".locks/models--org--model")))
                .allMatch(n -> n.endsWith(".lock"));
        assertThat(
                        Files.getPosixFilePermissions(
                                cache.resolve(
                                        ".locks/models--org--model/9e26dfeeb6e641a33dae4961196235bdb965b21b.lock")))
                .isEqualTo(PosixFilePermissions.fromString("rw-rw-r--"));
    }

    @Test
    void namesLicenceAndSizesBeforeTheFirstFileComes() {
        Fixture.hub(server, cache)
                .pull(
                        Fixture.ID,
                        new Listener() {
                            @Override
                            public void planned(PullPlan plan) {
                                listener.planned(plan);
                                assertThat(cache).isEmptyDirectory();
                            }
                        });
        PullPlan plan = listener.plans.getFirst();
        assertThat(plan.licence().toString())
                .isEqualTo(
                        "other (test-licence), "
                                + server.address()
                                + "/org/model/blob/main/LICENSE");
        assertThat(plan.what()).isEqualTo("CogVideoXPipeline");
        assertThat(plan.total())
                .isEqualTo(
                        Fixture.needed().stream()
                                .mapToLong(n -> Fixture.files().get(n).length)
                                .sum());
        assertThat(plan.toDownload()).isEqualTo(plan.total());
        assertThat(plan.free()).isPositive();
    }

    @Test
    void progressEndsAtTheTotal() {
        Fixture.hub(server, cache).pull(Fixture.ID, listener);
        assertThat(listener.done).isSorted();
        assertThat(listener.done.getLast()).isEqualTo(listener.plans.getFirst().total());
    }

    @Test
    void theTokenGoesToTheHubAndNowhereElse() {
        server.requireToken("hf_secret");
        Fixture.hub(Fixture.settings(server.address(), cache, "hf_secret", true, false))
                .pull(Fixture.ID, listener);
        assertThat(server.requests())
                .filteredOn(r -> r.contains(" hub "))
                .isNotEmpty()
                .allMatch(r -> r.endsWith("Bearer hf_secret"));
        assertThat(server.requests())
                .filteredOn(r -> r.contains(" files "))
                .isNotEmpty()
                .allMatch(r -> r.endsWith("null"));
    }

    @Test
    void aModelThatWasRenamedIsFollowedWithTheToken() {
        server.requireToken("hf_secret");
        server.fail(
                "",
                new Status(
                        307,
                        Map.of("Location", "/api/models/org/model/revision/main?blobs=true&new")));
        Fixture.hub(Fixture.settings(server.address(), cache, "hf_secret", true, false))
                .pull(Fixture.ID, listener);
        assertThat(server.requests().get(1)).contains("&new").endsWith("Bearer hf_secret");
    }

    @Test
    void proxiesAreTheOnesThatTheVariablesName() {
        Map<String, String> variables = new HashMap<>();
        variables.put("HF_HUB_CACHE", cache.toString());
        variables.put("HF_ENDPOINT", "http://hub.invalid");
        variables.put("http_proxy", server.address());
        variables.put("NO_PROXY", "example.org, localhost");
        Fixture.hub(HubSettings.of(variables, cache)).pull(Fixture.ID, listener);
        assertThat(server.requests()).anyMatch(r -> r.contains(" hub http://hub.invalid/api/"));
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
    }

    @Test
    void whatIsHereIsNotFetchedAgain() {
        Fixture.hub(server, cache).pull(Fixture.ID, listener);
        int before = server.requests().size();
        assertThat(Fixture.hub(server, cache).find(Fixture.ID)).isPresent();
        assertThat(server.requests()).hasSize(before);
        Fixture.hub(server, cache).pull(Fixture.ID, listener);
        assertThat(listener.plans.getLast().toDownload()).isZero();
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
    }

    @Test
    void aFileOfTheWrongLengthIsFetchedAgain() throws IOException {
        Hub hub = Fixture.hub(server, cache);
        Path weights = hub.pull(Fixture.ID, listener).resolve(Fixture.WEIGHTS);
        Files.write(weights.toRealPath(), new byte[7]);
        hub.pull(Fixture.ID, listener);
        assertThat(Files.readAllBytes(weights)).isEqualTo(Fixture.files().get(Fixture.WEIGHTS));
    }

    @Test
    void aSecondCommitSharesBlobsWithTheFirst() throws IOException {
        Hub hub = Fixture.hub(server, cache);
        Path first = hub.pull(Fixture.ID, listener);
        Path second = first.resolveSibling("f".repeat(40));
        Files.move(first, second);
        Files.writeString(cache.resolve("models--org--model/refs/main"), "f".repeat(40));
        Path again = hub.pull(Fixture.ID, listener);
        assertThat(again).isEqualTo(first);
        assertThat(filesBelow(again)).containsExactlyInAnyOrderElementsOf(Fixture.needed());
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
        assertThat(cache.resolve("models--org--model/refs/main")).hasContent(HubServer.COMMIT);
    }

    @Test
    void otherRevisionsHaveRefsOfTheirOwnAndCommitsHaveNone() {
        Hub hub = Fixture.hub(server, cache);
        hub.pull(ModelId.parse("org/model@" + HubServer.COMMIT), listener);
        assertThat(cache.resolve("models--org--model/refs")).doesNotExist();
        assertThat(hub.find(Fixture.ID)).isEmpty();
        hub.pull(ModelId.parse("org/model@refs/pr/1"), listener);
        assertThat(cache.resolve("models--org--model/refs/refs/pr/1")).hasContent(HubServer.COMMIT);
        assertThat(hub.cached())
                .extracting(m -> m.id().toString())
                .containsExactly("org/model@refs/pr/1");
    }

    @Test
    void withoutSymlinksSnapshotsHoldTheFilesThemselves() throws IOException {
        HubSettings settings = Fixture.settings(server.address(), cache, null, false, false);
        Path folder = Fixture.hub(settings).pull(Fixture.ID, listener);
        for (String name : Fixture.needed()) {
            assertThat(folder.resolve(name)).isRegularFile().isNotEqualTo(null);
            assertThat(Files.isSymbolicLink(folder.resolve(name))).isFalse();
            assertThat(Files.readAllBytes(folder.resolve(name)))
                    .isEqualTo(Fixture.files().get(name));
        }
        assertThat(cache.resolve("models--org--model/blobs")).isEmptyDirectory();
        Fixture.hub(settings).pull(Fixture.ID, listener);
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
    }

    @Test
    void withoutSymlinksBlobsOfOthersAreCopiedNotTakenAway() throws IOException {
        Hub hub = Fixture.hub(server, cache);
        Path linked = hub.pull(Fixture.ID, listener);
        Path other = linked.resolveSibling("f".repeat(40));
        Files.move(linked, other);
        Fixture.hub(Fixture.settings(server.address(), cache, null, false, false))
                .pull(Fixture.ID, listener);
        assertThat(Files.isSymbolicLink(linked.resolve(Fixture.WEIGHTS))).isFalse();
        assertThat(other.resolve(Fixture.WEIGHTS)).exists();
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
    }

    @Test
    void sizesThatTheListingLacksAreAskedForOneByOne() throws IOException {
        server.hideSizes();
        Path folder = Fixture.hub(server, cache).pull(Fixture.ID, listener);
        assertThat(filesBelow(folder)).containsExactlyInAnyOrderElementsOf(Fixture.needed());
        assertThat(listener.plans.getFirst().total()).isGreaterThan(Fixture.WEIGHT_BYTES);
    }

    @Test
    void offlineTheCacheIsAllThereIs() throws IOException {
        Hub offline = Fixture.hub(Fixture.settings("http://localhost:9", cache, null, true, true));
        assertThatThrownBy(() -> offline.pull(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class)
                .hasMessage("HF_HUB_OFFLINE is set, and %s has no org/model".formatted(cache));
        assertThatThrownBy(() -> offline.plan(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class);
        Path folder = Fixture.hub(server, cache).pull(Fixture.ID, listener);
        assertThat(offline.pull(Fixture.ID, listener)).isEqualTo(folder);
        Files.delete(folder.resolve("text_encoder/model-2.safetensors"));
        assertThatThrownBy(() -> offline.pull(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "HF_HUB_OFFLINE is set, and org/model is incomplete: 1 file is missing:"
                                + " text_encoder/model-2.safetensors");
        assertThat(offline.find(Fixture.ID)).isEmpty();
        assertThat(offline.cached()).hasSize(1);
    }

    @Test
    void planningWritesNothing() {
        PullPlan plan = Fixture.hub(server, cache).plan(Fixture.ID, listener);
        assertThat(plan.files()).hasSize(Fixture.needed().size());
        assertThat(cache).isEmptyDirectory();
        assertThat(server.downloads(Fixture.WEIGHTS)).isZero();
    }

    @Test
    void aCacheOfOthersIsListedAsFarAsItHoldsPipelines() throws IOException {
        assertThat(Fixture.hub(server, cache.resolve("none")).cached()).isEmpty();
        Fixture.hub(server, cache).pull(Fixture.ID, listener);
        Path bert = cache.resolve("models--bert/snapshots").resolve("e".repeat(40));
        Files.createDirectories(bert);
        Files.writeString(bert.resolve("config.json"), "{}");
        Files.createDirectories(cache.resolve("datasets--a--b/snapshots"));
        Files.writeString(cache.resolve("models--org--model/refs/broken"), "no commit");
        assertThat(Fixture.hub(server, cache).cached())
                .extracting(m -> m.id().toString())
                .isEqualTo(List.of("org/model"));
    }

    private static Set<String> filesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Set<String> names = new TreeSet<>();
            files.filter(Files::isRegularFile)
                    .forEach(f -> names.add(folder.relativize(f).toString()));
            return names;
        }
    }
}
