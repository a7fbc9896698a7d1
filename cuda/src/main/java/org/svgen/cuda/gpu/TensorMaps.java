package org.svgen.cuda.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.ffi.TensorMap;

/** Tensor maps as the driver encodes them; models use the same ones at each step. */
final class TensorMaps {
    /** More than a step of a large model has; then all are encoded anew. */
    private static final int KEPT = 4096;

    private final CudaDriver driver;
    private final Map<TensorMap, byte[]> encoded = new HashMap<>();

    TensorMaps(CudaDriver driver) {
        this.driver = driver;
    }

    /** Writes the 128 bytes of a map, which are to lie at a multiple of 64. */
    void write(TensorMap map, MemorySegment to) {
        byte[] known = encoded.get(map);
        if (known != null) {
            MemorySegment.copy(known, 0, to, ValueLayout.JAVA_BYTE, 0, known.length);
            return;
        }
        driver.encode(map, to);
        if (encoded.size() == KEPT) {
            encoded.clear();
        }
        encoded.put(map, to.toArray(ValueLayout.JAVA_BYTE));
    }
}
