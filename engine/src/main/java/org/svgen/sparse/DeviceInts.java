package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** Whole numbers that a policy decides once, on the device. */
final class DeviceInts {
    private DeviceInts() {}

    /** Rows of one length: I32 [rows, length], until the enclosing scope closes. */
    static Tensor copy(Workspace workspace, List<int[]> rows) {
        int length = rows.getFirst().length;
        int[] all = new int[Math.multiplyExact(rows.size(), length)];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i), 0, all, i * length, length);
        }
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, all, rows.size(), length));
        }
    }
}
