package org.svgen.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Writes events as browsers read them (HTML standard, server-sent events). */
final class EventWriter {
    /** How long a reader may take for one event. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final OutputStream out;

    EventWriter(OutputStream out) {
        this.out = out;
    }

    /** How soon a client comes back, in milliseconds. */
    void retry(int millis) throws IOException {
        write("retry: " + millis + "\n\n");
    }

    void comment() throws IOException {
        write(":\n\n");
    }

    /**
     * @param data on one line, as our JSON always is
     */
    void event(long id, String name, String data) throws IOException {
        write("id: " + id + "\nevent: " + name + "\ndata: " + data + "\n\n");
    }

    private void write(String text) throws IOException {
        Watched.current().ifPresent(connection -> connection.waits(PATIENCE));
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
        Watched.current().ifPresent(Watched::goesOn);
    }
}
