package org.svgen.vae;

import java.util.function.Consumer;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.GroupNormOp;

/** A family's normalisation. */
@FunctionalInterface
public interface VaeNorm {
    /**
     * Normalises, then applies {@code f}.
     *
     * @param out as {@code x}; it may have a margin, if the norm writes one, whose pixels become
     *     copies of the nearest
     */
    void apply(Pass pass, Tensor x, Activation f, Tensor out); // [T, H, W, C]

    /**
     * Hands over what {@link #apply} would run, while its operands are there.
     *
     * @return false if it is not one group norm; then nothing has been done
     */
    default boolean handOver(
            Pass pass, Tensor x, Activation f, Tensor out, Consumer<GroupNormOp> to) {
        return false;
    }

    /** Whether it can write a margin; if not, {@code out} has none. */
    default boolean writesMargin() {
        return true;
    }
}
