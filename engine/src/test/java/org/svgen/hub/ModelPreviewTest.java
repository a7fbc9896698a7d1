package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSummary;
import org.svgen.hub.Fixture.Listener;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import org.svgen.testkit.HubFault.Cut;
import org.svgen.testkit.HubServer;

class ModelPreviewTest {
    private static final int DATA = 3_000_000;

    @TempDir Path cache;

    private final HubServer server = Fixture.server();
    private final Listener listener = new Listener();

    @BeforeEach
    void prepare() {
        for (String name : Fixture.needed()) {
            if (name.endsWith(".safetensors")) {
                server.put(name, weights(name.endsWith("2.safetensors") ? "b" : "a", 0));
            }
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /**
     * One tensor of zeros.
     *
     * @param spaces that make the header longer
     */
    private static byte[] weights(String tensor, int spaces) {
        byte[] header =
                ("{\"%s\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%2$d]}}"
                                        .formatted(tensor, DATA)
                                + " ".repeat(spaces))
                        .getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + DATA)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    private ModelPreview preview() {
        return Fixture.hub(server, cache).preview(Fixture.ID, listener);
    }

    private static long bytes(ModelPreview preview) {
        try (Checkpoint checkpoint = preview.open()) {
            return ModelSummary.of(checkpoint).bytes();
        }
    }

    @Test
    void tellsAllOfTheWeightsButTheirBytes() {
        Path folder;
        try (ModelPreview preview = preview()) {
            folder = preview.folder();
            assertThat(Checkpoint.nameOf(folder)).isEqualTo("org/model@0123456");
            assertThat(bytes(preview)).isEqualTo(4L * DATA);
            assertThat(preview.plan().toDownload()).isGreaterThan(4L * DATA);
        }
        assertThat(server.served()).isLessThan(4L * DATA / 100);
        assertThat(folder).doesNotExist();
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void aLongHeaderIsReadToItsEnd() {
        server.put(Fixture.WEIGHTS, weights("a", 100_000));
        try (ModelPreview preview = preview()) {
            assertThat(bytes(preview)).isEqualTo(4L * DATA);
        }
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(2);
        assertThat(server.served()).isBetween(100_000L, 300_000L);
    }

    @Test
    void aHostWithoutRangesIsLeftWhereTheHeaderEnds() {
        server.ignoreRanges();
        server.slowDown(2);
        try (ModelPreview preview = preview()) {
            assertThat(bytes(preview)).isEqualTo(4L * DATA);
        }
        assertThat(server.served()).isLessThan(2L * DATA);
    }

    @Test
    void aConnectionThatBreaksIsTriedAgain() {
        server.fail(Fixture.WEIGHTS, new Cut(100));
        try (ModelPreview preview = preview()) {
            assertThat(bytes(preview)).isEqualTo(4L * DATA);
        }
        assertThat(listener.notes).anyMatch(n -> n.contains("the connection broke"));
    }

    @Test
    void whatIsInTheCacheIsNotAskedFor() throws IOException {
        server.put(Fixture.VAE, weights("a", 5));
        server.put(Fixture.WEIGHTS, weights("a", 7));
        Path folder = Fixture.hub(server, cache).pull(Fixture.ID, listener);
        Files.delete(folder.resolve(Fixture.VAE).toRealPath());
        long before = server.served();
        try (ModelPreview preview = preview()) {
            assertThat(bytes(preview)).isEqualTo(4L * DATA);
            assertThat(preview.plan().toDownload()).isBetween((long) DATA, DATA + 1000L);
        }
        assertThat(server.served() - before).isLessThan(20_000);
        assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE, 5_000_000, 100})
    void aHeaderThatIsNoneIsRefusedWithTheModelsName(long length) {
        byte[] wrong = weights("a", 0);
        ByteBuffer.wrap(wrong).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
        server.put(Fixture.VAE, wrong);
        try (ModelPreview preview = preview()) {
            assertThatThrownBy(() -> preview.named(() -> bytes(preview)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith("org/model/" + Fixture.VAE + ": ");
        }
    }

    @Test
    void weightsOfNoBytesAreRefusedWithTheModelsName() {
        server.put(Fixture.VAE, new byte[0]);
        try (ModelPreview preview = preview()) {
            assertThatThrownBy(() -> preview.named(() -> bytes(preview)))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("org/model/" + Fixture.VAE)
                    .hasMessageContaining("0 bytes");
        }
        assertThat(server.downloads(Fixture.VAE)).isZero();
    }

    @Test
    void aHeaderWithoutEndIsNotRead() {
        byte[] large = new byte[40_000_000];
        ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN).putLong(39_000_000);
        server.put(Fixture.VAE, large);
        assertThatThrownBy(this::preview)
                .isInstanceOf(SvgenException.class)
                .hasMessageContaining("a header of 39000000 bytes, expected at most");
        assertThat(server.served()).isLessThan(1_000_000);
    }

    @Test
    void configsWithoutEndAreRefused(@TempDir Path folder) {
        try (Http http = new Http(Fixture.settings(server, cache), () -> false)) {
            HubApi api = new HubApi(Fixture.settings(server, cache), http, listener, Fixture.ID);
            PullPlan plan = Fixture.hub(server, cache).plan(Fixture.ID, listener);
            PreviewFetch fetch =
                    new PreviewFetch(new Cache(cache), api, plan, listener, folder, 1000);
            assertThatThrownBy(fetch::run)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("at most 1000 bytes in all, found more");
        }
    }

    @Test
    void offlineNobodyIsAsked() {
        Hub offline = Fixture.hub(Fixture.settings(server.address(), cache, null, true, true));
        assertThatThrownBy(() -> offline.preview(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("HF_HUB_OFFLINE is set");
        assertThat(server.requests()).isEmpty();
    }
}
