package org.svgen.server.http;

import java.io.IOException;
import java.io.OutputStream;

/** Writes metrics in a form that Prometheus reads. Thread-safe. */
public interface Exposition {
    /**
     * {@return the type of what is written}
     *
     * @param accept the request's header; empty if there is none
     */
    String contentType(String accept);

    /**
     * Writes all metrics as they are now.
     *
     * @param accept the request's header; empty if there is none
     * @param out to write to
     * @throws IOException if that fails
     */
    void write(String accept, OutputStream out) throws IOException;
}
