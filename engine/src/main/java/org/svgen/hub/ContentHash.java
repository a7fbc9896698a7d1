package org.svgen.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The hash by which the hub knows a file: SHA-256 of its bytes where git-lfs holds it, else git's
 * name of a blob, which is the SHA-1 of {@code "blob <size>\0"} and the bytes.
 */
final class ContentHash {
    private static final int SHA256_DIGITS = 64;

    private final MessageDigest digest;

    private ContentHash(MessageDigest digest) {
        this.digest = digest;
    }

    /** The kind of hash that {@code expected} is, of a file of {@code size} bytes. */
    static ContentHash like(String expected, long size) {
        try {
            if (expected.length() == SHA256_DIGITS) {
                return new ContentHash(MessageDigest.getInstance("SHA-256"));
            }
            MessageDigest git = MessageDigest.getInstance("SHA-1");
            git.update("blob %d\0".formatted(size).getBytes(StandardCharsets.US_ASCII));
            return new ContentHash(git);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256 and SHA-1", e);
        }
    }

    /** True if {@code bytes} are what {@code file} should hold. */
    static boolean matches(RemoteFile file, byte[] bytes) {
        ContentHash hash = like(file.hash(), file.size());
        hash.update(bytes, bytes.length);
        return bytes.length == file.size() && hash.hex().equals(file.hash());
    }

    void update(byte[] bytes, int count) {
        digest.update(bytes, 0, count);
    }

    /** Ends the hash. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
