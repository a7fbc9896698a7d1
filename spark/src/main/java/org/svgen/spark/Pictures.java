package org.svgen.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.svgen.tensor.BadInputException;

/** What the bytes of pictures are, each read once, some at a time. */
final class Pictures {
    private static final int AT_A_TIME = 32; // file systems answer late, but many at once

    private final Map<String, String> hashes = new ConcurrentHashMap<>();
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
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
            Path path = new Path(address);
            addresses.put(address, path.getFileSystem(hadoop).makeQualified(path).toString());
            OutputFolder.read(
                    address,
                    hadoop,
                    new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            hashes.put(address, Sha.hex(digest));
        } catch (IOException | IllegalArgumentException e) {
            mistakes.put(address, Failures.line(e));
        }
    }

    /** Pictures by the addresses that are the same for everybody. */
    Map<String, String> absolute(Map<String, String> pictures) {
        Map<String, String> all = new LinkedHashMap<>();
        pictures.forEach((name, said) -> all.put(name, addresses.getOrDefault(said, said)));
        return all;
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
