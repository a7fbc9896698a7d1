package org.svgen.media;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * How a camera was held, from a JPEG's Exif data (CIPA DC-008, tag 0x0112): phones store pictures
 * as the sensor lies, and viewers turn them.
 *
 * @param code 1 to 8; 1 is upright
 */
record Orientation(int code) {
    private static final Orientation UPRIGHT = new Orientation(1);
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final short START_OF_IMAGE = (short) 0xffd8;
    private static final int START_OF_SCAN = 0xda;
    private static final int APP1 = 0xe1;
    private static final int MOST_BYTES = 1 << 20;
    private static final int TAG = 0x0112;
    private static final int ENTRY_BYTES = 12;

    /** That of the picture in {@code file}; upright where nothing readable is said. */
    static Orientation of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return ofJpeg(in.readNBytes(MOST_BYTES));
        }
    }

    /** Finds the Exif segment among those before the picture's data. */
    static Orientation ofJpeg(byte[] jpeg) {
        ByteBuffer all = ByteBuffer.wrap(jpeg);
        if (jpeg.length < 4 || all.getShort(0) != START_OF_IMAGE) {
            return UPRIGHT;
        }
        for (int at = 2; at + 4 <= jpeg.length && jpeg[at] == (byte) 0xff; ) {
            int marker = jpeg[at + 1] & 0xff;
            int bytes = Short.toUnsignedInt(all.getShort(at + 2)) - 2;
            int from = at + 4;
            if (marker == START_OF_SCAN || bytes < 0 || from + bytes > jpeg.length) {
                return UPRIGHT;
            }
            if (marker == APP1 && bytes >= EXIF.length + 8) {
                ByteBuffer segment = all.slice(from, bytes);
                if (segment.slice(0, EXIF.length).mismatch(ByteBuffer.wrap(EXIF)) < 0) {
                    return ofTiff(segment.slice(EXIF.length, bytes - EXIF.length));
                }
            }
            at = from + bytes;
        }
        return UPRIGHT;
    }

    private static Orientation ofTiff(ByteBuffer tiff) {
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int at = tiff.getInt(4);
        if (at < 8 || at > tiff.limit() - 2) {
            return UPRIGHT;
        }
        int entries = Short.toUnsignedInt(tiff.getShort(at));
        int last = Math.min(at + 2 + entries * ENTRY_BYTES, tiff.limit()) - ENTRY_BYTES;
        for (int entry = at + 2; entry <= last; entry += ENTRY_BYTES) {
            int code = tiff.getShort(entry + 8);
            if (Short.toUnsignedInt(tiff.getShort(entry)) == TAG && code >= 1 && code <= 8) {
                return new Orientation(code);
            }
        }
        return UPRIGHT;
    }

    private boolean swapsSides() {
        return code >= 5;
    }

    /** {@code picture}, stored that way, as it shall be seen: host F32 [H, W, 3]. */
    Tensor turn(Tensor picture, Arena arena) {
        if (code == 1) {
            return picture;
        }
        int height = picture.size(0);
        int width = picture.size(1);
        int lines = swapsSides() ? width : height;
        int columns = swapsSides() ? height : width;
        Tensor out = Tensor.zeros(arena, DType.F32, lines, columns, 3);
        long pixel = 3L * Float.BYTES;
        for (int y = 0; y < lines; y++) {
            for (int x = 0; x < columns; x++) {
                long from = (long) storedY(x, y, height) * width + storedX(x, y, width);
                long to = (long) y * columns + x;
                MemorySegment.copy(picture.host(), from * pixel, out.host(), to * pixel, pixel);
            }
        }
        return out;
    }

    /** Where the upright picture's pixel (x, y) lies in the stored one. */
    private int storedX(int x, int y, int width) {
        return switch (code) {
            case 2, 3 -> width - 1 - x;
            case 5, 6 -> y;
            case 7, 8 -> width - 1 - y;
            default -> x;
        };
    }

    /** As {@link #storedX}. */
    private int storedY(int x, int y, int height) {
        return switch (code) {
            case 3, 4 -> height - 1 - y;
            case 5, 8 -> x;
            case 6, 7 -> height - 1 - x;
            default -> y;
        };
    }
}
