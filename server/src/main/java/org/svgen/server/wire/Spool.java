package org.svgen.server.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The temporary files of one request, which are gone when it ends. */
public final class Spool implements AutoCloseable {
    private final Path folder;
    private final List<Path> files = new ArrayList<>();

    /**
     * Without files yet.
     *
     * @param folder that they go into
     */
    public Spool(Path folder) {
        this.folder = folder;
    }

    /**
     * {@return a file of what comes}
     *
     * @param content all of it
     * @throws IOException if it cannot be read or written to its end
     */
    public Upload keep(InputStream content) throws IOException {
        Path file = Files.createTempFile(folder, "upload-", ".part");
        files.add(file);
        MessageDigest hash = sha256();
        try (OutputStream out = new DigestOutputStream(Files.newOutputStream(file), hash)) {
            content.transferTo(out);
        }
        return new Upload(file, HexFormat.of().formatHex(hash.digest()));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public void close() {
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
