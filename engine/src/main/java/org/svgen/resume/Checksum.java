package org.svgen.resume;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C of a checkpoint: any single fault of up to 32 bits in a row is found. */
final class Checksum {
    /** How many letters {@link #text} has. */
    static final int LETTERS = 8;

    private final CRC32C sum = new CRC32C();

    void add(ByteBuffer bytes) {
        sum.update(bytes);
    }

    String text() {
        return "%08x".formatted(sum.getValue());
    }
}
