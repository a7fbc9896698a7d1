package org.svgen.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.BadInputException;

/** What often lies where a model's file should be; its first bytes say which. */
final class ForeignFile {
    /** The bytes that are enough. */
    static final int HEAD = 512;

    private static final String LFS = "version https://git-lfs.github.com/spec/";
    private static final Pattern SIZE = Pattern.compile("(?m)^size ([0-9]{1,18})$");
    private static final Pattern PAGE =
            Pattern.compile("^[\\uFEFF\\s]*<(!doctype|html|head|\\?xml|!--).*", Pattern.DOTALL);

    private ForeignFile() {}

    /**
     * @param bytes the first {@link #HEAD} of {@code file}, or more
     * @throws BadInputException if they are a Git LFS pointer or a web page, saying what to do
     */
    static void refuse(Path file, byte[] bytes) {
        byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, HEAD));
        String text = new String(head, StandardCharsets.UTF_8);
        if (text.startsWith(LFS)) {
            Matcher size = SIZE.matcher(text);
            throw new BadInputException(
                    "%s: a Git LFS pointer, not the file itself%s: 'git lfs pull' in the clone fetches it, or 'svgen pull ORG/NAME' the model"
                            .formatted(
                                    file,
                                    size.find() ? " of %s bytes".formatted(size.group(1)) : ""));
        }
        if (PAGE.matcher(text.toLowerCase(Locale.ROOT)).matches()) {
            throw new BadInputException(
                    "%s: a web page that was saved under this name, not the file itself: fetch it again, or the model with 'svgen pull ORG/NAME'"
                            .formatted(file));
        }
    }
}
