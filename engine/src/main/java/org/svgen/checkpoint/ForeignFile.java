package org.svgen.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.files.Impostor;
import org.svgen.tensor.BadInputException;

/** What often lies where a model's file should be. */
final class ForeignFile {
    private static final Pattern SIZE = Pattern.compile("(?m)^size ([0-9]{1,18})$");

    private ForeignFile() {}

    /**
     * @param bytes the first {@link Impostor#HEAD} of {@code file}, or more
     * @throws BadInputException if they are a Git LFS pointer or a web page, saying what to do
     */
    static void refuse(Path file, byte[] bytes) {
        Impostor.of(bytes)
                .ifPresent(impostor -> {
                    throw new BadInputException(file + ": " + words(impostor, bytes));
                });
    }

    private static String words(Impostor impostor, byte[] bytes) {
        return switch (impostor) {
            case LFS_POINTER ->
                    "a Git LFS pointer, not the file itself%s: 'git lfs pull' in the clone fetches it, or 'svgen pull ORG/NAME' the model"
                            .formatted(size(bytes));
            case WEB_PAGE, XML ->
                    "a web page that was saved under this name, not the file itself: fetch it again, or the model with 'svgen pull ORG/NAME'";
        };
    }

    /** Of the file itself, as its pointer has it. */
    private static String size(byte[] pointer) {
        int head = Math.min(pointer.length, Impostor.HEAD_BYTES);
        Matcher size = SIZE.matcher(new String(pointer, 0, head, StandardCharsets.US_ASCII));
        return size.find() ? " of %s bytes".formatted(size.group(1)) : "";
    }
}
