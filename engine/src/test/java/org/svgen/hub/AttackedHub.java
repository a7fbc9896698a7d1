package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.svgen.hub.RawHub.write;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.hub.Fixture.Listener;
import org.svgen.tensor.SvgenException;

/** Pulls from hubs that answer as no hub should. */
abstract class AttackedHub {
    static final Patience HASTE =
            new Patience(
                    3, Duration.ofMillis(1), Duration.ofMillis(300), Duration.ofSeconds(1), 1000);

    @TempDir Path cache;

    final Listener listener = new Listener();

    Path pull(RawHub hub) {
        return hub.hub(cache, HASTE).pull(Fixture.ID, listener);
    }

    SvgenException refused(RawHub hub) {
        return refused(hub, "");
    }

    SvgenException refused(RawHub hub, String reason) {
        try (hub) {
            SvgenException[] caught = new SvgenException[1];
            assertThatThrownBy(() -> pull(hub))
                    .isInstanceOfSatisfying(SvgenException.class, e -> caught[0] = e)
                    .hasMessageContaining(reason)
                    .hasMessageNotContaining("\n");
            assertThat(hub.hub(cache, HASTE).find(Fixture.ID)).isEmpty();
            return caught[0];
        }
    }

    static RawHub listed(RawHub.Answer answer) {
        return new RawHub((request, out) -> request.listing() && answer.to(request, out));
    }

    static RawHub vae(RawHub.Answer answer) {
        return new RawHub((request, out) -> request.of(Fixture.VAE) && answer.to(request, out));
    }

    static RawHub raw(String text) {
        return listed((request, out) -> {
            write(out, text);
            return true;
        });
    }

    static void cut(OutputStream out, int length, int sent) throws IOException {
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(length));
        out.write(new byte[sent]);
    }
}
