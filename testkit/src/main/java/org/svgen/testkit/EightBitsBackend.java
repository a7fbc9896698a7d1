package org.svgen.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * The CPU as if it attended in 8 bits to heads of a few channels: it notes which calls asked for
 * it, and makes their results twice as large, so that a run that asks is told from one that does
 * not. For tests of what asks.
 */
public final class EightBitsBackend extends ForwardingBackend {
    private final int mostChannels;
    private final List<AttentionOp> attended = new ArrayList<>();

    /**
     * @param mostChannels of a head that is attended to in 8 bits
     */
    public EightBitsBackend(int mostChannels) {
        super(Backends.open("cpu", note -> {}));
        this.mostChannels = mostChannels;
    }

    /** All calls of attention until now, in their order. */
    public List<AttentionOp> attended() {
        return List.copyOf(attended);
    }

    public void forget() {
        attended.clear();
    }

    @Override
    public Optional<String> refuses(Op op) {
        return op instanceof AttentionOp o
                        && o.precision() == AttentionPrecision.EIGHT_BITS
                        && o.q().size(3) > mostChannels
                ? Optional.of("heads of more than %d channels".formatted(mostChannels))
                : Optional.empty();
    }

    @Override
    public Ops ops() {
        return this::run;
    }

    private void run(Op op) {
        if (!(op instanceof AttentionOp o)) {
            super.ops().run(op);
            return;
        }
        attended.add(o);
        super.ops()
                .run(new AttentionOp(o.q(), o.k(), o.v(), o.plan(), o.kinds(), o.scale(), o.out()));
        if (o.precision() == AttentionPrecision.EIGHT_BITS) {
            super.ops().axpby(2, o.out(), 0, o.out(), o.out());
        }
    }
}
