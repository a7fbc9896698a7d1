package org.svgen.testkit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.ObjectMapper;

/** What a {@link HubServer} tells of files. */
final class HubContent {
    private HubContent() {}

    /** True for what git-lfs would hold. */
    static boolean isLarge(String name) {
        return name.endsWith(".safetensors") || name.endsWith(".model");
    }

    static String hash(String name, byte[] bytes) {
        try {
            if (isLarge(name)) {
                return hex(MessageDigest.getInstance("SHA-256").digest(bytes));
            }
            MessageDigest git = MessageDigest.getInstance("SHA-1");
            git.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
            return hex(git.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    static byte[] damaged(byte[] bytes) {
        byte[] copy = bytes.clone();
        copy[copy.length / 2] ^= 1;
        return copy;
    }

    /** As {@code GET /api/models/ORG/NAME/revision/REVISION?blobs=true} does. */
    static String describe(String commit, Map<String, byte[]> content, boolean sizes) {
        List<Map<String, Object>> siblings =
                content.entrySet().stream()
                        .map(e -> sibling(e.getKey(), e.getValue(), sizes))
                        .collect(Collectors.toList());
        return new ObjectMapper()
                .writeValueAsString(
                        Map.of(
                                "sha",
                                commit,
                                "siblings",
                                siblings,
                                "gated",
                                false,
                                "cardData",
                                Map.of(
                                        "license", "other",
                                        "license_name", "test-licence",
                                        "license_link", "LICENSE")));
    }

    private static Map<String, Object> sibling(String name, byte[] bytes, boolean sizes) {
        Map<String, Object> sibling = new LinkedHashMap<>();
        sibling.put("rfilename", name);
        if (sizes) {
            sibling.put("size", bytes.length);
            sibling.put("blobId", hash("", bytes));
            if (isLarge(name)) {
                sibling.put("lfs", Map.of("sha256", hash(name, bytes), "size", bytes.length));
            }
        }
        return sibling;
    }
}
