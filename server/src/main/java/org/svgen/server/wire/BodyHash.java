package org.svgen.server.wire;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tells a request that is sent again from another one. */
public final class BodyHash {
    private BodyHash() {}

    /**
     * {@return SHA-256 of what a body says, in hex; the order of its fields does not matter}
     *
     * @param about what else the answer depends on
     * @param body of the request
     */
    public static String of(String about, Body body) {
        Map<String, String> files = new TreeMap<>();
        body.files().forEach((name, file) -> files.put(name, file.sha256()));
        MessageDigest hash = Spool.sha256();
        hash.update(Json.bytes(List.of(about, sorted(body.fields()), files)));
        return HexFormat.of().formatHex(hash.digest());
    }

    private static Object sorted(Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, Object> sorted = new TreeMap<>();
                map.forEach((name, inner) -> sorted.put(String.valueOf(name), inner(inner)));
                yield sorted;
            }
            case List<?> list -> list.stream().map(BodyHash::inner).toList();
            default -> value;
        };
    }

    /** Lists and objects may hold null. */
    private static Object inner(Object value) {
        return value == null ? "null" : sorted(value);
    }
}
