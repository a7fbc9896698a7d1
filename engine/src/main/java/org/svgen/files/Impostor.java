package org.svgen.files;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What often lies where another file should be, by its first bytes. */
public enum Impostor {
    /** What a clone holds in place of a large file. */
    LFS_POINTER,
    /** A page that was saved in place of what it links to. */
    WEB_PAGE,
    /** Other XML: servers answer with it where they have no file. */
    XML;

    /** The bytes that are enough. */
    public static final int HEAD_BYTES = 4096;

    private static final String LFS = "version https://git-lfs";
    private static final String MARK = "\u00ef\u00bb\u00bf"; // of UTF-8, a character a byte

    /**
     * {@return what it is; nothing if it may be the file itself}
     *
     * @param file its first {@link #HEAD_BYTES} bytes; what follows does not matter
     */
    public static Optional<Impostor> of(byte[] file) {
        Objects.requireNonNull(file, "file");
        String head =
                new String(file, 0, Math.min(file.length, HEAD_BYTES), StandardCharsets.ISO_8859_1);
        if (head.startsWith(LFS)) {
            return Optional.of(LFS_POINTER);
        }
        String text = head.startsWith(MARK) ? head.substring(MARK.length()) : head;
        String low = text.stripLeading().toLowerCase(Locale.ROOT);
        boolean xml = begins(low, "<?xml", "<!--", "<!doctype");
        if (begins(low, "<html", "<head", "<body") || (xml && low.contains("<html"))) {
            return Optional.of(WEB_PAGE);
        }
        if (low.startsWith("<!doctype html")) {
            return Optional.of(WEB_PAGE);
        }
        return xml ? Optional.of(XML) : Optional.empty();
    }

    private static boolean begins(String text, String... beginnings) {
        return Stream.of(beginnings).anyMatch(text::startsWith);
    }
}
