package org.svgen.checkpoint.gguf;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/** Numbers and texts of a header, one after the other, none of them larger than is bearable. */
final class GgufInput {
    private static final int MAX_TEXT = 1 << 20;
    private static final long MAX_HEADER = 200_000_000;

    private final Path file;
    private final InputStream in;
    private long position;

    GgufInput(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /** How many bytes were read. */
    long position() {
        return position;
    }

    byte[] bytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException();
        }
        advance(count);
        return bytes;
    }

    private void advance(long count) {
        position += count;
        if (position > MAX_HEADER) {
            throw wrong("a header of at most %d bytes".formatted(MAX_HEADER), "a larger one");
        }
    }

    int int32() throws IOException {
        return ByteBuffer.wrap(bytes(Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    long int64() throws IOException {
        return ByteBuffer.wrap(bytes(Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** A whole number that must lie from 0 to {@code most}. */
    long count(String what, long most) throws IOException {
        long count = int64();
        if (count < 0 || count > most) {
            throw wrong("%s from 0 to %d".formatted(what, most), Long.toUnsignedString(count));
        }
        return count;
    }

    String text() throws IOException {
        int length = (int) count("a length of a text", MAX_TEXT);
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    void skip(long count) throws IOException {
        advance(count);
        in.skipNBytes(count);
    }

    BadInputException wrong(String expected, String found) {
        return new BadInputException(
                "%s: expected %s, found %s in the header"
                        .formatted(file, expected, Untrusted.oneLine(found)));
    }
}
