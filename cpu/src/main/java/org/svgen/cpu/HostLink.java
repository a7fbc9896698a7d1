package org.svgen.cpu;

import java.lang.foreign.MemorySegment;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Storage;
import org.svgen.tensor.device.Link;

/** Copies in memory that all share. Operations have been done when their calls return. */
final class HostLink implements Link {
    private static final Mark PASSED = new Mark() {};

    @Override
    public Mark mark() {
        return PASSED;
    }

    @Override
    public void await(Mark mark) {}

    @Override
    public void copy(Rows from, Rows to, long width, long rows) {
        MemorySegment source = bytes(from.storage());
        MemorySegment target = bytes(to.storage());
        for (long i = 0; i < rows; i++) {
            MemorySegment.copy(
                    source,
                    from.offset() + i * from.pitch(),
                    target,
                    to.offset() + i * to.pitch(),
                    width);
        }
    }

    private static MemorySegment bytes(Storage storage) {
        if (storage instanceof HostStorage(MemorySegment segment)) {
            return segment;
        }
        throw new IllegalArgumentException("storage is not in host memory");
    }
}
