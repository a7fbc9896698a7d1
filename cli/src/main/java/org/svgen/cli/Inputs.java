package org.svgen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.svgen.tensor.BadInputException;

/** Files that a run reads. No output may replace one. */
final class Inputs {
    private Inputs() {}

    /**
     * Checks that outputs replace none of the inputs.
     *
     * @param outputs files, and folders, which are replaced with all that is in them
     * @param inputs files
     * @throws BadInputException naming the first input that would be lost
     */
    static void requireKept(Collection<Path> outputs, Collection<Path> inputs) {
        for (Path out : outputs) {
            for (Path input : inputs) {
                if (isIn(input, place(out))) {
                    throw new BadInputException(
                            "cannot write %s: the input %s would be lost".formatted(out, input));
                }
            }
        }
    }

    /** The files of a video: itself, or those in a folder of frames. */
    static List<Path> ofVideo(Path video) {
        if (!Files.isDirectory(video)) {
            return List.of(video);
        }
        try (Stream<Path> files = Files.list(video)) {
            return files.toList();
        } catch (IOException e) {
            return List.of(); // who reads it will say so
        }
    }

    /** By its name, or by that of the file to which that leads. */
    private static boolean isIn(Path input, Path out) {
        try {
            return place(input).startsWith(out) || input.toRealPath().startsWith(out);
        } catch (IOException e) {
            return false; // it is not there to be lost
        }
    }

    /** The same for all names of one place: by links to its folder, too. */
    static Path place(Path file) {
        Path whole = file.toAbsolutePath();
        Path folder = Objects.requireNonNullElse(whole.getParent(), whole);
        try {
            return folder.toRealPath().resolve(String.valueOf(whole.getFileName()));
        } catch (IOException e) {
            return whole.normalize();
        }
    }
}
