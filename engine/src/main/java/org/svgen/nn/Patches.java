package org.svgen.nn;

import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Latents cut into patches of {@code frames} frames and {@code size} times {@code size} pixels, one
 * a token; tokens run over columns, then rows, then time. A patch holds channels, then frames, then
 * pixels.
 */
public record Patches(Layout layout, int frames, int size) {
    /** What the first two dimensions of latents are; height and width follow. */
    public enum Layout {
        /** [F, C, H, W] */
        FRAMES_FIRST(0, 1),
        /** [C, F, H, W] */
        CHANNELS_FIRST(1, 0);

        private final int frames;
        private final int channels;

        Layout(int frames, int channels) {
            this.frames = frames;
            this.channels = channels;
        }
    }

    /** How many patches {@code latents} are. */
    public long count(Tensor latents) {
        return times(latents) * rows(latents) * columns(latents);
    }

    /** The patches of {@code latents} in new memory: F32 [V, C frames size size]. */
    public Tensor cut(Workspace workspace, Tensor latents) {
        int channels = latents.size(layout.channels);
        Tensor patches =
                workspace.allocate(
                        DType.F32,
                        times(latents),
                        rows(latents),
                        columns(latents),
                        channels,
                        frames,
                        size,
                        size);
        int[] order =
                switch (layout) {
                    case FRAMES_FIRST -> new int[] {0, 3, 5, 2, 1, 4, 6};
                    case CHANNELS_FIRST -> new int[] {1, 3, 5, 0, 2, 4, 6};
                };
        workspace.ops().permute(inParts(latents), order, patches);
        return patches.reshape(count(latents), (long) channels * frames * size * size);
    }

    /** Puts patches [V, C frames size size] together. */
    public void join(Ops ops, Tensor patches, Tensor latents) {
        Tensor apart =
                patches.reshape(
                        times(latents),
                        rows(latents),
                        columns(latents),
                        latents.size(layout.channels),
                        frames,
                        size,
                        size);
        int[] order =
                switch (layout) {
                    case FRAMES_FIRST -> new int[] {0, 4, 3, 1, 5, 2, 6};
                    case CHANNELS_FIRST -> new int[] {3, 0, 4, 1, 5, 2, 6};
                };
        ops.permute(apart, order, inParts(latents));
    }

    /** The same values with frames, height and width as two dimensions each. */
    private Tensor inParts(Tensor x) {
        int channels = x.size(layout.channels);
        return switch (layout) {
            case FRAMES_FIRST ->
                    x.reshape(times(x), frames, channels, rows(x), size, columns(x), size);
            case CHANNELS_FIRST ->
                    x.reshape(channels, times(x), frames, rows(x), size, columns(x), size);
        };
    }

    private long times(Tensor latents) {
        return latents.size(layout.frames) / frames;
    }

    private long rows(Tensor latents) {
        return latents.size(2) / size;
    }

    private long columns(Tensor latents) {
        return latents.size(3) / size;
    }
}
