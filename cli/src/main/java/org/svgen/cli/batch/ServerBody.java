package org.svgen.cli.batch;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.svgen.checkpoint.Untrusted;
import org.svgen.models.RequestNames;
import org.svgen.setting.Rule;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a request to a server says: JSON, or a form where pictures go with it.
 *
 * @param type the media type
 * @param publisher of its bytes
 */
record ServerBody(String type, BodyPublisher publisher) {
    private static final JsonMapper MAPPER = new JsonMapper();

    static ServerBody of(BatchTask task) {
        return task.files().image().isEmpty() && task.files().lastImage().isEmpty()
                ? json(fields(task))
                : form(task);
    }

    private static ServerBody json(Map<String, Object> fields) {
        return new ServerBody(
                "application/json", BodyPublishers.ofByteArray(MAPPER.writeValueAsBytes(fields)));
    }

    /** Settings by the names that the HTTP interface has for them. */
    static Map<String, Object> fields(BatchTask task) {
        Map<String, Object> fields = new LinkedHashMap<>();
        task.settings().forEach((name, value) -> fields.put(RequestNames.of(name), value));
        fields.putAll(task.service());
        return fields;
    }

    /** The setting that the HTTP interface calls {@code name}. */
    static Optional<String> setting(String name) {
        return Optional.<Rule<?>>ofNullable(RequestNames.rules().get(name)).map(Rule::name);
    }

    private static ServerBody form(BatchTask task) {
        String boundary = "svgen-" + UUID.randomUUID();
        List<byte[]> parts = new ArrayList<>();
        fields(task)
                .forEach((name, value) ->
                        part(
                                parts,
                                boundary,
                                name,
                                "",
                                value.toString().getBytes(StandardCharsets.UTF_8)));
        BiConsumer<String, Path> file =
                (name, path) ->
                        part(
                                parts,
                                boundary,
                                name,
                                "; filename=\"%s\"".formatted(name),
                                bytes(path));
        task.files().image().ifPresent(path -> file.accept("input_reference", path));
        task.files().lastImage().ifPresent(path -> file.accept(Columns.LAST_IMAGE, path));
        parts.add("--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.UTF_8));
        return new ServerBody(
                "multipart/form-data; boundary=" + boundary, BodyPublishers.ofByteArrays(parts));
    }

    private static void part(
            List<byte[]> parts, String boundary, String name, String file, byte[] content) {
        String type = file.isEmpty() ? "" : "Content-Type: application/octet-stream\r\n";
        parts.add(
                "--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n%s\r\n"
                        .formatted(boundary, name, file, type)
                        .getBytes(StandardCharsets.UTF_8));
        parts.add(content);
        parts.add("\r\n".getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }
}
