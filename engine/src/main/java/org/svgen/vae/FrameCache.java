package org.svgen.vae;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * The last frames that each causal convolution of a network saw, for its next batch of frames. The
 * convolutions come by in the same order in every batch, which is how they are told apart.
 */
public final class FrameCache {
    private final List<Tensor> tails;
    private final @Nullable List<Shape> seen;
    private int next;
    private boolean first = true;
    private boolean last = true;

    private FrameCache(List<Tensor> tails, @Nullable List<Shape> seen) {
        this.tails = tails;
        this.seen = seen;
    }

    /** A cache that has no memory and needs none, for one batch only. */
    public static FrameCache none() {
        return new FrameCache(List.of(), null);
    }

    /**
     * Takes memory of {@code workspace} for every convolution of {@code network}, which a run
     * without computing tells.
     */
    static FrameCache reserve(Workspace workspace, BiConsumer<Workspace, FrameCache> network) {
        List<Shape> shapes = new ArrayList<>();
        DryRun.workspaceBytes(dry -> network.accept(dry, new FrameCache(List.of(), shapes)));
        List<Tensor> tails = new ArrayList<>();
        for (Shape shape : shapes) {
            tails.add(workspace.allocate(shape.dims()));
        }
        return new FrameCache(tails, null);
    }

    /** A batch begins: the first does not look back, the last leaves nothing behind. */
    void begin(boolean isFirst, boolean isLast) {
        next = 0;
        first = isFirst;
        last = isLast;
    }

    /** {@return true in the first batch, before which there are no frames} */
    public boolean first() {
        return first;
    }

    /**
     * {@return what a convolution looks back at, where it lies, to be followed by {@link #keep}; or
     * nothing if {@link #exchange} must put it in front}
     *
     * @param past what is before the first frame of all
     * @param frames how many the convolution looks back at
     * @param input [frames + T, H, W, C]
     */
    @Nullable Tensor before(Past past, int frames, Tensor input) {
        boolean keepsOthers = !last && input.size(0) < 2 * frames; // what lies in front
        if (frames == 0 || keepsOthers || (first && past != Past.COPIES)) {
            return null;
        }
        return first ? input.rows(frames, frames + 1) : tails.get(next);
    }

    /** Keeps the last frames of an input that has been convolved behind {@link #before}. */
    void keep(Ops ops, int frames, Tensor input) {
        note(input.rows(0, frames));
        keepLast(ops, frames, input);
    }

    /**
     * {@return where the last frames of an input are to be put by what convolves it behind {@link
     * #before}, if they are; the next convolution comes then}
     */
    @Nullable Tensor keepElsewhere(int frames, Tensor input) {
        note(input.rows(0, frames));
        Tensor tail = last ? null : tails.get(next);
        next++;
        return tail;
    }

    private void note(Tensor before) {
        if (seen != null) {
            seen.add(before.shape());
        }
    }

    private void keepLast(Ops ops, int frames, Tensor input) {
        int total = input.size(0);
        if (!last) {
            ops.convert(input.rows(total - frames, total), tails.get(next));
        }
        next++;
    }

    /**
     * Fills the first {@code frames} frames of a convolution's input with what came before, and
     * keeps its last ones.
     *
     * @param ops of the workspace
     * @param past what is before the first frame of all
     * @param frames how many the convolution looks back at
     * @param input [frames + T, H, W, C]; with {@link Past#ZEROS} T may be 0
     */
    public void exchange(Ops ops, Past past, int frames, Tensor input) {
        Tensor before = input.rows(0, frames);
        note(before);
        if (first) {
            past.fill(ops, frames, input);
        } else {
            ops.convert(tails.get(next), before);
        }
        keepLast(ops, frames, input);
    }
}
