package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** {@code out[i] = table[ids[i]]}. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record EmbeddingOp(
        Tensor ids, // I32 [N]
        Weight table, // [V, C]
        Tensor out) // [N, C]
        implements Op {
    public EmbeddingOp {
        Check.rank("ids", ids, 1);
        Check.rank("table", table.values(), 2);
        Check.that(table.inputs() == Weight.Inputs.FULL, "table is %s", table);
        Check.shape("out", out, ids.size(0), table.size(1));
    }

    @Override
    public String name() {
        return "embedding";
    }

    @Override
    public EmbeddingOp on(UnaryOperator<Tensor> tensors) {
        return new EmbeddingOp(tensors.apply(ids), table.on(tensors), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), ids, table, out);
    }

    /** Of the table only the rows that are asked for. */
    @Override
    public double bytes() {
        double rows = (double) ids.size(0) * table.values().bytes() / Math.max(1, table.size(0));
        return ids.bytes() + rows + out.bytes();
    }

    @Override
    public EmbeddingOp part(double share) {
        return new EmbeddingOp(Cut.along(0, ids, share), table, Cut.along(0, out, share));
    }
}
