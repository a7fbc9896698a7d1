package org.svgen.hub;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.svgen.checkpoint.Untrusted;

/** Why a file could not be written, in words; many exceptions have but the file's name. */
final class Reasons {
    private Reasons() {}

    static String of(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case FileAlreadyExistsException _ -> "something else is in its place";
            case NoSuchFileException _ -> "its folder has gone";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> Untrusted.oneLine(String.valueOf(e.getMessage()));
        };
    }
}
