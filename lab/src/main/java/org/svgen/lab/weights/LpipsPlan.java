package org.svgen.lab.weights;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What a download of weights consists of.
 *
 * @param name of the weights
 * @param file where they will lie
 * @param licence of what is downloaded
 * @param total bytes of what is downloaded
 * @param toDownload bytes that are left to fetch
 * @param free bytes that the disk has left
 */
public record LpipsPlan(
        String name, Path file, String licence, long total, long toDownload, long free) {
    /** Checks that nothing is null. */
    public LpipsPlan {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(licence, "licence");
    }
}
