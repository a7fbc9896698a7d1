package org.svgen.hub;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a download consists of.
 *
 * @param id the model
 * @param commit what the revision means now
 * @param licence as the hub names it
 * @param what the diffusers class that runs the model, or the name of a file by itself
 * @param folder the snapshot: the model's folder when all is there
 * @param files that the pipeline reads
 * @param free bytes that the disk has left
 */
public record PullPlan(
        ModelId id,
        String commit,
        Licence licence,
        String what,
        Path folder,
        List<File> files,
        long free) {
    /** Checks that nothing is null that must be there. */
    public PullPlan {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(commit, "commit");
        Objects.requireNonNull(licence, "licence");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(files, "files");
    }

    /**
     * A file to have.
     *
     * @param name in the repository, separated by {@code /}
     * @param size in bytes
     * @param hash SHA-256 of its bytes, or for small files the SHA-1 that git knows it by
     * @param here how many of its bytes are on disk already, in this repository
     * @param held its content under another repository, where this one lacks it
     */
    public record File(String name, long size, String hash, long here, Optional<HeldBlob> held) {
        /** Checks that nothing is null that must be there. */
        public File {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(hash, "hash");
            Objects.requireNonNull(held, "held");
        }

        Content content() {
            return new Content(size, hash);
        }

        private long toDownload() {
            return held.isPresent() ? 0 : size - here;
        }

        /** True for weights, which are nearly all of a model. */
        boolean isWeights() {
            return name.endsWith(".safetensors");
        }
    }

    /** {@return bytes of all files} */
    public long total() {
        return files.stream().mapToLong(File::size).sum();
    }

    /** {@return bytes that are on disk already} */
    public long here() {
        return files.stream().mapToLong(File::here).sum();
    }

    /** {@return bytes that the cache holds under other repositories, by these} */
    public SortedMap<String, Long> held() {
        SortedMap<String, Long> held = new TreeMap<>();
        files.forEach(f -> f.held.ifPresent(h -> held.merge(h.repo(), f.size, Long::sum)));
        return held;
    }

    /** {@return bytes that are left to fetch} */
    public long toDownload() {
        return files.stream().mapToLong(File::toDownload).sum();
    }
}
