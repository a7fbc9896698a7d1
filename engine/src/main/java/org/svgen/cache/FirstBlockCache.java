package org.svgen.cache;

import java.lang.foreign.Arena;
import java.util.function.Consumer;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Runs the first block at every step. If it adds to the video's tokens nearly what it added at the
 * last computed step, the other blocks are skipped, and what they added then is added again (first
 * block cache of ParaAttention and diffusers).
 */
public final class FirstBlockCache extends PassCache {
    private final double threshold;
    private final Stream stream;
    private final Ops ops;
    private final Sums sums; // a change and a size for each branch
    private Tensor now; // what the first block adds; begins as its input
    private Tensor then; // what it added at the last computed step
    private final Tensor rest; // what the others added then; begins as their input

    /**
     * Nothing computed yet.
     *
     * @param skippable which steps may be skipped
     * @param threshold of the change of what the first block adds, as a share of it
     * @param workspace gives memory, for as long as the enclosing scope
     * @param host owns host memory
     * @param stream what passes the blocks
     */
    public FirstBlockCache(
            Skippable skippable, double threshold, Workspace workspace, Arena host, Stream stream) {
        super(skippable);
        this.threshold = threshold;
        this.stream = stream;
        this.ops = workspace.ops();
        this.sums = new Sums(workspace, host, 2 * stream.branches());
        long[] dims = {stream.branches(), stream.tokens(), stream.width()};
        this.now = workspace.allocate(DType.F32, dims);
        this.then = workspace.allocate(DType.F32, dims);
        this.rest = workspace.allocate(DType.F32, dims);
    }

    @Override
    public boolean skipsAll(Tensor x, Consumer<Tensor> signal) {
        ops.convert(x, now);
        return false;
    }

    @Override
    public boolean skipsRest(Tensor x) {
        ops.axpby(1, x, -1, now, now);
        if (open()) {
            double change = change();
            if (skips(change, change <= threshold)) {
                ops.axpby(1, x, 1, rest, x);
                return true;
            }
        }
        whole();
        Tensor swap = then;
        then = now;
        now = swap;
        ops.convert(x, rest);
        return false;
    }

    @Override
    public void state(State state) {
        super.state(state);
        if (!first()) {
            state.tensor("then", then);
            state.tensor("rest", rest);
        }
    }

    private double change() {
        for (int b = 0; b < stream.branches(); b++) {
            Tensor last = stream.video(then, b);
            sums.measure(2 * b, stream.video(now, b), last);
            sums.measure(2 * b + 1, last, null);
        }
        sums.fetch();
        double change = 0;
        double size = 0;
        for (int b = 0; b < stream.branches(); b++) {
            change += sums.mean(2 * b);
            size += sums.mean(2 * b + 1);
        }
        return change / size;
    }

    @Override
    public void passed(Tensor x) {
        ops.axpby(1, x, -1, rest, rest);
    }
}
