package org.svgen.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks over the fields of a protobuf message. Nothing is copied; a malformed message ends in
 * {@link Malformed}.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">the encoding</a>
 */
final class ProtoReader {
    /** How a field's value is written. */
    enum Wire {
        VARINT,
        FIXED64,
        BYTES,
        GROUP_START,
        GROUP_END,
        FIXED32
    }

    /** The bytes are no such message. */
    static final class Malformed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    private static final int MAX_VARINT_BYTES = 10;

    private final ByteBuffer bytes;
    private int field;
    private Wire wire = Wire.VARINT;
    private long number;
    private ByteBuffer content = ByteBuffer.allocate(0);

    ProtoReader(ByteBuffer bytes) {
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Steps to the next field; false at the end. */
    boolean next() {
        if (!bytes.hasRemaining()) {
            return false;
        }
        long tag = varint();
        int type = (int) (tag & 7);
        if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE || type >= Wire.values().length) {
            throw new Malformed("tag %d at byte %d".formatted(tag, bytes.position()));
        }
        field = (int) (tag >>> 3);
        wire = Wire.values()[type];
        switch (wire) {
            case VARINT -> number = varint();
            case FIXED64 -> number = need(Long.BYTES).getLong();
            case FIXED32 -> number = need(Integer.BYTES).getInt();
            case BYTES -> {
                long length = varint();
                if (length < 0 || length > bytes.remaining()) {
                    throw new Malformed(
                            "field %d of %d bytes, %d are left"
                                    .formatted(field, length, bytes.remaining()));
                }
                content = bytes.slice(bytes.position(), (int) length);
                bytes.position(bytes.position() + (int) length);
            }
            case GROUP_START, GROUP_END ->
                    throw new Malformed("field %d is a group".formatted(field));
        }
        return true;
    }

    int field() {
        return field;
    }

    long varintValue() {
        expect(Wire.VARINT);
        return number;
    }

    float floatValue() {
        expect(Wire.FIXED32);
        return Float.intBitsToFloat((int) number);
    }

    /** A view of the value's bytes. */
    ByteBuffer bytesValue() {
        expect(Wire.BYTES);
        return content;
    }

    private void expect(Wire expected) {
        if (wire != expected) {
            throw new Malformed("field %d is %s, expected %s".formatted(field, wire, expected));
        }
    }

    private long varint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            byte b = need(1).get();
            value |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw new Malformed("endless number at byte %d".formatted(bytes.position()));
    }

    private ByteBuffer need(int n) {
        if (bytes.remaining() < n) {
            throw new Malformed("ends within field %d".formatted(field));
        }
        return bytes;
    }
}
