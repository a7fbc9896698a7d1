package org.svgen.server.work;

import java.lang.foreign.Arena;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Finds out whether a device still works after a run on it has failed. */
final class DeviceProbe {
    private static final int ELEMENTS = 1024;
    private static final float VALUE = 3;

    private DeviceProbe() {}

    /**
     * Writes some numbers, computes with them, and reads them back.
     *
     * @return false if that throws, or if other numbers come back
     */
    static boolean works(Backend device) {
        try (Arena arena = Arena.ofConfined()) {
            Storage storage = device.allocate(ELEMENTS * (long) Float.BYTES);
            try {
                Tensor there = new Tensor(DType.F32, shape(), storage, 0);
                Tensor here = Tensor.zeros(arena, DType.F32, ELEMENTS);
                here.host().fill((byte) 0);
                float[] ones = new float[ELEMENTS];
                java.util.Arrays.fill(ones, VALUE);
                device.write(Tensor.of(arena, ones, ELEMENTS), there);
                device.ops().axpby(1, there, 1, there, there);
                device.download(there, here);
                device.synchronize();
                return here.toFloats()[ELEMENTS - 1] == 2 * VALUE;
            } finally {
                device.release(storage);
            }
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static org.svgen.tensor.Shape shape() {
        return org.svgen.tensor.Shape.of(ELEMENTS);
    }
}
