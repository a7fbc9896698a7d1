package org.svgen.cli.disk;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A file of weights in a folder of the user's.
 *
 * @param root the folder that was named
 * @param file where it is
 */
public record KeptFile(Path root, Path file) {
    /** Checks that nothing is null. */
    public KeptFile {
        Objects.requireNonNull(root, "root");
        Objects.requireNonNull(file, "file");
    }

    /**
     * {@return its place in the folder, by which it can be given: {@code
     * vae/wan_2.1_vae.safetensors}}
     */
    public String name() {
        return slashed(root.relativize(file));
    }

    /**
     * True if words name it: its place, its place in a folder of one kind, or its name; each with
     * or without the ending.
     */
    boolean isCalled(String words) {
        String name = name();
        return file.toAbsolutePath().equals(Path.of(words).toAbsolutePath().normalize())
                || is(name, words)
                || is(belowKind(), words)
                || is(String.valueOf(file.getFileName()), words);
    }

    private static boolean is(String name, String words) {
        return name.equals(words) || name.replaceFirst("\\.\\w+$", "").equals(words);
    }

    /** As ComfyUI names it: below {@code loras} and the like. */
    private String belowKind() {
        Path place = root.relativize(file);
        for (int i = 0; i + 1 < place.getNameCount(); i++) {
            if (Role.isKind(place.getName(i).toString())) {
                return slashed(place.subpath(i + 1, place.getNameCount()));
            }
        }
        return slashed(place);
    }

    /** True if it lies in a folder for such files. */
    boolean isFor(Role role) {
        Path folders = root.toAbsolutePath().relativize(file.toAbsolutePath()).getParent();
        if (folders != null) {
            for (Path folder : folders) {
                if (role.isKeptIn(folder.toString())) {
                    return true;
                }
            }
        }
        return role.isKeptIn(String.valueOf(root.getFileName()));
    }

    private static String slashed(Path path) {
        return path.toString().replace('\\', '/');
    }
}
