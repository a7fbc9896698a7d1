package org.svgen.cuda.simple;

import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.GroupNormOp.Modulation;

/** Group normalisation: kernels of group_norm.cu. */
public final class GroupNorm {
    private static final String SOURCE = "group_norm";
    private static final int PAIR = 2 * Float.BYTES;

    /** Frames whose table is an argument of a kernel. */
    private static final int MOST_FRAMES = 32;

    /** Blocks of eights for each multiprocessor: some more than run at a time. */
    private static final int BLOCKS = 8;

    /** Pixels that a thread of eights takes at a time. */
    private static final int PIXELS = 4;

    private final Gpu gpu;

    public GroupNorm(Gpu gpu) {
        this.gpu = gpu;
    }

    /**
     * What a thread takes of a pixel.
     *
     * @param leastPixels of a run, so that it is worth a block
     */
    private enum Width {
        /** A channel. */
        ONE(256, 512, 256),
        /** Four channels, always the same. */
        FOUR(256, 128, 1024),
        /** Eight, in bf16 throughout. */
        EIGHT(128, 128, 1024);

        private final int threads;
        private final int leastPixels;
        private final int mostRuns;

        Width(int threads, int leastPixels, int mostRuns) {
            this.threads = threads;
            this.leastPixels = leastPixels;
            this.mostRuns = mostRuns;
        }

        static Width of(GroupNormOp o) {
            return !fours(o) ? ONE : eights(o) ? EIGHT : FOUR;
        }

        int runs(long pixels) {
            return Math.clamp(pixels / leastPixels, 1, mostRuns);
        }

        private static boolean fours(GroupNormOp o) {
            Tensor x = o.x();
            Modulation by = o.modulation();
            int c = x.size(3);
            return c % (4 * o.groups()) == 0
                    && FOUR.threads % (c / 4) == 0
                    && x.elements() / c <= Integer.MAX_VALUE / 2
                    && Alignment.rows(4, c, x, o.weight(), o.bias(), o.out())
                    && (by == null || Alignment.rows(4, c, by.scale(), by.shift()));
        }

        private static boolean eights(GroupNormOp o) {
            Modulation by = o.modulation();
            int c = o.x().size(3);
            return c % 8 == 0
                    && EIGHT.threads % (c / 8) == 0
                    && (o.f() == Activation.NONE || o.f() == Activation.SILU)
                    && bf16(8, c, o.x(), o.out())
                    && (by == null
                            || (by.scaleFrame().length <= MOST_FRAMES
                                    && bf16(8, c, by.scale(), by.shift())));
        }

        private static boolean bf16(int group, int c, Tensor one, Tensor other) {
            return one.dtype() == DType.BF16
                    && other.dtype() == DType.BF16
                    && Alignment.rows(group, c, one, other);
        }
    }

    public void run(GroupNormOp o) {
        Width width = Width.of(o);
        int[] frames = frames(o.modulation(), width);
        withMoments(
                o,
                (long) frames.length * Integer.BYTES,
                moments -> {
                    long table = moments + (long) o.groups() * PAIR;
                    if (frames.length > 0) {
                        gpu.staging().toDevice(frames, table);
                    }
                    normalise(o, width, frames.length == 0 ? 0 : table, moments);
                });
    }

    /** Whether all is in bf16, so that a thread takes eight channels. */
    public static boolean takesEights(GroupNormOp o) {
        return Width.of(o) == Width.EIGHT;
    }

    /**
     * Mean and 1 / deviation of each group, two floats.
     *
     * @param room bytes of scratch behind them
     * @param work takes where they lie
     */
    public void withMoments(GroupNormOp o, long room, LongConsumer work) {
        Tensor x = o.x();
        int groups = o.groups();
        int c = x.size(3);
        long pixels = x.elements() / c;
        Width width = Width.of(o);
        int runs = width.runs(pixels);
        long partials = (long) groups * runs * PAIR;
        try (Scratch scratch = gpu.scratch(partials + (long) groups * PAIR + room)) {
            long partial = scratch.address();
            long moments = partial + partials;
            sum(o, width, runs, partial);
            gpu.kernel(SOURCE, "group_moments")
                    .elements(x)
                    .i64(pixels)
                    .i32(c)
                    .i32(groups)
                    .f32(o.eps())
                    .i32(runs)
                    .pointer(partial)
                    .pointer(moments)
                    .start(groups, 1, 1, 32);
            work.accept(moments);
        }
    }

