package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;

/** The first directory of TIFF's structure, which Exif data has too (TIFF 6.0, part 1). */
record TiffDirectory(MemorySegment tiff, ByteOrder order, long first, int entries) {
    private static final int ORIENTATION = 0x0112;
    static final int XMP = 700;
    private static final int SUBFILE_TYPE = 254;
    private static final int COMPRESSION = 259;
    private static final int SAMPLES = 277;
    private static final int BY_JPEG = 7;
    private static final int BYTES = 1;
    private static final int UNDEFINED = 7;
    private static final int PHOTOMETRIC = 262;
    private static final int DNG_VERSION = 50706;
    private static final int COLOUR_MAP = 320;
    private static final int PALETTE = 3;
    private static final int STRIP_OFFSETS = 273;
    private static final int STRIP_BYTES = 279;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_BYTES = 325;
    private static final int INK = 5;
    private static final int YCC = 6;
    private static final int PRIVATE = 32768;
    private static final int ENTRY_BYTES = 12;

    /** That of {@code tiff}; nothing where there is none that can be read. */
    static Optional<TiffDirectory> of(MemorySegment tiff) {
        if (tiff.byteSize() < 10) {
            return Optional.empty();
        }
        byte mark = tiff.get(ValueLayout.JAVA_BYTE, 0);
        ByteOrder order = mark == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        var empty = new TiffDirectory(tiff, order, 0, 0);
        long at = empty.int32(4);
        if (at < 8 || at > tiff.byteSize() - 2) {
            return Optional.empty();
        }
        long room = (tiff.byteSize() - at - 2) / ENTRY_BYTES;
        int entries = (int) Math.min(empty.int16(at), room);
        return Optional.of(new TiffDirectory(tiff, order, at + 2, entries));
    }

    /** True if the picture is a small copy of another: so begin cameras' raw files. */
    boolean isPreview() {
        return entry(DNG_VERSION) >= 0 || (number(SUBFILE_TYPE).orElse(0) & 1) != 0;
    }

    /** Checks that the JDK's and Pillow's ways to RGB are the same. */
    void requireKnownColours() throws UnreadablePictureException {
        long found = number(PHOTOMETRIC).orElse(0);
        if (found > YCC) {
            throw new UnreadablePictureException(
                    "expected grey, RGB, a palette, CMYK or YCbCr, found colours of kind %d (8 is CIELAB)"
                            .formatted(found));
        }
        // The JDK takes four for YCCK, whatever the file says.
        if (number(COMPRESSION).orElse(0) == BY_JPEG && number(SAMPLES).orElse(1) > 3) {
            throw new UnreadablePictureException(
                    "expected at most 3 samples a pixel under JPEG's compression, found %d"
                            .formatted(number(SAMPLES).orElse(1)));
        }
    }

    /** Checks that TIFF's own tags and the picture's strips or tiles lie in the file. */
    void requireWhole() throws UnreadablePictureException {
        int expected = int16(first - 2);
        if (entries < expected) {
            throw new UnreadablePictureException(
                    "it is cut short: expected %d tags, found %d".formatted(expected, entries));
        }
        for (int i = 0; i < entries; i++) {
            long entry = first + (long) i * ENTRY_BYTES;
            int tag = int16(entry);
            if (tag < PRIVATE && place(entry, size(int16(entry + 2))) < 0) {
                throw new UnreadablePictureException(
                        "it is cut short: tag %d lies behind its end".formatted(tag));
            }
        }
        requireWhole(numbers(STRIP_OFFSETS), numbers(STRIP_BYTES));
        requireWhole(numbers(TILE_OFFSETS), numbers(TILE_BYTES));
    }

    private void requireWhole(long[] offsets, long[] sizes) throws UnreadablePictureException {
        for (int i = 0; i < Math.min(offsets.length, sizes.length); i++) {
            if (offsets[i] + sizes[i] > tiff.byteSize()) {
                throw new UnreadablePictureException(
                        "it is cut short: expected %d bytes, found %d"
                                .formatted(offsets[i] + sizes[i], tiff.byteSize()));
            }
        }
    }

    /** True if the samples are ink: CMYK most of the time. */
    boolean isInk() {
        return number(PHOTOMETRIC).orElse(-1) == INK;
    }

    /**
     * Red green blue of each colour of a palette, of whose 16 bits the upper 8 count; nothing if
     * samples are no indices.
     */
    Optional<float[]> palette() {
        long[] map = numbers(COLOUR_MAP);
        if (number(PHOTOMETRIC).orElse(-1) != PALETTE || map.length == 0) {
            return Optional.empty();
        }
        int count = map.length / 3;
        float[] colours = new float[3 * count];
        for (int i = 0; i < colours.length; i++) {
            colours[i] = Levels.of((byte) (map[i % 3 * count + i / 3] >> 8));
        }
        return Optional.of(colours);
    }

    /**
     * The code of the orientation, if the tag is there: 0, which is none, where it is written as
     * bytes, in which Pillow sees no number.
     */
    OptionalLong orientation() {
        long entry = entry(ORIENTATION);
        int type = entry < 0 ? 0 : int16(entry + 2);
        return type == BYTES || type == UNDEFINED ? OptionalLong.of(0) : number(ORIENTATION);
    }

    /** The first number of a tag, if it has one. */
    OptionalLong number(int tag) {
        long[] all = numbers(tag);
        return all.length == 0 ? OptionalLong.empty() : OptionalLong.of(all[0]);
    }

    /** All numbers of a tag, of BYTE, SHORT or LONG; none if it is absent or lies outside. */
    long[] numbers(int tag) {
        long entry = entry(tag);
        if (entry < 0) {
            return new long[0];
        }
        int bytes = size(int16(entry + 2));
        long count = int32(entry + 4);
        long at = place(entry, bytes);
        if (bytes == 0 || bytes > 4 || at < 0) {
            return new long[0];
        }
        long[] values = new long[(int) count];
        for (int i = 0; i < values.length; i++, at += bytes) {
            values[i] = bytes == 1 ? int8(at) : bytes == 2 ? int16(at) : int32(at);
        }
        return values;
    }

    /** The bytes of a tag, if it is there and whole. */
    Optional<MemorySegment> bytes(int tag) {
        long entry = entry(tag);
        long at = entry < 0 ? -1 : place(entry, 1);
        return at < 0 ? Optional.empty() : Optional.of(tiff.asSlice(at, int32(entry + 4)));
    }

    /** Where the values of an entry lie: in it, if they fit; -1 if outside of the file. */
    private long place(long entry, int bytes) {
        long size = int32(entry + 4) * bytes;
        long at = size <= 4 ? entry + 8 : int32(entry + 8);
        return size <= tiff.byteSize() - at ? at : -1;
    }

    private long entry(int tag) {
        for (int i = 0; i < entries; i++) {
            if (int16(first + (long) i * ENTRY_BYTES) == tag) {
                return first + (long) i * ENTRY_BYTES;
            }
        }
        return -1;
    }

    /** Bytes of a value of this type; 0 of types that there are not. */
    private static int size(int type) {
        return switch (type) {
            case 1, 2, 6, 7 -> 1;
            case 3, 8 -> 2;
            case 4, 9, 11, 13 -> 4;
            case 5, 10, 12 -> 8;
            default -> 0;
        };
    }

    private int int8(long at) {
        return Byte.toUnsignedInt(tiff.get(ValueLayout.JAVA_BYTE, at));
    }

    private int int16(long at) {
        return Short.toUnsignedInt(tiff.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), at));
    }

    private long int32(long at) {
        return Integer.toUnsignedLong(
                tiff.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), at));
    }
}
