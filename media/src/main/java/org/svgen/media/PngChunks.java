package org.svgen.media;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/** Where a PNG keeps Exif data and XMP: chunks of their own, or text that programs agreed upon. */
final class PngChunks {
    private static final int MAX_TEXT_BYTES = 1 << 22;
    private static final String XMP = "XML:com.adobe.xmp";
    private static final String RAW_EXIF = "Raw profile type exif";

    private PngChunks() {}

    /**
     * @throws UnreadablePictureException if the file ends before its last chunk
     */
    static Metadata metadata(MemorySegment png) throws UnreadablePictureException {
        Metadata found = Metadata.NONE;
        boolean pixels = false;
        long at = 8;
        while (at + 12 <= png.byteSize()) {
            long size =
                    Integer.toUnsignedLong(
                            png.get(
                                    ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN),
                                    at));
            if (size > png.byteSize() - at - 12) {
                break;
            }
            String chunk = Metadata.text(png.asSlice(at + 4, 4));
            if (chunk.equals("IEND")) {
                return found;
            }
            pixels |= chunk.equals("IDAT");
            found = with(found, chunk, png.asSlice(at + 8, size));
            at += 12 + size;
        }
        // A cut within the last chunk takes nothing of the picture; the decoder counts its pixels.
        if (pixels && png.byteSize() - at < 12) {
            return found;
        }
        throw new UnreadablePictureException("it is corrupt or cut short: it has no end");
    }

    private static Metadata with(Metadata found, String chunk, MemorySegment data) {
        return switch (chunk) {
            case "eXIf" -> new Metadata(Optional.of(data), found.xmp());
            case "iTXt", "zTXt", "tEXt" -> {
                String keyword = keyword(data);
                yield switch (keyword) {
                    case XMP -> new Metadata(found.exif(), Optional.of(text(chunk, keyword, data)));
                    case RAW_EXIF ->
                            new Metadata(
                                    found.exif().or(() -> unhex(text(chunk, keyword, data))),
                                    found.xmp());
                    default -> found;
                };
            }
            default -> found;
        };
    }

    private static String keyword(MemorySegment data) {
        String head = Metadata.text(data.asSlice(0, Math.min(data.byteSize(), 80)));
        int end = head.indexOf('\0');
        return end < 0 ? "" : head.substring(0, end);
    }

    /** What stands behind the keyword, unpacked; empty if it is damaged. */
    private static String text(String chunk, String keyword, MemorySegment data) {
        byte[] all = data.toArray(ValueLayout.JAVA_BYTE);
        int at = keyword.length() + 1;
        boolean packed = chunk.equals("zTXt");
        if (chunk.equals("iTXt")) {
            packed = at < all.length && all[at] == 1;
            at = behindZero(all, behindZero(all, at + 2)); // language, translated keyword
        } else if (packed) {
            at++;
        }
        if (at > all.length) {
            return "";
        }
        var rest = new ByteArrayInputStream(all, at, all.length - at);
        try (var in = packed ? new InflaterInputStream(rest) : rest) {
            return new String(in.readNBytes(MAX_TEXT_BYTES), StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return "";
        }
    }

    private static int behindZero(byte[] all, int from) {
        int at = from;
        while (at < all.length && all[at] != 0) {
            at++;
        }
        return at + 1;
    }

    /** ImageMagick's way: an empty line, the name, the size, and lines of hexadecimal digits. */
    private static Optional<MemorySegment> unhex(String text) {
        String[] lines = text.split("\n", 4);
        if (lines.length < 4) {
            return Optional.empty();
        }
        try {
            byte[] exif = HexFormat.of().parseHex(lines[3].replaceAll("\\s", ""));
            return Optional.of(MemorySegment.ofArray(exif));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
