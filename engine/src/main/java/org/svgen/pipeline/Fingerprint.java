package org.svgen.pipeline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Field;
import org.svgen.tensor.Tensor;

/**
 * Tells requests apart, before they are run: equal fingerprints give equal videos and reports, if
 * model, device and version are the same.
 *
 * @param parts what the request says by its keys, as texts; of tensors and a calibration their
 *     SHA-256
 */
public record Fingerprint(Map<String, String> parts) {
    /** Keeps a copy. */
    public Fingerprint {
        Objects.requireNonNull(parts, "parts");
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    /**
     * {@return the fingerprint of a request}
     *
     * @param request whose tensors are read
     */
    public static Fingerprint of(Request request) {
        Objects.requireNonNull(request, "request");
        Map<String, String> parts = new LinkedHashMap<>();
        Recipe.fieldsOf(request).forEach((key, value) -> parts.put(key, value.toString()));
        request.settings().keyed().forEach((key, value) -> parts.put(key, value.toString()));
        put(parts, Field.words(Fields.IMAGE.name(), "_"), request.image());
        put(parts, Field.words(Fields.LAST_IMAGE.name(), "_"), request.lastImage());
        put(parts, Field.words(Fields.LATENTS.name(), "_"), request.latents());
        request.attention()
                .calibration()
                .ifPresent(c ->
                        parts.put(Field.words(Fields.CALIBRATION.name(), "_"), hash(measured(c))));
        return new Fingerprint(parts);
    }

    private static void put(Map<String, String> parts, String key, @Nullable Tensor tensor) {
        if (tensor != null) {
            MessageDigest digest = sha256();
            digest.update(tensor.toString().getBytes(StandardCharsets.UTF_8));
            for (long from = 0; from < tensor.bytes(); from += Integer.MAX_VALUE) {
                long count = Math.min(Integer.MAX_VALUE, tensor.bytes() - from);
                ByteBuffer bytes = tensor.host().asSlice(from, count).asByteBuffer();
                digest.update(bytes);
            }
            parts.put(key, HexFormat.of().formatHex(digest.digest()));
        }
    }

    /** Without the name of the file that it came from. */
    private static String measured(Calibration c) {
        return Arrays.asList(
                        c.model(),
                        c.modelHash(),
                        c.share(),
                        c.videos(),
                        c.settings(),
                        c.points(),
                        c.bound())
                .toString();
    }

    /** {@return SHA-256 over all parts} */
    public String hash() {
        StringBuilder lines = new StringBuilder();
        parts.forEach(
                (key, value) -> lines.append(key).append(' ').append(hash(value)).append('\n'));
        return hash(lines.toString());
    }

    private static String hash(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
