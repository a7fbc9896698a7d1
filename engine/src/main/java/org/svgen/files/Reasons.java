package org.svgen.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;

/** Why a file could not be read or written, in words: many exceptions have but the file's name. */
public final class Reasons {
    private static final int LONGEST = 200;

    private Reasons() {}

    /**
     * {@return the reason, on one line and of bearable length}
     *
     * @param e what went wrong
     */
    public static String of(Exception e) {
        Objects.requireNonNull(e, "e");
        return switch (e) {
            case UncheckedIOException u when u.getCause() instanceof IOException cause -> of(cause);
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "something else is in its place";
            case NoSuchFileException _ -> "there is no such file or folder";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> line(String.valueOf(e.getMessage()));
        };
    }

    private static String line(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return cut.replaceAll("\\R|\\p{Cntrl}", " ");
    }
}
