package org.svgen.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of the service for programs (OpenAPI 3.1), and the same for people. */
final class ApiDocs {
    private static final String CACHE = "no-cache";

    void document(Call call) {
        call.header("Cache-Control", CACHE);
        call.send(200, "application/json", resource("openapi.json"));
    }

    void page(Call call) {
        Site.secure(call);
        call.header("Cache-Control", CACHE);
        call.send(200, "text/html; charset=utf-8", ApiPage.of(resource("openapi.json")));
    }

    void style(Call call) {
        call.header("Cache-Control", CACHE);
        call.send(200, "text/css; charset=utf-8", resource("docs.css"));
    }

    private static byte[] resource(String name) {
        try (InputStream file = ApiDocs.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(name + " is not in this build");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
