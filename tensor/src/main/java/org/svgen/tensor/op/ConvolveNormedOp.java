package org.svgen.tensor.op;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * A group norm and the convolution of its result, as {@link GroupNormOp} and {@link
 * ConvolveAfterOp} make them.
 *
 * <p>What is normalised comes to lie in the convolution's {@code x}, behind the room for frames
 * before, if there is no shorter way; otherwise that holds anything afterwards. Then {@code out}
 * does not overlap what is normalised.
 *
 * @param norm its {@code out} is the convolution's {@code x} without the room in front
 * @param convolution its {@code past} may be {@code tail}, or the first frame of its {@code x}; a
 *     margin of it holds copies, as the norm writes them
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ConvolveNormedOp(
        GroupNormOp norm,
        ConvolveAfterOp convolution,
        @Nullable Tensor tail) // [kt - 1, H + 2 m, W + 2 m, Ci], becomes the last frames
        implements Op {
    public ConvolveNormedOp {
        Tensor frames = convolution.frames();
        Check.that(
                norm.out().equals(frames),
                "the norm writes %s, the convolution reads %s",
                norm.out(),
                frames);
        if (tail != null) {
            int back = convolution.back();
            Check.shape("tail", tail, back, frames.size(1), frames.size(2), frames.size(3));
            Check.that(back <= frames.size(0), "%s frames for a tail of %s", frames.size(0), back);
        }
    }

    /** {@return operations that do the same one after the other, where there is no shorter way} */
    public List<Op> steps() {
        List<Op> steps = new ArrayList<>();
        steps.add(norm);
        steps.add(convolution);
        if (tail != null) {
            Tensor x = convolution.x();
            steps.add(new ConvertOp(x.rows(x.size(0) - convolution.back(), x.size(0)), tail));
        }
        return steps;
    }

    @Override
    public String name() {
        return "convolveNormed";
    }

    @Override
    public ConvolveNormedOp on(UnaryOperator<Tensor> tensors) {
        List<Tensor> read = new ArrayList<>();
        norm.on(t -> {
            read.add(t);
            return t;
        });
        List<Tensor> mapped = new ArrayList<>();
        for (Tensor t : read.subList(0, read.size() - 1)) {
            mapped.add(tensors.apply(t));
        }
        Tensor tail = Operands.on(this.tail, tensors);
        ConvolveAfterOp other = convolution.on(tensors);
        mapped.add(other.frames());
        var next = mapped.iterator();
        return new ConvolveNormedOp(norm.on(_ -> next.next()), other, tail);
    }

    @Override
    public List<Object> key() {
        List<Object> key = new ArrayList<>(Operands.key(name(), tail));
        key.addAll(norm.key());
        key.addAll(convolution.key());
        return key;
    }

    @Override
    public double operations() {
        return convolution.operations();
    }

    @Override
    public double bytes() {
        double all = Operands.bytes(tensors()) - convolution.x().bytes();
        Tensor scratch = convolution.scratch();
        return scratch == null ? all : all - scratch.bytes() + convolution.out().bytes();
    }

    /** Lower frames. */
    @Override
    public ConvolveNormedOp part(double share) {
        ConvolveAfterOp low = convolution.part(share);
        int margins = convolution.x().size(1) - norm.x().size(1);
        int height = low.x().size(1);
        GroupNormOp of =
                new GroupNormOp(
                        Cut.resized(norm.x(), 1, height - margins),
                        norm.groups(),
                        norm.weight(),
                        norm.bias(),
                        norm.eps(),
                        norm.modulation(),
                        norm.f(),
                        low.frames());
        return new ConvolveNormedOp(of, low, tail == null ? null : Cut.resized(tail, 1, height));
    }

    @Override
    public String variant() {
        String of = norm.variant();
        String added = convolution.variant();
        return of.isEmpty() || added.isEmpty() ? of + added : of + ", " + added;
    }
}
