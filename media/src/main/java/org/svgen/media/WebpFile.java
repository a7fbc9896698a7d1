package org.svgen.media;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The parts of a WebP that make its first picture (RFC 9649).
 *
 * @param width of the canvas, 0 if the picture has no other
 * @param height of the canvas
 * @param left where on the canvas the picture lies
 * @param top as {@code left}
 * @param name of the picture's chunk: "VP8 " or "VP8L"
 * @param picture what it holds
 */
record WebpFile(
        int width,
        int height,
        int left,
        int top,
        String name,
        MemorySegment picture,
        Metadata metadata) {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int HEAD = 12;
    private static final int CHUNK_HEAD = 8;
    private static final int FRAME_HEAD = 16;

    /**
     * @throws UnreadablePictureException if there is no picture, or not all of it
     */
    static WebpFile of(MemorySegment file) throws UnreadablePictureException {
        long size = 8 + Integer.toUnsignedLong(file.get(INT, 4));
        if (size > file.byteSize()) {
            throw new UnreadablePictureException(
                    "it is cut short: expected %d bytes, found %d"
                            .formatted(size, file.byteSize()));
        }
        WebpFile found =
                new WebpFile(0, 0, 0, 0, "", MemorySegment.NULL, Metadata.NONE)
                        .with(file.asSlice(HEAD));
        if (found.name.isEmpty()) {
            throw new UnreadablePictureException("it has no picture");
        }
        return found;
    }

    /** With what these chunks say. */
    private WebpFile with(MemorySegment chunks) throws UnreadablePictureException {
        WebpFile found = this;
        long at = 0;
        while (at + CHUNK_HEAD <= chunks.byteSize()) {
            String chunk = Metadata.text(chunks.asSlice(at, 4));
            long size = Integer.toUnsignedLong(chunks.get(INT, at + 4));
            long room = chunks.byteSize() - at - CHUNK_HEAD;
            if (size > room) {
                throw new UnreadablePictureException(
                        "it is cut short: expected %d bytes more, found %d".formatted(size, room));
            }
            found = found.with(chunk, chunks.asSlice(at + CHUNK_HEAD, size));
            at += CHUNK_HEAD + size + size % 2;
        }
        return found;
    }

    private WebpFile with(String chunk, MemorySegment data) throws UnreadablePictureException {
        return switch (chunk) {
            case "VP8X" ->
                    new WebpFile(
                            1 + int24(data, 4),
                            1 + int24(data, 7),
                            left,
                            top,
                            name,
                            picture,
                            metadata);
            case "ANMF" ->
                    name.isEmpty()
                            ? new WebpFile(
                                            width,
                                            height,
                                            2 * int24(data, 0),
                                            2 * int24(data, 3),
                                            name,
                                            picture,
                                            metadata)
                                    .with(data.asSlice(FRAME_HEAD))
                            : this;
            case "VP8 ", "VP8L" ->
                    name.isEmpty()
                            ? new WebpFile(width, height, left, top, chunk, data, metadata)
                            : this;
            case "EXIF" -> with(new Metadata(Optional.of(data), metadata.xmp()));
            case "XMP " -> with(new Metadata(metadata.exif(), Optional.of(Metadata.text(data))));
            default -> this;
        };
    }

    private WebpFile with(Metadata other) {
        return new WebpFile(width, height, left, top, name, picture, other);
    }

    /** A file of the picture alone: without canvas, transparency and what is not needed. */
    byte[] alone() {
        int size = Math.toIntExact(picture.byteSize());
        int padded = size + size % 2;
        ByteBuffer file = ByteBuffer.allocate(HEAD + CHUNK_HEAD + padded);
        file.order(ByteOrder.LITTLE_ENDIAN);
        file.put(ascii("RIFF")).putInt(4 + CHUNK_HEAD + padded).put(ascii("WEBP"));
        file.put(ascii(name)).putInt(size).put(picture.toArray(ValueLayout.JAVA_BYTE));
        return file.array();
    }

    private static int int24(MemorySegment data, long at) {
        return Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at))
                | Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at + 1)) << 8
                | Byte.toUnsignedInt(data.get(ValueLayout.JAVA_BYTE, at + 2)) << 16;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
