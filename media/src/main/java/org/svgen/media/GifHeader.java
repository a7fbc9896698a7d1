package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * What a GIF says before the data of its first frame (GIF89a, sections 18 to 23).
 *
 * @param width of the canvas, as its height grown where the frame would not fit
 * @param colours red green blue of the frame's colours; empty if there is no table
 * @param transparent the index of what is seen through, or 0
 */
record GifHeader(int width, int height, int left, int top, MemorySegment colours, int transparent) {
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int FRAME = 0x2c;

    /**
     * @throws UnreadablePictureException if there is no frame
     * @throws IndexOutOfBoundsException if the file ends before
     */
    static GifHeader of(MemorySegment gif) throws UnreadablePictureException {
        int flags = int8(gif, 10);
        long at = 13 + tableBytes(flags);
        MemorySegment colours = gif.asSlice(13, tableBytes(flags));
        int transparent = 0;
        while (int8(gif, at) == EXTENSION) {
            if (int8(gif, at + 1) == GRAPHIC_CONTROL && (int8(gif, at + 3) & 1) != 0) {
                transparent = int8(gif, at + 6);
            }
            at += 2;
            while (int8(gif, at) != 0) {
                at += 1 + int8(gif, at);
            }
            at++;
        }
        if (int8(gif, at) != FRAME) {
            throw new UnreadablePictureException("it has no picture");
        }
        int left = int16(gif, at + 1);
        int top = int16(gif, at + 3);
        int local = int8(gif, at + 9);
        return new GifHeader(
                Math.max(int16(gif, 6), left + int16(gif, at + 5)),
                Math.max(int16(gif, 8), top + int16(gif, at + 7)),
                left,
                top,
                tableBytes(local) == 0 ? colours : gif.asSlice(at + 10, tableBytes(local)),
                transparent);
    }

    private static long tableBytes(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3L << (flags & 7) + 1;
    }

    private static int int8(MemorySegment gif, long at) {
        return Byte.toUnsignedInt(gif.get(ValueLayout.JAVA_BYTE, at));
    }

    private static int int16(MemorySegment gif, long at) {
        return Short.toUnsignedInt(
                gif.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), at));
    }
}
