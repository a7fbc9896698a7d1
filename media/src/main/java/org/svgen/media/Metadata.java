package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a file says about its picture: Exif data and XMP, each as its format holds it.
 *
 * @param exif TIFF's structure, maybe behind "Exif\0\0"
 * @param xmp XML
 */
record Metadata(Optional<MemorySegment> exif, Optional<String> xmp) {
    static final Metadata NONE = new Metadata(Optional.empty(), Optional.empty());
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    /** As Pillow searches it (Image.getexif): an attribute or an element. */
    private static final Pattern IN_XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

    /** Exif's word, and if it has none, XMP's; upright where nothing readable is said. */
    Orientation orientation() {
        OptionalLong code =
                exif.map(Metadata::withoutName)
                        .flatMap(TiffDirectory::of)
                        .map(TiffDirectory::orientation)
                        .orElse(OptionalLong.empty());
        if (code.isPresent()) {
            return Orientation.of(code.getAsLong());
        }
        Matcher found = IN_XMP.matcher(xmp.orElse(""));
        return found.find() ? Orientation.of(Long.parseLong(found.group(1))) : Orientation.UPRIGHT;
    }

    private static MemorySegment withoutName(MemorySegment exif) {
        MemorySegment rest = exif;
        while (startsWith(rest, EXIF)) {
            rest = rest.asSlice(EXIF.length);
        }
        return rest;
    }

    /** True if {@code data} begins with these bytes. */
    static boolean startsWith(MemorySegment data, byte[] head) {
        return data.byteSize() >= head.length
                && data.asSlice(0, head.length).mismatch(MemorySegment.ofArray(head)) < 0;
    }

    /** XML's bytes as text; what is not ASCII does not matter here. */
    static String text(MemorySegment data) {
        return new String(data.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }
}
