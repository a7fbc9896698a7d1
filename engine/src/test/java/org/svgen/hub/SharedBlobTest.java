package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.hub.Fixture.Listener;
import org.svgen.testkit.HubServer;

/** Two repositories with the same autoencoder and text encoder, and a transformer each. */
class SharedBlobTest {
    private static final ModelId OTHER = ModelId.parse("org/other");

    @TempDir Path cache;

    private final HubServer first = Fixture.server();
    private final HubServer second = HubServer.of(OTHER.repo());
    private final Listener listener = new Listener();
    private final byte[] transformer = new byte[50_000];

    @BeforeEach
    void pullTheFirst() {
        new Random(9).nextBytes(transformer);
        Fixture.files().forEach(second::put);
        second.put(Fixture.WEIGHTS, transformer);
        Fixture.hub(first, cache).pull(Fixture.ID, new Listener());
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private static Path vae(Path folder) throws IOException {
        return folder.resolve(Fixture.VAE).toRealPath();
    }

    private Path firstVae() throws IOException {
        return vae(cache.resolve("models--org--model/snapshots").resolve(HubServer.COMMIT));
    }

    @Test
    void whatAnotherRepositoryHasIsLinkedAndThePlanSaysSo() throws IOException {
        Path folder = Fixture.hub(second, cache).pull(OTHER, listener);
        PullPlan plan = listener.plans.getFirst();
        assertThat(plan.held()).hasSize(1).containsEntry("org/model", 5000L + 7000 + 9000 + 3000);
        assertThat(plan.toDownload())
                .isEqualTo(plan.total() - plan.held().get("org/model"))
                .isGreaterThan(transformer.length);
        assertThat(second.downloads(Fixture.VAE)).isZero();
        assertThat(second.downloads("text_encoder/model-1.safetensors")).isZero();
        assertThat(second.downloads(Fixture.WEIGHTS)).isEqualTo(1);
        assertThat(folder.resolve(Fixture.WEIGHTS)).hasBinaryContent(transformer);
        assertThat(Files.isSameFile(vae(folder), firstVae())).isTrue();
        assertThat(vae(folder)).isNotEqualTo(firstVae());
        assertThat(Files.list(vae(folder).getParent()))
                .noneMatch(blob -> blob.toString().endsWith("incomplete"));
        assertThat(listener.done.getLast()).isEqualTo(plan.total());
        assertThat(Fixture.hub(second, cache).find(OTHER)).hasValue(folder);
    }

    @Test
    void whatABrokenDownloadLeftIsGoneOnceItIsLinked() throws IOException {
        Path blobs = Files.createDirectories(cache.resolve("models--org--other/blobs"));
        Path begun = blobs.resolve(firstVae().getFileName() + ".svgen.incomplete");
        Files.write(begun, new byte[100]);
        Path folder = Fixture.hub(second, cache).pull(OTHER, listener);
        assertThat(second.downloads(Fixture.VAE)).isZero();
        assertThat(begun).doesNotExist();
        assertThat(vae(folder)).hasBinaryContent(Fixture.files().get(Fixture.VAE));
    }

    @Test
    void aPlanThatIsOnlyAskedForWritesNothing() throws IOException {
        assertThat(Fixture.hub(second, cache).plan(OTHER, listener).held()).isNotEmpty();
        assertThat(cache.resolve("models--org--other")).doesNotExist();
        try (ModelPreview preview = Fixture.hub(second, cache).preview(OTHER, listener)) {
            assertThat(preview.folder().resolve(Fixture.VAE)).exists();
        }
        assertThat(second.requests()).noneMatch(r -> r.contains(Fixture.VAE));
    }

    @Test
    void eitherCanBeRemovedAndSaysWhatThatFrees() throws IOException {
        Hub hub = Fixture.hub(second, cache);
        Path folder = hub.pull(OTHER, listener);
        CachedModel one = hub.cached().getFirst();
        CachedModel two = hub.cached().getLast();
        long shared = 5000 + 7000 + 9000 + 3000;
        assertThat(one.id()).isEqualTo(Fixture.ID);
        long bytes = hub.bytes(one);
        assertThat(bytes).isBetween((long) Fixture.WEIGHT_BYTES, Fixture.WEIGHT_BYTES + 5000L);
        hub.remove(one, listener);
        assertThat(vae(folder)).hasBinaryContent(Fixture.files().get(Fixture.VAE));
        assertThat(hub.bytes(two)).isGreaterThan(transformer.length + shared);
    }

    @Test
    void withoutSymbolicLinksTheFilesThemselvesShare() throws IOException {
        Path folder =
                Fixture.hub(Fixture.settings(second.address(), cache, null, false, false))
                        .pull(OTHER, listener);
        assertThat(Files.isSymbolicLink(folder.resolve(Fixture.VAE))).isFalse();
        assertThat(Files.isSameFile(folder.resolve(Fixture.VAE), firstVae())).isTrue();
    }

    /** As where links are refused: the content is copied, and its hash checked on the way. */
    @Test
    void aCopyThatIsDamagedIsFetched() throws IOException {
        byte[] content = Fixture.files().get(Fixture.VAE);
        PullPlan plan = Fixture.hub(second, cache).plan(OTHER, listener);
        PullPlan.File file =
                plan.files().stream().filter(f -> f.name().equals(Fixture.VAE)).findFirst().get();
        Path sound = cache.resolve("sound.incomplete");
        try (Partial partial = Partial.open(sound, file.content(), () -> {})) {
            partial.copy(file.held().orElseThrow().blob(), () -> {});
            assertThat(partial.size()).isEqualTo(content.length);
            assertThat(partial.hash()).isEqualTo(file.hash());
        }
        content[17]++;
        Path damaged = Files.write(cache.resolve("damaged"), content);
        try (Partial partial = Partial.open(sound, file.content(), () -> {})) {
            partial.copy(damaged, () -> {});
            assertThat(partial.resumed()).isTrue();
            assertThat(partial.hash()).isNotEqualTo(file.hash());
        }
        try (Partial partial = Partial.open(sound, file.content(), () -> {})) {
            partial.copy(cache.resolve("gone"), () -> {});
            assertThat(partial.size()).isZero();
        }
    }

    @Test
    void aBlobOfAnotherLengthIsNoSuchBlob() throws IOException {
        Files.write(firstVae(), new byte[3]);
        Fixture.hub(second, cache).pull(OTHER, listener);
        assertThat(second.downloads(Fixture.VAE)).isEqualTo(1);
    }
}
