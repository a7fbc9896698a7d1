package org.svgen.files;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;

/** Why a file could not be written, in words: many exceptions have but the file's name. */
final class WriteFailure {
    private WriteFailure() {}

    /** A {@link BadInputException} where the user can mend it: another place, more room. */
    static SvgenException of(Path out, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new StoppedException("stopped, nothing was written");
        }
        return mendable(out, e) != null
                ? new BadInputException(line(out, e), e)
                : new SvgenException(line(out, e), e);
    }

    static String line(Path out, IOException e) {
        return "cannot write %s: %s"
                .formatted(
                        out, Objects.requireNonNullElseGet(mendable(out, e), () -> Reasons.of(e)));
    }

    private static @Nullable String mendable(Path out, IOException e) {
        // Encoders hide the reason in a cause.
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String text = cause instanceof IOException io ? Reasons.of(io) : "";
            if (text.contains("No space left") || text.contains("not enough space")) {
                return "no space left on its disk";
            }
            if (text.contains("quota")) {
                return "the disk quota is used up";
            }
            if (text.contains("File too large")) {
                return "the file grows larger than its disk or 'ulimit -f' allows";
            }
            if (text.contains("Read-only")) {
                return "read-only file system";
            }
        }
        return switch (e) {
            case AccessDeniedException _ -> Reasons.of(e);
            case IOException _ when !Files.isDirectory(folder(out)) ->
                    "there is no folder " + folder(out);
            case NoSuchFileException _ -> "the folder takes no files";
            case FileSystemException f when "File name too long".equals(f.getReason()) ->
                    "the name is too long";
            default -> null;
        };
    }

    private static Path folder(Path out) {
        Path target = out.toAbsolutePath().normalize();
        return Objects.requireNonNullElse(target.getParent(), target);
    }
}
