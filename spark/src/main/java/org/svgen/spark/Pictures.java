package org.svgen.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.svgen.tensor.BadInputException;

/** What the bytes of pictures are, each read once, some at a time. */
final class Pictures {
    private static final int AT_A_TIME = 32; // file systems answer late, but many at once

    private final Map<String, String> hashes = new ConcurrentHashMap<>();
    private final Map<String, String> mistakes = new ConcurrentHashMap<>();

    private Pictures() {}

    /** Reads all. */
    static Pictures read(Collection<String> addresses, Configuration hadoop) {
        Pictures pictures = new Pictures();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().factory())) {
            for (String address : addresses.stream().distinct().toList()) {
                threads.execute(() -> pictures.read(address, hadoop));
            }
        }
        return pictures;
    }

    private void read(String address, Configuration hadoop) {
        MessageDigest digest = Sha.digest();
        try {
            OutputFolder.read(
                    address,
                    hadoop,
                    new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            hashes.put(address, Sha.hex(digest));
        } catch (IOException | IllegalArgumentException e) {
            mistakes.put(address, Failures.line(e));
        }
    }

    /**
     * The hash of a picture's bytes.
     *
     * @throws BadInputException if it cannot be read
     */
    String hash(String name, String address) {
        String mistake = mistakes.get(address);
        if (mistake != null) {
            throw new BadInputException("%s %s: %s".formatted(name, address, mistake));
        }
        return Objects.requireNonNull(hashes.get(address), address);
    }
}
