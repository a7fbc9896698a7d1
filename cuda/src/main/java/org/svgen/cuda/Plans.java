package org.svgen.cuda;

import java.util.LinkedHashMap;
import org.svgen.tensor.op.AttentionPlan;

/** Attention plans in device memory; a model uses few, so that they are copied once. */
final class Plans implements AutoCloseable {
    private static final int KEPT = 32;

    private final Gpu gpu;
    private final LinkedHashMap<AttentionPlan, Long> addresses =
            new LinkedHashMap<>(16, 0.75f, true);

    Plans(Gpu gpu) {
        this.gpu = gpu;
    }

    /** Where {@code plan} lies as {@link PatternEncoder} writes it. */
    long address(AttentionPlan plan) {
        Long known = addresses.get(plan);
        if (known != null) {
            return known;
        }
        if (addresses.size() == KEPT) {
            gpu.free(addresses.pollFirstEntry().getValue());
        }
        int[] numbers = PatternEncoder.encode(plan);
        long address = gpu.allocate((long) numbers.length * Integer.BYTES, "an attention plan");
        gpu.staging().toDevice(numbers, address);
        addresses.put(plan, address);
        return address;
    }

    @Override
    public void close() {
        addresses.values().forEach(gpu::free);
        addresses.clear();
    }
}
