package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.Stream;

/** The formats that are read. The first bytes of a file decide, not its name. */
enum PictureFormat {
    PNG("\u0089PNG\r\n\u001a\n"),
    JPEG("\u00ff\u00d8\u00ff"),
    GIF("GIF8"),
    BMP("BM"),
    TIFF("II*\0", "MM\0*"),
    WEBP("RIFF????WEBP");

    private static final int HEAD_BYTES = 12;
    private final String[] beginnings;

    /**
     * @param beginnings byte by byte, a question mark for any
     */
    PictureFormat(String... beginnings) {
        this.beginnings = beginnings;
    }

    /** "a PNG". */
    String words() {
        return "a " + (this == WEBP ? "WebP" : name());
    }

    static Optional<PictureFormat> of(MemorySegment file) {
        String head = Metadata.text(file.asSlice(0, Math.min(HEAD_BYTES, file.byteSize())));
        return Stream.of(values())
                .filter(f -> Stream.of(f.beginnings).anyMatch(b -> Beginning.matches(b, head)))
                .findFirst();
    }
}
