package org.svgen.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** Takes a snapshot out of the cache, with the blobs that no other snapshot needs. */
final class Removal {
    /** As {@link Snapshot#partial} names what has come of a blob. */
    private static final String INCOMPLETE = ".svgen.incomplete";

    private final Cache cache;
    private final ModelId id;
    private final Path snapshot;
    private final Path repo;

    Removal(Cache cache, CachedModel model) {
        this.cache = cache;
        this.id = model.id();
        this.snapshot = model.folder();
        this.repo = cache.repo(id);
    }

    /** What {@link #run} would free; writes nothing. */
    long bytes() throws IOException {
        long bytes = 0;
        for (Path file : Stream.concat(blobs().stream(), files(snapshot).stream()).toList()) {
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !hasOtherNames(file)) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    /** As where another repository shares a blob: then removing it frees nothing. */
    private static boolean hasOtherNames(Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:nlink") instanceof Integer names && names > 1;
        } catch (UnsupportedOperationException e) {
            return false; // Windows does not say
        }
    }

    /**
     * The refs go first: an unfinished removal must not look like a whole model. Each blob goes
     * under the lock that a download of it holds.
     */
    void run(PullListener listener) throws IOException, InterruptedException {
        for (Path ref : cache.refs(id, snapshot.getFileName().toString())) {
            Files.deleteIfExists(ref);
        }
        Set<Path> blobs = blobs();
        delete(snapshot);
        for (Path blob : blobs) {
            deleteLocked(blob, blob.getFileName().toString(), listener);
        }
        tidy(listener);
    }

    private void deleteLocked(Path blob, String hash, PullListener listener)
            throws IOException, InterruptedException {
        try (FileGuard _ =
                FileGuard.take(
                        cache.lock(id, hash),
                        listener,
                        () -> listener.note(hash + ": waiting for a download of it"))) {
            // A download may have begun another snapshot meanwhile.
            if (!usedByOthers().contains(blob)) {
                Files.deleteIfExists(blob);
            }
        }
    }

    /** Blobs that this snapshot links to and no other does. */
    private Set<Path> blobs() throws IOException {
        Set<Path> blobs = linked(snapshot);
        blobs.removeAll(usedByOthers());
        return blobs;
    }

    private Set<Path> usedByOthers() throws IOException {
        Set<Path> used = new HashSet<>();
        for (Path other : entries(repo.resolve("snapshots"))) {
            if (!other.equals(snapshot)) {
                used.addAll(linked(other));
            }
        }
        return used;
    }

    /** The blobs of this repository that links in {@code folder} lead to. */
    private Set<Path> linked(Path folder) throws IOException {
        Path blobs = repo.resolve("blobs");
        Set<Path> linked = new HashSet<>();
        for (Path file : files(folder)) {
            if (Files.isSymbolicLink(file)) {
                Path target = file.resolveSibling(Files.readSymbolicLink(file));
                if (isSame(blobs, target.resolveSibling("."))) {
                    linked.add(blobs.resolve(target.getFileName()));
                }
            }
        }
        return linked;
    }

    /** Under whatever names: a cache may be reached by links, and its own links be absolute. */
    private static boolean isSame(Path blobs, Path folder) throws IOException {
        try {
            return Files.isSameFile(blobs, folder);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Once no snapshot is left: the repository's folder too, with what broken downloads left. */
    private void tidy(PullListener listener) throws IOException, InterruptedException {
        if (!entries(repo.resolve("snapshots")).isEmpty()) {
            return;
        }
        for (Path blob : entries(repo.resolve("blobs"))) {
            String name = blob.getFileName().toString();
            if (name.endsWith(INCOMPLETE)) {
                deleteLocked(
                        blob, name.substring(0, name.length() - INCOMPLETE.length()), listener);
            }
        }
        try {
            // Not with its content: a download may have begun another meanwhile.
            Files.deleteIfExists(repo.resolve("snapshots"));
            delete(repo.resolve("refs"));
            Files.deleteIfExists(repo.resolve("blobs"));
            Files.deleteIfExists(repo);
        } catch (DirectoryNotEmptyException e) {
            // Something of other tools.
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        } catch (NoSuchFileException e) {
            return;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }

    static BadInputException failed(CachedModel model, IOException e) {
        return new BadInputException(
                "%s cannot be removed: %s".formatted(model.id(), Reasons.of(e)), e);
    }
}
