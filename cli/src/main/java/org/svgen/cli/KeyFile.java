package org.svgen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** A key for a server, which lies in a file so that no list of processes shows it. */
final class KeyFile {
    private static final int LONGEST = 1000;

    private KeyFile() {}

    /**
     * The key.
     *
     * @throws BadInputException if the file has none
     */
    static String read(Path file) {
        String key;
        try {
            key = Files.readString(file).strip();
        } catch (IOException e) {
            throw new BadInputException("--api-key-file %s: %s".formatted(file, Reasons.of(e)), e);
        }
        if (!key.matches("[!-~]{1,%d}".formatted(LONGEST))) {
            throw new BadInputException(
                    "--api-key-file %s: expected a key on one line, found something else"
                            .formatted(file));
        }
        return key;
    }
}
