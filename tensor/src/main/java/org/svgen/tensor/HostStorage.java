package org.svgen.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Bytes that the JVM can read: off-heap memory or a mapped file.
 *
 * @param segment the bytes
 */
public record HostStorage(MemorySegment segment) implements Storage {
    @Override
    public long byteSize() {
        return segment.byteSize();
    }
}
