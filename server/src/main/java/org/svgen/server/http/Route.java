package org.svgen.server.http;

import java.io.IOException;

/**
 * What is at an address.
 *
 * @param method of HTTP
 * @param template the path; a part in braces stands for any one part
 * @param access who may use it
 * @param action answers
 */
record Route(String method, String template, Access access, Action action) {
    /** Answers a request. */
    @FunctionalInterface
    interface Action {
        /**
         * @throws org.svgen.server.wire.Refusal to answer with an error
         * @throws IOException if the client is gone, or a file cannot be read
         */
        void answer(Call call) throws IOException;
    }
}
