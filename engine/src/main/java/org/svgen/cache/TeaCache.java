package org.svgen.cache;

import java.lang.foreign.Arena;
import java.util.function.Consumer;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Skips all blocks while the change that a curve makes of a signal's change adds up to less than a
 * threshold; what the blocks added at the last computed step is added again (TeaCache, arXiv
 * 2411.19108). The signal is one that the model has before its blocks, such as the time embedding.
 */
public final class TeaCache extends PassCache {
    private static final int CHANGE = 0;
    private static final int SIZE = 1;

    private final double threshold;
    private final TeaCurve curve;
    private final Ops ops;
    private final Sums sums;
    private final Tensor signal; // of this step
    private final Tensor before; // of the step before
    private final Tensor added; // by the blocks [branches, tokens, width]; begins as their input
    private double sum;

    /**
     * Nothing computed yet.
     *
     * @param skippable which steps may be skipped
     * @param threshold of the changes that add up
     * @param curve of the model
     * @param workspace gives memory, for as long as the enclosing scope
     * @param host owns host memory
     * @param stream what passes the blocks
     */
    public TeaCache(
            Skippable skippable,
            double threshold,
            TeaCurve curve,
            Workspace workspace,
            Arena host,
            Stream stream) {
        super(skippable);
        this.threshold = threshold;
        this.curve = curve;
        this.ops = workspace.ops();
        this.sums = new Sums(workspace, host, 2);
        this.signal = workspace.allocate(DType.F32, stream.signal());
        this.before = workspace.allocate(DType.F32, stream.signal());
        this.added =
                workspace.allocate(DType.F32, stream.branches(), stream.tokens(), stream.width());
    }

    @Override
    public boolean skipsAll(Tensor x, Consumer<Tensor> write) {
        write.accept(signal);
        double change = change();
        ops.convert(signal, before);
        if (open()) {
            sum += curve.at(change);
            if (skips(sum, sum < threshold)) {
                ops.axpby(1, x, 1, added, x);
                return true;
            }
        }
        whole();
        sum = 0;
        ops.convert(x, added);
        return false;
    }

    @Override
    public void state(State state) {
        super.state(state);
        sum = state.number("sum", sum);
        if (!first()) {
            state.tensor("signal", before);
            state.tensor("added", added);
        }
    }

    private double change() {
        if (first()) {
            return Double.NaN;
        }
        sums.measure(CHANGE, signal, before);
        sums.measure(SIZE, before, null);
        sums.fetch();
        return sums.mean(CHANGE) / sums.mean(SIZE);
    }

    @Override
    public boolean skipsRest(Tensor x) {
        return false;
    }

    @Override
    public void passed(Tensor x) {
        ops.axpby(1, x, -1, added, added);
    }
}
