package org.svgen.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Untrusted;

/**
 * The hash of a model, of which every byte is read once for a folder of results: files of the same
 * names, sizes and times are not read again. Each run reads them beside its first steps, and its
 * hash is compared with this one.
 */
final class ModelHash {
    private static final String WRITER = "driver";

    private ModelHash() {}

    static String of(Checkpoint model, Path folder, OutputFolder output) throws IOException {
        String name = OutputFolder.own("model-%s".formatted(look(folder).substring(0, 16)));
        Optional<String> known = output.read(name).filter(hash -> hash.matches("[0-9a-f]{64}"));
        if (known.isPresent()) {
            return known.get();
        }
        String hash = model.hash();
        output.write(name, WRITER, hash);
        return hash;
    }

    /** What can be told of the files without reading them. */
    private static String look(Path folder) {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                lines.add(
                        "%s %d %s"
                                .formatted(
                                        folder.relativize(file),
                                        Files.size(file),
                                        Files.getLastModifiedTime(file)));
            }
        } catch (IOException e) {
            throw Untrusted.cannotRead(folder, e);
        }
        return Sha.of(lines);
    }
}
