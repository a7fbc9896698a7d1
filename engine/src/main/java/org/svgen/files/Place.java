package org.svgen.files;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where an output goes. */
public sealed interface Place {
    /** {@return the file or folder; of those that count up, the first that is free now} */
    Path path();

    /**
     * What is there is replaced.
     *
     * @param path of the file or folder
     */
    record Named(Path path) implements Place {}

    /**
     * {@code STEM1.EXTENSION}, {@code STEM2.EXTENSION} and so on: the first number that is free
     * when the file is published, so that nothing is ever replaced. For files, not folders.
     *
     * @param folder where the files lie
     * @param stem begin of their names
     * @param extension with its dot
     */
    record Numbered(Path folder, String stem, String extension) implements Place {
        Path path(int number) {
            return folder.resolve(stem + number + extension);
        }

        @Override
        public Path path() {
            int number = 1;
            while (Files.exists(path(number))) {
                number++;
            }
            return path(number);
        }
    }
}
