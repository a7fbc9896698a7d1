package org.svgen.cuda.attention;

import org.svgen.tensor.op.AttentionOp;

/** An attention to compute, and its plan on the device. */
record AttentionCall(AttentionOp op, PlacedPlan plan) {
    /** Channels of a head. */
    int dim() {
        return op.q().size(3);
    }

    /** Heads of all entries of the batch. */
    int heads() {
        return op.q().size(0) * op.q().size(1);
    }
}
