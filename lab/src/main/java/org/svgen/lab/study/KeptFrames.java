package org.svgen.lab.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.files.Reasons;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/**
 * The frames of the reference with which a pair's videos are compared: in the study's folder until
 * the pair is done, so that a study that was killed need not make them again.
 */
final class KeptFrames {
    private static final String TENSOR = "frames";
    private static final String BEGIN = ".reference-";
    private static final String END = ".safetensors";

    private final Path folder;

    KeptFrames(Path folder) {
        this.folder = folder;
    }

    private Path file(String key) {
        return folder.resolve(BEGIN + key + END);
    }

    boolean has(String key) {
        return Files.isRegularFile(file(key));
    }

    void keep(String key, Tensor frames) {
        SafeTensorsWriter.write(file(key), Map.of(TENSOR, frames), Map.of());
    }

    /** What uses the frames. */
    interface Use {
        void with(Tensor frames);
    }

    /** Lends the frames. */
    void use(String key, Use use) {
        try (SafeTensors file = SafeTensors.open(file(key))) {
            use.with(
                    file.find(TENSOR)
                            .orElseThrow(() ->
                                    new SvgenException(
                                            "%s: expected a tensor \"frames\""
                                                    .formatted(file(key)))));
        }
    }

    /** Removes all but those of {@code key}. */
    void removeOthers(String key) {
        try {
            for (Path file : files()) {
                if (!file.equals(file(key))) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new SvgenException(
                    "cannot remove frames in %s: %s".formatted(folder, Reasons.of(e)), e);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(KeptFrames::isOurs).toList();
        }
    }

    private static boolean isOurs(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith(BEGIN) && name.endsWith(END);
    }
}
