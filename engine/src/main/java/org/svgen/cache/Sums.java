package org.svgen.cache;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Mean absolute differences, measured on the device and fetched together. They are sums of shares
 * there, which the host adds up in double precision and always in one order.
 */
final class Sums {
    /** So many that each multiprocessor of a large GPU has one, and still a few kilobytes. */
    private static final int SHARES = 256;

    private final Workspace workspace;
    private final Tensor device; // F32 [slots, SHARES]
    private final Tensor host; // the same, fetched
    private long[] elements;

    Sums(Workspace workspace, Arena arena, int slots) {
        this.workspace = workspace;
        this.device = workspace.allocate(DType.F32, slots, SHARES);
        this.host = Tensor.zeros(arena, DType.F32, slots, SHARES);
        this.elements = new long[slots];
        workspace.ops().fill(0, device);
    }

    /** Measures mean |x - y|, or mean |x|. */
    void measure(int slot, Tensor x, @Nullable Tensor y) {
        workspace.ops().distance(x, y, device.get(slot));
        elements[slot] = x.elements();
    }

    /**
     * What was measured and not fetched yet; what was fetched is fetched again before it is read.
     */
    void state(State state) {
        elements = state.wholes("elements", elements);
        state.tensor("shares", device);
    }

    void fetch() {
        workspace.backend().download(device, host);
    }

    /** As it was when last fetched. */
    double mean(int slot) {
        double sum = 0;
        for (int p = 0; p < SHARES; p++) {
            sum += host.get(slot).host().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, p);
        }
        return sum / elements[slot];
    }
}
