package org.svgen.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.Untrusted;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import tools.jackson.databind.json.JsonMapper;

/**
 * Names runs by all that decides what comes of them: model, device, version, request, the reference
 * that they are compared with, and how. Two runs of one name have one result.
 */
final class RunKey {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Subject subject;
    private final String measures;
    private final Map<Path, String> files = new HashMap<>();

    /**
     * @param measures what is measured, and by which weights
     */
    RunKey(Subject subject, String measures) {
        this.subject = subject;
        this.measures = measures;
    }

    /** Of a run that is compared with nothing. */
    String of(Request request, Prompt prompt) {
        return hash(values(request, prompt));
    }

    /** Of a run that is compared with {@code reference}. */
    String of(Request request, Prompt prompt, String reference) {
        Map<String, Object> values = values(request, prompt);
        values.put("reference", reference);
        values.put("measures", measures);
        return hash(values);
    }

    private Map<String, Object> values(Request request, Prompt prompt) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("subject", subject);
        values.put("fields", Recipe.fieldsOf(request));
        values.put("settings", request.settings().values());
        values.put("image", file(prompt.image()));
        values.put("last_image", file(prompt.lastImage()));
        return values;
    }

    private String file(Optional<Path> path) {
        return path.map(p -> files.computeIfAbsent(p, RunKey::content)).orElse("");
    }

    /** The hash of a file's content. */
    static String content(Path file) {
        try {
            return hash(Files.readAllBytes(file));
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }

    private static String hash(Map<String, Object> values) {
        return hash(MAPPER.writeValueAsBytes(values));
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
