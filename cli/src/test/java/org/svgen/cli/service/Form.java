package org.svgen.cli.service;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;

/** A body of type multipart/form-data, as OpenAI's clients write it. */
final class Form {
    private static final String BOUNDARY = "----boundary0123456789";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Form text(String name, String value) {
        return part("name=\"%s\"".formatted(name), "", value.getBytes(StandardCharsets.UTF_8));
    }

    Form file(String name, String fileName, String type, byte[] content) {
        return part(
                "name=\"%s\"; filename=\"%s\"".formatted(name, fileName),
                "Content-Type: %s\r\n".formatted(type),
                content);
    }

    private Form part(String disposition, String more, byte[] content) {
        write(
                "--%s\r\nContent-Disposition: form-data; %s\r\n%s\r\n"
                        .formatted(BOUNDARY, disposition, more));
        bytes.writeBytes(content);
        write("\r\n");
        return this;
    }

    private void write(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    Api.Answer post(Api api, String path) {
        write("--%s--\r\n".formatted(BOUNDARY));
        return api.send(
                api.request(path)
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(bytes.toByteArray())));
    }
}
