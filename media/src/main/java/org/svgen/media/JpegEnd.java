package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Whether a JPEG goes on to its end. The decoder fills up what is missing, and it reports the first
 * trouble only, which may be a harmless one.
 */
final class JpegEnd {
    private static final ValueLayout.OfShort INT16 =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int END_OF_IMAGE = 0xd9;

    private JpegEnd() {}

    static void require(MemorySegment jpeg) throws UnreadablePictureException {
        if (!isThere(jpeg)) {
            throw new UnreadablePictureException(
                    "it is cut short: expected more than %d bytes".formatted(jpeg.byteSize()));
        }
    }

    private static boolean isThere(MemorySegment jpeg) {
        long last = jpeg.byteSize() - 2;
        long at = 2;
        while (at <= last) {
            if (int8(jpeg, at) != 0xff) {
                at++;
                continue;
            }
            int marker = int8(jpeg, at + 1);
            if (marker == END_OF_IMAGE) {
                return true;
            }
            if (marker == 0xff) {
                at++;
            } else if (marker < 0xc0 || marker >= 0xd0 && marker <= 0xd8) {
                at += 2; // data, a restart: nothing follows that belongs to it
            } else if (at + 2 > last) {
                return false;
            } else {
                at += 2 + Math.max(2, Short.toUnsignedInt(jpeg.get(INT16, at + 2)));
            }
        }
        return false;
    }

    private static int int8(MemorySegment data, long at) {
        return Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at));
    }
}
