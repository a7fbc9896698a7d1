package org.svgen.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/** Files by themselves that are in the cache, in the snapshots of their repositories. */
record CachedFiles(Cache cache) {
    private static final int DEPTH = 8;

    /** The file, if its name is known and it is here at the revision that is meant. */
    Optional<Path> find(HubFile file) {
        return file.name()
                .flatMap(name ->
                        snapshots(file.repo()).stream()
                                .map(snapshot -> snapshot.resolve(name))
                                .filter(Files::isRegularFile)
                                .findFirst());
    }

    /**
     * The file without asking anybody.
     *
     * @throws BadInputException if it is not here, or several may be meant
     */
    Path offline(HubFile file) {
        if (file.name().isPresent()) {
            return find(file).orElseThrow(() -> missing(file));
        }
        for (Path snapshot : snapshots(file.repo())) {
            List<String> names = weightsIn(snapshot);
            if (!names.isEmpty()) {
                return snapshot.resolve(Candidates.only(file, names));
            }
        }
        throw missing(file);
    }

    private BadInputException missing(HubFile file) {
        return new BadInputException(
                "HF_HUB_OFFLINE is set, and %s has no %s".formatted(cache.root(), file));
    }

    /** That of the revision first; a commit alone means itself. */
    private List<Path> snapshots(ModelId id) {
        List<Path> snapshots = new ArrayList<>();
        String commit = cache.commit(id);
        if (commit != null) {
            snapshots.add(cache.snapshot(id, commit));
        }
        if (id.revision().equals(ModelId.MAIN)) {
            cache.snapshots(id).stream()
                    .filter(s -> !snapshots.contains(s))
                    .forEach(snapshots::add);
        }
        return snapshots;
    }

    private static List<String> weightsIn(Path snapshot) {
        if (!Files.isDirectory(snapshot)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(snapshot, DEPTH)) {
            return files.filter(Files::isRegularFile)
                    .map(f -> snapshot.relativize(f).toString().replace('\\', '/'))
                    .filter(name -> name.endsWith(HubFile.END))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw Untrusted.cannotRead(snapshot, e);
        }
    }

    /** A branch goes on meaning the snapshot of a model, which may be whole there alone. */
    void remember(ModelId id, String commit) {
        String before = cache.commit(id);
        boolean model =
                before != null
                        && Files.exists(cache.snapshot(id, before).resolve(ModelFiles.INDEX));
        if (!model) {
            cache.remember(id, commit);
        }
    }
}
