package org.svgen.cuda.attention;

import java.util.LinkedHashMap;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.op.AttentionPlan;

/** Attention plans in device memory; a model uses few, so that they are copied once. */
final class Plans implements AutoCloseable {
    private static final int KEPT = 32;

    private final Gpu gpu;
    private final LinkedHashMap<AttentionPlan, PlacedPlan> placed =
            new LinkedHashMap<>(16, 0.75f, true);

    Plans(Gpu gpu) {
        this.gpu = gpu;
    }

    /** {@code plan} as it lies on the device. */
    PlacedPlan place(AttentionPlan plan) {
        PlacedPlan known = placed.get(plan);
        if (known != null) {
            return known;
        }
        if (placed.size() == KEPT) {
            gpu.free(placed.pollFirstEntry().getValue().address());
        }
        int[] numbers = PatternEncoder.encode(plan);
        long address = gpu.allocate((long) numbers.length * Integer.BYTES, "an attention plan");
        gpu.staging().toDevice(numbers, address);
        PlacedPlan now = PlacedPlan.of(plan, address);
        placed.put(plan, now);
        return now;
    }

    @Override
    public void close() {
        placed.values().forEach(plan -> gpu.free(plan.address()));
        placed.clear();
    }
}
