package org.svgen.server.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the first bytes of a picture say of its size. Small files can hold huge pictures, so this is
 * looked at before any decoder runs.
 *
 * @param mediaType of its format, told by the content
 * @param width in pixels
 * @param height in pixels
 */
record PictureHead(String mediaType, long width, long height) {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    long pixels() {
        return width * height;
    }

    /**
     * {@return what a file is; nothing if it is no PNG, JPEG or WebP}
     *
     * @throws IOException if it cannot be read
     */
    static Optional<PictureHead> of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            try {
                return starts(all, 0, PNG) ? png(all) : jpeg(all).or(() -> webp(all));
            } catch (IndexOutOfBoundsException e) {
                return Optional.empty(); // cut short
            }
        }
    }

    private static boolean starts(ByteBuffer all, int at, byte[] expected) {
        return all.limit() >= at + expected.length
                && all.slice(at, expected.length).equals(ByteBuffer.wrap(expected));
    }

    private static boolean starts(ByteBuffer all, int at, String expected) {
        return starts(all, at, expected.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Optional<PictureHead> png(ByteBuffer all) {
        return Optional.of(
                new PictureHead(
                        "image/png",
                        Integer.toUnsignedLong(all.getInt(16)),
                        Integer.toUnsignedLong(all.getInt(20))));
    }

    /** The largest frame that is announced (ITU-T T.81, annex B). */
    private static Optional<PictureHead> jpeg(ByteBuffer all) {
        if (!starts(all, 0, "\u00ff\u00d8\u00ff")) {
            return Optional.empty();
        }
        int at = 2;
        while (int8(all, at) == 0xff) {
            int marker = int8(all, at + 1);
            if (marker == 0xff) {
                at++; // fill
            } else if (marker >= 0xc0
                    && marker <= 0xcf
                    && marker != 0xc4
                    && marker != 0xc8
                    && marker != 0xcc) {
                return Optional.of(
                        new PictureHead("image/jpeg", int16(all, at + 7), int16(all, at + 5)));
            } else {
                at += 2 + int16(all, at + 2);
            }
        }
        return Optional.empty();
    }

    /** The largest of the canvas and the pictures on it (RFC 9649). */
    private static Optional<PictureHead> webp(ByteBuffer all) {
        if (!starts(all, 0, "RIFF") || !starts(all, 8, "WEBP")) {
            return Optional.empty();
        }
        ByteBuffer little = all.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long width = 0;
        long height = 0;
        long at = 12;
        while (at + 18 <= little.limit()) {
            int data = (int) at + 8;
            if (starts(little, (int) at, "ANMF")) {
                at = data + 16L; // a frame: its chunks follow
                continue;
            }
            if (starts(little, (int) at, "VP8X")) {
                width = Math.max(width, 1 + int24(little, data + 4));
                height = Math.max(height, 1 + int24(little, data + 7));
            } else if (starts(little, (int) at, "VP8L")) {
                int bits = little.getInt(data + 1);
                width = Math.max(width, 1 + (bits & 0x3fff));
                height = Math.max(height, 1 + (bits >>> 14 & 0x3fff));
            } else if (starts(little, (int) at, "VP8 ")) {
                width = Math.max(width, little.getShort(data + 6) & 0x3fff);
                height = Math.max(height, little.getShort(data + 8) & 0x3fff);
            }
            long size = Integer.toUnsignedLong(little.getInt((int) at + 4));
            at = data + size + size % 2;
        }
        return width == 0
                ? Optional.empty()
                : Optional.of(new PictureHead("image/webp", width, height));
    }

    private static int int8(ByteBuffer bytes, int at) {
        return bytes.get(at) & 0xff;
    }

    private static int int16(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xffff;
    }

    private static int int24(ByteBuffer little, int at) {
        return int8(little, at) | int8(little, at + 1) << 8 | int8(little, at + 2) << 16;
    }
}
