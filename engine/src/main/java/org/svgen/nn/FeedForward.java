package org.svgen.nn;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;

/** {@code down(f(up(x)))} (diffusers: {@code FeedForward}). */
public record FeedForward(Linear up, Activation f, Linear down) {
    /**
     * Rows that are in flight at once, which bounds the memory: as many tiles of 128 as Hopper's
     * large GPUs have processors, so that no round of tiles leaves some idle.
     */
    public static final int ROWS = 132 * 128;

    /** Reads {@code name.net.0.proj} and {@code name.net.2}. */
    public static FeedForward load(
            WeightSource weights, String name, int width, int hidden, Activation f) {
        return new FeedForward(
                Linear.load(weights, name + ".net.0.proj", width, hidden, true),
                f,
                Linear.load(weights, name + ".net.2", hidden, width, true));
    }

    /** Replaces {@code x}, some rows at a time. */
    public void apply(Workspace workspace, Tensor x) { // [M, C]
        apply(workspace, Normed.of(x), x);
    }

    /** Of {@code x}, which may be {@code out}, some rows at a time. */
    public void apply(Workspace workspace, Normed x, Tensor out) { // [M, C] -> [M, C]
        int m = out.size(0);
        int rows = Math.min(m, ROWS);
        try (var _ = workspace.scope()) {
            Tensor hidden = workspace.allocate(out.dtype(), rows, up.outputs());
            for (int from = 0; from < m; from += rows) {
                int count = Math.min(rows, m - from);
                Normed part = x.rows(from, from + count);
                up.apply(workspace.ops(), part, f, hidden.rows(0, count));
                down.apply(workspace.ops(), hidden.rows(0, count), out.rows(from, from + count));
            }
        }
    }
}
