package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.hub.Fixture.Listener;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import org.svgen.testkit.HubFault.Status;
import org.svgen.testkit.HubServer;

/** Models, names and answers that are refused before anything is written. */
class PullRefusalTest {
    @TempDir Path cache;

    private final HubServer server = Fixture.server();
    private final Listener listener = new Listener();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aGatedModelSaysWhatToDo() {
        server.requireToken("hf_right");
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "org/model is gated: accept its licence at %s/org/model, then set HF_TOKEN to a token of that account"
                                .formatted(server.address()));
        Hub other = Fixture.hub(Fixture.settings(server.address(), cache, "hf_x", true, false));
        assertThatThrownBy(() -> other.pull(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the account of this token has no access")
                .hasMessageNotContaining("hf_x");
    }

    @Test
    void aTokenThatIsNotValidIsSaid() {
        server.fail(
                "", new Status(401, Map.of("X-Error-Message", "Invalid credentials in header")));
        Hub hub = Fixture.hub(Fixture.settings(server.address(), cache, "hf_x", true, false));
        assertThatThrownBy(() -> hub.pull(Fixture.ID, listener))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("does not accept the token");
    }

    @Test
    void namesThatAreUnknownAreSaid() {
        Hub hub = Fixture.hub(server, cache);
        assertThatThrownBy(() -> hub.pull(ModelId.parse("org/none"), listener))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("has no model org/none, or it is private");
        assertThatThrownBy(() -> hub.pull(ModelId.parse("org/model@v9"), listener))
                .isInstanceOf(BadInputException.class)
                .hasMessage("org/model has no revision \"v9\"");
        server.fail("vae/config.json", new Status(404, Map.of("X-Error-Code", "EntryNotFound")));
        assertThatThrownBy(this::pull)
                .hasMessageContaining("org/model has no file vae/config.json");
    }

    @Test
    void aModelOfNoUseIsRefusedBeforeAnythingIsWritten() {
        server.remove(Fixture.WEIGHTS);
        server.put("transformer/diffusion_pytorch_model.bin", new byte[10]);
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("on the hub, 1 file is missing: " + Fixture.WEIGHTS + "; ")
                .hasMessageContaining("diffusion_pytorch_model.bin is there")
                .hasMessageContaining("only .safetensors");
        server.put("model_index.json", "{\"_class_name\": \"FluxPipeline\"}".getBytes());
        assertThatThrownBy(this::pull).hasMessageContaining("cannot run a FluxPipeline");
        server.remove("model_index.json");
        assertThatThrownBy(this::pull)
                .hasMessageContaining(
                        "no model in diffusers' layout; it holds text_encoder/pytorch_model.bin, weights pickled");
        assertThat(cache).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "vae/../../x",
                "/etc/x",
                "vae//x",
                "vae\\\\x",
                "..",
                "vae/.",
                "",
                "vae/\\ud800.json",
                "vae/\\u0000",
                "vae/a\\u001b[2J",
                "vae/\\u009b",
                "a\\n"
            })
    void namesThatLeadElsewhereAreRefused(String name) {
        server.describeAs(
                "{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"%s\"}]}"
                        .formatted(HubServer.COMMIT, name));
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("outside of the model's folder");
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void aNameWithAColonIsNoObstacleWhereNobodyNeedsTheFile() {
        server.put("assets/at 12:30.png", new byte[3]);
        Path folder = pull();
        assertThat(folder.resolve("assets")).doesNotExist();
        assertThat(folder.resolve(Fixture.VAE)).hasSize(9000);
    }

    @Test
    void aNameWithAColonIsRefusedAmongWhatIsFetched() {
        server.put("vae/c:1.json", new byte[3]);
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("needs \"vae/c:1.json\"");
        assertThat(cache).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 2000})
    void namesThatNoDiskTakesAreRefused(int length) {
        server.describeAs(
                "{\"sha\": \"%s\", \"siblings\": [{\"rfilename\": \"%s\"}]}"
                        .formatted(HubServer.COMMIT, "x/".repeat(length / 4) + "x".repeat(length)));
        assertThatThrownBy(this::pull)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("whose name is too long")
                .hasMessageNotContaining("x".repeat(256));
        assertThat(cache).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "{",
                "[]",
                "null",
                "{\"sha\": \"../../x\", \"siblings\": []}",
                "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\"}",
                "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": [7]}",
                "{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\":"
                        + " [{\"rfilename\": \"a\", \"size\": 1, \"blobId\": \"../../a\"}]}"
            })
    void answersThatMakeNoSenseAreOneLine(String json) {
        server.describeAs(json);
        assertThatThrownBy(this::pull)
                .isInstanceOf(SvgenException.class)
                .hasMessageNotContaining("\n");
        assertThat(cache).isEmptyDirectory();
    }

    private Path pull() {
        return Fixture.hub(server, cache).pull(Fixture.ID, listener);
    }
}