    /** The frames of scale and shift that are read from memory. */
    private static int[] frames(@Nullable Modulation modulation, Width width) {
        return modulation == null || width == Width.EIGHT ? new int[0] : modulation.scaleFrame();
    }

    private void sum(GroupNormOp o, Width width, int runs, long partial) {
        Tensor x = o.x();
        int c = x.size(3);
        long pixels = x.elements() / c;
        if (width == Width.EIGHT) {
            gpu.kernel(SOURCE, "group_sums_eights")
                    .pointer(x)
                    .i32((int) pixels)
                    .i32(c)
                    .i32(o.groups())
                    .pointer(partial)
                    .start(runs, 1, 1, width.threads);
            return;
        }
        boolean wide = width == Width.FOUR;
        gpu.kernel(SOURCE, wide ? "group_sums_wide" : "group_sums")
                .elements(x)
                .i64(pixels)
                .i32(c)
                .i32(o.groups())
                .pointer(partial)
                .start(wide ? runs : o.groups(), wide ? 1 : runs, 1, width.threads);
    }

    private void normalise(GroupNormOp o, Width width, long frameTable, long moments) {
        Tensor x = o.x();
        int c = x.size(3);
        Modulation modulation = o.modulation();
        Tensor scale = modulation == null ? null : modulation.scale();
        String name =
                switch (width) {
                    case ONE -> "group_normalise";
                    case FOUR -> "group_normalise_wide";
                    case EIGHT ->
                            scale == null ? "group_normalise_eights" : "group_modulate_eights";
                };
        Launcher launch = norm(gpu.kernel(SOURCE, name), o, frameTable, moments);
        switch (width) {
            case ONE -> launch.i64(x.elements()).start(x.elements(), width.threads);
            case FOUR ->
                    launch.i32((int) (x.elements() / c)).start(x.elements() / 4, width.threads);
            case EIGHT -> {
                table(launch, modulation);
                int lines = x.size(0) * x.size(1);
                int blocks = BLOCKS * gpu.device().multiprocessors();
                int each = Math.max(1, lines / blocks);
                int pixels = PIXELS * width.threads / (c / 8); // of a line, at a time
                int parts =
                        Math.clamp(blocks / Math.max(1, lines), 1, Math.ceilDiv(x.size(2), pixels));
                launch.i32(lines)
                        .i32(each)
                        .start(Math.ceilDiv(lines, each), parts, 1, width.threads);
            }
        }
    }

    /** The parameter {@code GroupNorm} of group_norm.cuh. */
    public static Launcher norm(Launcher launch, GroupNormOp o, long frameTable, long moments) {
        Tensor x = o.x();
        Modulation modulation = o.modulation();
        Tensor scale = modulation == null ? null : modulation.scale();
        return launch.struct()
                .elements(x)
                .elements(o.weight())
                .elements(o.bias())
                .elements(scale)
                .elements(modulation == null ? null : modulation.shift())
                .elements(o.out())
                .pointer(frameTable)
                .pointer(moments)
                .i32(x.size(1))
                .i32(x.size(2))
                .i32(x.size(3))
                .i32(o.groups())
                .i32(scale == null ? 1 : scale.size(1))
                .i32(scale == null ? 1 : scale.size(2))
                .i32(o.f().ordinal())
                .i32((o.out().size(1) - x.size(1)) / 2)
                .end();
    }

    /** The parameter {@code FrameTable} of group_norm.cuh. */
    public static Launcher table(Launcher launch, @Nullable Modulation modulation) {
        int[] frames = modulation == null ? new int[0] : modulation.scaleFrame();
        launch.struct();
        for (int i = 0; i < MOST_FRAMES; i++) {
            launch.i32(i < frames.length ? frames[i] : 0);
        }
        return launch.end();
    }
}
