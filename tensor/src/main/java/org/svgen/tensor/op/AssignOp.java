package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * The nearest centroid of each token: {@code labels[m, i]} is the {@code c} of least {@code mu_c
 * w_c - 2 x w_c}, with {@code x} the token {@code from + i} of head {@code m}, {@code mu_c} a
 * centroid and {@code w_c} the same weighed ({@link InteractOp}); the lower one of equals. Not
 * weighed, {@code w_c = mu_c}: that is the squared Euclidean distance but for {@code x x}, which is
 * the same for all.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AssignOp(
        Tensor x, // [B, H, N, D]
        int from, // the first token that has a label
        Tensor centroids, // F32 [B, H, C, D]
        @Nullable Tensor weighed, // F32 [B, H, C, D]
        Tensor labels) // I32 [B * H, tokens from there on that have one]
        implements Op {
    public AssignOp {
        Clustering.heads(x, "centroids", centroids);
        Check.shape("weighed", weighed, centroids.shape().dims());
        Check.rank("labels", labels, 2);
        Check.shape("labels", labels, Clustering.maps(x), labels.size(1));
        Check.that(
                from >= 0 && from + labels.size(1) <= x.size(2),
                "labels %s from token %s of %s",
                labels,
                from,
                x);
    }

    @Override
    public String name() {
        return "assign";
    }

    @Override
    public AssignOp on(UnaryOperator<Tensor> tensors) {
        return new AssignOp(
                tensors.apply(x),
                from,
                tensors.apply(centroids),
                Operands.on(weighed, tensors),
                tensors.apply(labels));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, centroids, weighed, labels);
    }

    @Override
    public double operations() {
        return 2.0 * labels.elements() * centroids.size(2) * x.size(3);
    }

    /** Fewer heads. */
    @Override
    public AssignOp part(double share) {
        Tensor few = Cut.heads(x, share);
        return new AssignOp(
                few,
                from,
                Cut.heads(centroids, share),
                weighed == null ? null : Cut.heads(weighed, share),
                Cut.resized(labels, 0, few.size(1)));
    }

    @Override
    public String variant() {
        return weighed == null ? "" : "weighed";
    }
}
