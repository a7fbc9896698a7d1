package org.svgen.tensor.ranks;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ActivateOp;
import org.svgen.tensor.op.AddGatedOp;
import org.svgen.tensor.op.AddNormOp;
import org.svgen.tensor.op.AxpbyOp;
import org.svgen.tensor.op.ConvertOp;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.LayerNormOp;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.MultiplyOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.RmsNormOp;

/**
 * An operation that gives each row of its results by the same row of its operands, and by operands
 * that are the same for all rows.
 *
 * @param rows how many
 * @param reads operands of which it reads row by row
 * @param writes operands that it writes row by row
 * @param counter takes a count over all rows
 * @param part the operation on some of the rows
 */
record RowWork(
        long rows, List<Tensor> reads, List<Tensor> writes, @Nullable Tensor counter, Part part) {
    /** Rows {@code from} to {@code to} of an operation. */
    interface Part {
        /**
         * @param counted whether they count
         */
        Op of(long from, long to, boolean counted);
    }

    /** An operation as such, if it is one. */
    static Optional<RowWork> of(Op op) {
        return Optional.ofNullable(
                switch (op) {
                    case LinearOp o -> {
                        long m = o.x().elements() / o.x().size(-1);
                        yield new RowWork(
                                m,
                                with(o.x(), o.scales()),
                                List.of(o.out()),
                                null,
                                (a, b, _) ->
                                        new LinearOp(
                                                rows(o.x(), m, a, b),
                                                o.scales() == null
                                                        ? null
                                                        : rows(o.scales(), m, a, b),
                                                o.weight(),
                                                o.bias(),
                                                o.f(),
                                                rows(o.out(), m, a, b)));
                    }
                    case LinearPairOp o -> {
                        long m = o.x().elements() / o.x().size(-1);
                        yield new RowWork(
                                m,
                                List.of(o.x(), o.y()),
                                List.of(o.out()),
                                null,
                                (a, b, _) ->
                                        new LinearPairOp(
                                                rows(o.x(), m, a, b),
                                                rows(o.y(), m, a, b),
                                                o.weight(),
                                                o.bias(),
                                                rows(o.out(), m, a, b)));
                    }
                    case LayerNormOp o -> {
                        long m = o.x().elements() / o.x().size(-1);
                        yield new RowWork(
                                m,
                                List.of(o.x()),
                                List.of(o.out()),
                                null,
                                (a, b, _) ->
                                        new LayerNormOp(
                                                rows(o.x(), m, a, b),
                                                o.weight(),
                                                o.bias(),
                                                o.eps(),
                                                o.scale(),
                                                o.shift(),
                                                rows(o.out(), m, a, b)));
                    }
                    case EightBitNormOp o -> {
                        long m = o.x().elements() / o.x().size(-1);
                        yield new RowWork(
                                m,
                                List.of(o.x()),
                                List.of(o.scales(), o.out()),
                                null,
                                (a, b, _) ->
                                        new EightBitNormOp(
                                                rows(o.x(), m, a, b),
                                                o.weight(),
                                                o.bias(),
                                                o.eps(),
                                                o.scale(),
                                                o.shift(),
                                                o.type(),
                                                rows(o.scales(), m, a, b),
                                                rows(o.out(), m, a, b)));
                    }
                    case RmsNormOp o -> {
                        long m = o.x().elements() / o.x().size(-1);
                        yield new RowWork(
                                m,
                                List.of(o.x()),
                                List.of(o.out()),
                                null,
                                (a, b, _) ->
                                        new RmsNormOp(
                                                rows(o.x(), m, a, b),
                                                o.weight(),
                                                o.eps(),
                                                o.f(),
                                                rows(o.out(), m, a, b)));
                    }
                    case AddNormOp o -> {
                        long m = o.x().elements() / o.x().size(-1);
                        yield new RowWork(
                                m,
                                List.of(o.sum(), o.x()),
                                List.of(o.sum(), o.out()),
                                null,
                                (a, b, _) ->
                                        new AddNormOp(
                                                rows(o.x(), m, a, b),
                                                o.gate(),
                                                rows(o.sum(), m, a, b),
                                                o.weight(),
                                                o.bias(),
                                                o.eps(),
                                                o.scale(),
                                                o.shift(),
                                                rows(o.out(), m, a, b)));
                    }
                    case AddGatedOp o -> {
                        long m = o.x().elements() / o.x().size(-1);
                        yield new RowWork(
                                m,
                                List.of(o.out(), o.x()),
                                List.of(o.out()),
                                o.faults(),
                                (a, b, counted) ->
                                        new AddGatedOp(
                                                rows(o.x(), m, a, b),
                                                o.gate(),
                                                rows(o.out(), m, a, b),
                                                counted ? o.faults() : null));
                    }
                    default -> elementwise(op);
                });
    }

    private static @Nullable RowWork elementwise(Op op) {
        return switch (op) {
            case AxpbyOp o -> {
                long m = o.out().elements();
                yield new RowWork(
                        m,
                        List.of(o.x(), o.y()),
                        List.of(o.out()),
                        null,
                        (a, b, _) ->
                                new AxpbyOp(
                                        o.a(),
                                        rows(o.x(), m, a, b),
                                        o.b(),
                                        rows(o.y(), m, a, b),
                                        rows(o.out(), m, a, b)));
            }
            case MultiplyOp o -> {
                long m = o.out().elements();
                yield new RowWork(
                        m,
                        List.of(o.x(), o.y()),
                        List.of(o.out()),
                        null,
                        (a, b, _) ->
                                new MultiplyOp(
                                        rows(o.x(), m, a, b),
                                        rows(o.y(), m, a, b),
                                        rows(o.out(), m, a, b)));
            }
            case ActivateOp o -> {
                long m = o.out().elements();
                yield new RowWork(
                        m,
                        List.of(o.x()),
                        List.of(o.out()),
                        null,
                        (a, b, _) ->
                                new ActivateOp(
                                        o.f(), rows(o.x(), m, a, b), rows(o.out(), m, a, b)));
            }
            case ConvertOp o -> {
                long m = o.out().elements();
                yield new RowWork(
                        m,
                        List.of(o.x()),
                        List.of(o.out()),
                        null,
                        (a, b, _) -> new ConvertOp(rows(o.x(), m, a, b), rows(o.out(), m, a, b)));
            }
            default -> null;
        };
    }

    private static List<Tensor> with(Tensor x, @Nullable Tensor other) {
        return other == null ? List.of(x) : List.of(x, other);
    }

    static Tensor rows(Tensor t, long all, long from, long to) {
        return t.reshape(all, t.elements() / Math.max(all, 1)).rows(from, to);
    }
}
