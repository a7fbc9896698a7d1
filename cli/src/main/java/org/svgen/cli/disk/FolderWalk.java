package org.svgen.cli.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.checkpoint.Untrusted;

/**
 * What lies in folders and below, sorted by place.
 *
 * @param files of weights, of whatever format
 * @param models folders in diffusers' layout; what is in them is not among the files
 */
public record FolderWalk(List<KeptFile> files, List<KeptFile> models) {
    /** As deep as people sort their files: loras/wan/2.2/style. */
    private static final int DEPTH = 6;

    /** Keeps copies of the lists. */
    public FolderWalk {
        files = List.copyOf(files);
        models = List.copyOf(models);
    }

    /** Each folder and each file is found once, by whichever way comes first. */
    static FolderWalk of(List<Path> roots, Consumer<String> notes) {
        Walk walk = new Walk(notes);
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                walk.folder(root, root, DEPTH);
            } else {
                notes.accept(
                        "%s: %s: expected a folder, found %s"
                                .formatted(
                                        ModelFolders.VARIABLE,
                                        root,
                                        Files.exists(root) ? "a file" : "no such folder"));
            }
        }
        return new FolderWalk(walk.files, walk.models);
    }

    private static final class Walk {
        private final Consumer<String> notes;
        private final Set<Path> seen = new HashSet<>();
        private final List<KeptFile> files = new ArrayList<>();
        private final List<KeptFile> models = new ArrayList<>();

        Walk(Consumer<String> notes) {
            this.notes = notes;
        }

        void folder(Path root, Path folder, int depth) {
            try {
                if (!seen.add(folder.toRealPath())) {
                    return;
                }
                if (Files.isRegularFile(folder.resolve(ModelFiles.INDEX))) {
                    models.add(new KeptFile(root, folder));
                    return;
                }
                for (Path entry : entries(folder)) {
                    if (!Files.isDirectory(entry)) {
                        file(root, entry);
                    } else if (depth > 0) {
                        folder(root, entry, depth - 1);
                    }
                }
            } catch (IOException | UncheckedIOException e) {
                notes.accept(Untrusted.cannotRead(folder, e).getMessage() + ", so it is left out");
            }
        }

        private void file(Path root, Path file) throws IOException {
            if (OtherLayout.isWeights(file.toString())
                    && Files.isRegularFile(file)
                    && seen.add(file.toRealPath())) {
                files.add(new KeptFile(root, file));
            }
        }

        private static List<Path> entries(Path folder) throws IOException {
            try (Stream<Path> entries = Files.list(folder)) {
                return entries.sorted().toList();
            }
        }
    }
}
