package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Group normalisation of channels-last data over all of space, time and the channels of a group,
 * then, if given, the spatially varying {@code * scale + shift}, then {@code f}.
 *
 * <p>{@code out} may have a margin of {@code m} pixels, which become copies of the nearest.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record GroupNormOp(
        Tensor x, // [T, H, W, C]
        int groups,
        Tensor weight, // [C]
        Tensor bias, // [C]
        float eps,
        @Nullable Modulation modulation,
        Activation f,
        Tensor out) // [T, H + 2 m, W + 2 m, C]
        implements Op {
    public GroupNormOp {
        Check.rank("x", x, 4);
        int c = x.size(3);
        Check.that(groups > 0 && c % groups == 0, "%s channels in %s groups", c, groups);
        Check.shape("weight", weight, c);
        Check.shape("bias", bias, c);
        Check.rank("out", out, 4);
        int margin = Math.max(0, out.size(1) - x.size(1)) / 2 * 2;
        Check.shape("out", out, x.size(0), x.size(1) + margin, x.size(2) + margin, c);
        if (modulation != null) {
            int channels = modulation.scale.size(3);
            Check.that(channels == c, "scale is %s, x %s", modulation.scale, x);
            int frames = modulation.scaleFrame.length;
            Check.that(frames == x.size(0), "scaleFrame has %s frames, x is %s", frames, x);
        }
    }

    /**
     * {@code scale} and {@code shift} may be coarser than {@code x}: pixel {@code (h, w)} of frame
     * {@code t} reads theirs at {@code (floor(h * Hs / H), floor(w * Ws / W))} of frame {@code
     * scaleFrame[t]} (nearest interpolation).
     */
    @SuppressWarnings("doclint:missing") // each operand has its shape beside it
    public record Modulation(
            Tensor scale, // [Ts, Hs, Ws, C]
            Tensor shift, // [Ts, Hs, Ws, C]
            int[] scaleFrame) { // [T]
        public Modulation {
            Check.rank("scale", scale, 4);
            Check.shape("shift", shift, scale.shape().dims());
        }

        /** {@return what is given, or none if nothing is} */
        static @Nullable Modulation of(
                @Nullable Tensor scale, @Nullable Tensor shift, int @Nullable [] scaleFrame) {
            if (scale != null && shift != null && scaleFrame != null) {
                return new Modulation(scale, shift, scaleFrame);
            }
            Check.that(
                    scale == null && shift == null && scaleFrame == null,
                    "scale, shift and scaleFrame come together");
            return null;
        }

        private Modulation on(UnaryOperator<Tensor> tensors) {
            return new Modulation(tensors.apply(scale), tensors.apply(shift), scaleFrame);
        }
    }

    @Override
    public String name() {
        return "groupNorm";
    }

    @Override
    public GroupNormOp on(UnaryOperator<Tensor> tensors) {
        return new GroupNormOp(
                tensors.apply(x),
                groups,
                tensors.apply(weight),
                tensors.apply(bias),
                eps,
                modulation == null ? null : modulation.on(tensors),
                f,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        Tensor scale = modulation == null ? null : modulation.scale;
        Tensor shift = modulation == null ? null : modulation.shift;
        return Operands.key(name(), x, weight, bias, scale, shift, f, out);
    }

    /** Narrower frames. */
    @Override
    public GroupNormOp part(double share) {
        Tensor narrow = Cut.along(2, x, share);
        int margin = out.size(2) - x.size(2);
        Tensor to = Cut.resized(out, 2, narrow.size(2) + margin);
        return new GroupNormOp(narrow, groups, weight, bias, eps, modulation, f, to);
    }

    @Override
    public String variant() {
        String plain = Operands.variant(f);
        if (modulation == null) {
            return plain;
        }
        return plain.isEmpty() ? "modulated" : "modulated, " + plain;
    }
}
