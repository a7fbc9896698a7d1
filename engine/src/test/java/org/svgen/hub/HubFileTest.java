package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.hub.Fixture.Listener;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.HubServer;

/** Files by themselves, such as adapters. */
class HubFileTest {
    @TempDir Path cache;

    private final HubServer server = Fixture.server();
    private final Listener listener = new Listener();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void namesAreReadAsTheyAreWritten() {
        assertThat(HubFile.parse("org/model"))
                .isEqualTo(new HubFile(Fixture.ID, Optional.empty()))
                .hasToString("org/model");
        assertThat(HubFile.parse("org/model@v1/a/b.safetensors"))
                .isEqualTo(
                        new HubFile(ModelId.parse("org/model@v1"), Optional.of("a/b.safetensors")))
                .hasToString("org/model@v1/a/b.safetensors");
        assertThat(HubFile.isMeantBy("folder/file.safetensors")).isFalse();
        assertThat(HubFile.isMeantBy("file.safetensors")).isFalse();
        assertThat(HubFile.isMeantBy("/a/b.safetensors")).isFalse();
        assertThat(HubFile.isMeantBy("../a/b.safetensors")).isFalse();
        assertThatThrownBy(() -> HubFile.parse("org/model/../x"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("outside");
    }

    @Test
    void oneFileComesAloneAndIsThenHere() throws Exception {
        Hub hub = Fixture.hub(server, cache);
        HubFile vae = HubFile.parse("org/model/" + Fixture.VAE);
        assertThat(hub.find(vae)).isEmpty();
        Path file = hub.pull(vae, listener);
        assertThat(Files.readAllBytes(file)).isEqualTo(Fixture.files().get(Fixture.VAE));
        assertThat(hub.find(vae)).hasValue(file);
        assertThat(listener.plans.getFirst().total()).isEqualTo(9000);
        assertThat(server.requests()).filteredOn(r -> r.contains(" files ")).hasSize(1);
        Hub offline = Fixture.hub(Fixture.settings(server.address(), cache, null, true, true));
        assertThat(offline.pull(vae, listener)).isEqualTo(file);
        assertThat(offline.pull(HubFile.parse("org/model"), listener)).isEqualTo(file);
    }

    /** A model that is whole here stays found, whatever commit a file by itself is of. */
    @Test
    void aModelStaysWhatItsBranchMeans() throws Exception {
        Hub hub = Fixture.hub(server, cache);
        Path model = hub.pull(Fixture.ID, listener);
        String old = "f".repeat(40);
        Files.move(model, model.resolveSibling(old));
        Files.writeString(cache.resolve("models--org--model/refs/main"), old);
        assertThat(hub.find(Fixture.ID)).hasValue(model.resolveSibling(old));
        Path fp16 =
                hub.pull(
                        HubFile.parse("org/model/vae/diffusion_pytorch_model.fp16.safetensors"),
                        listener);
        assertThat(fp16).startsWithRaw(model);
        assertThat(hub.find(Fixture.ID)).hasValue(model.resolveSibling(old));
    }
}
