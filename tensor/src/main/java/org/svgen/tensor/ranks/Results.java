package org.svgen.tensor.ranks;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.ActivateOp;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AxpbyOp;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockMeansOp;
import org.svgen.tensor.op.Conv3dOp;
import org.svgen.tensor.op.ConvertOp;
import org.svgen.tensor.op.EmbeddingOp;
import org.svgen.tensor.op.FillOp;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.LayerNormOp;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.MultiplyOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.PermuteOp;
import org.svgen.tensor.op.RmsNormOp;

/** What operations overwrite without having read it. */
final class Results {
    private Results() {}

    /**
     * The last operand, if the operation overwrites all of it and reads none. Of others nothing is
     * known, and what they write is fetched first.
     */
    static @Nullable Tensor overwritten(Op op) {
        boolean overwrites =
                switch (op) {
                    case FillOp _,
                            ConvertOp _,
                            PermuteOp _,
                            EmbeddingOp _,
                            LinearOp _,
                            LinearPairOp _,
                            LayerNormOp _,
                            RmsNormOp _,
                            AxpbyOp _,
                            MultiplyOp _,
                            ActivateOp _,
                            AttentionOp _,
                            BlockAttentionOp _,
                            BlockMeansOp _,
                            GroupNormOp _,
                            Conv3dOp _ ->
                            true;
                    default -> false;
                };
        if (!overwrites) {
            return null;
        }
        List<Tensor> all = op.tensors();
        Tensor last = all.getLast();
        for (Tensor other : all.subList(0, all.size() - 1)) {
            if (overlap(other, last)) {
                return null;
            }
        }
        return last;
    }

    private static boolean overlap(Tensor a, Tensor b) {
        return a.storage() == b.storage()
                && a.offset() < b.offset() + b.bytes()
                && b.offset() < a.offset() + a.bytes();
    }
}
