package org.svgen.cli.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.svgen.checkpoint.Untrusted;
import tools.jackson.databind.json.JsonMapper;

/** SHA-256 of what decides what comes of a run. */
final class Hashes {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int PIECE = 1 << 16;

    private Hashes() {}

    /** Of names and plain values, in their order. */
    static String of(Map<String, Object> values) {
        return hex(sha256().digest(MAPPER.writeValueAsBytes(values)));
    }

    /** Of a file's content. */
    static String of(Path file) {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
        return hex(digest.digest());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
