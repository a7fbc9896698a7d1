package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a JPEG says before its first scan (ITU-T T.81, annex B).
 *
 * @param components by their places in the file; empty if no frame header was found
 * @param adobe the colour transform of Adobe's marker
 */
record JpegHeader(List<Component> components, boolean jfif, OptionalInt adobe, Metadata metadata) {
    private static final byte[] JFIF = ascii("JFIF\0");
    private static final byte[] ADOBE = ascii("Adobe");
    private static final byte[] EXIF = ascii("Exif\0\0");
    private static final byte[] XMP = ascii("http://ns.adobe.com/xap/1.0/\0");
    private static final int START_OF_SCAN = 0xda;
    private static final int END_OF_IMAGE = 0xd9;

    /**
     * @param across samples for each {@code Component.across} of the most finely sampled one
     */
    record Component(int id, int across, int down) {}

    static JpegHeader of(MemorySegment jpeg) {
        List<Component> components = new ArrayList<>();
        boolean jfif = false;
        OptionalInt adobe = OptionalInt.empty();
        Optional<MemorySegment> exif = Optional.empty();
        Optional<String> xmp = Optional.empty();
        long at = 2;
        while (at + 4 <= jpeg.byteSize() && int8(jpeg, at) == 0xff) {
            int marker = int8(jpeg, at + 1);
            if (marker == 0xff) {
                at++; // markers may be filled up
                continue;
            }
            if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
                break;
            }
            int size = int16(jpeg, at + 2);
            if (size < 2 || size > jpeg.byteSize() - at - 2) {
                break;
            }
            MemorySegment data = jpeg.asSlice(at + 4, size - 2);
            if (marker == 0xe0) {
                jfif |= data.byteSize() >= 14 && Metadata.startsWith(data, JFIF);
            } else if (marker == 0xee && data.byteSize() >= 12) {
                adobe = Metadata.startsWith(data, ADOBE) ? OptionalInt.of(int8(data, 11)) : adobe;
            } else if (marker == 0xe1 && Metadata.startsWith(data, EXIF)) {
                exif = exif.or(() -> Optional.of(data));
            } else if (marker == 0xe1 && Metadata.startsWith(data, XMP)) {
                xmp = Optional.of(Metadata.text(data));
            } else if (startsFrame(marker)) {
                components = components(data);
            }
            at += 2 + size;
        }
        return new JpegHeader(List.copyOf(components), jfif, adobe, new Metadata(exif, xmp));
    }

    /** SOF0 to SOF15, among which are the tables' markers DHT, JPG and DAC. */
    private static boolean startsFrame(int marker) {
        return marker >= 0xc0
                && marker <= 0xcf
                && marker != 0xc4
                && marker != 0xc8
                && marker != 0xcc;
    }

    private static List<Component> components(MemorySegment frame) {
        List<Component> found = new ArrayList<>();
        int count = frame.byteSize() < 6 ? 0 : int8(frame, 5);
        for (int i = 0; i < count && 6 + 3 * i + 3 <= frame.byteSize(); i++) {
            int sampling = int8(frame, 6 + 3 * i + 1);
            found.add(new Component(int8(frame, 6 + 3 * i), sampling >> 4, sampling & 15));
        }
        return found;
    }

    private static int int8(MemorySegment data, long at) {
        return Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at));
    }

    private static int int16(MemorySegment data, long at) {
        return Short.toUnsignedInt(
                data.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), at));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
