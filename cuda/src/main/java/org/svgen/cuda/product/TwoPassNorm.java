package org.svgen.cuda.product;

import java.util.List;
import java.util.function.Consumer;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.LayerNormOp;

/** By a norm into bf16 and a pass that rounds its rows, for what no faster kernel takes. */
final class TwoPassNorm extends SourceKernel<EightBitNormOp> {
    private static final List<Requirement<EightBitNormOp>> REQUIREMENTS =
            List.of(
                    new Requirement<>("rows that are rounded to bf16", o -> o.type() == DType.BF16),
                    new Requirement<>(
                            "rows of groups of 16 elements",
                            o -> Alignment.rows(16, o.out().size(-1), o.out())),
                    new Requirement<>(
                            "rows of at most %d elements".formatted(QuantisedRows.LONGEST),
                            o -> o.out().size(-1) <= QuantisedRows.LONGEST));

    private final Consumer<LayerNormOp> norms;

    TwoPassNorm(Gpu gpu, Consumer<LayerNormOp> norms) {
        super(gpu, "Hopper, two passes", QuantisedRows.SOURCE, REQUIREMENTS);
        this.norms = norms;
    }

    @Override
    public void run(EightBitNormOp o) {
        try (Gpu.Scratch scratch = gpu.scratch(DType.BF16, o.out().shape())) {
            Tensor rows = scratch.tensor(DType.BF16, o.out().shape());
            norms.accept(o.norm(rows));
            QuantisedRows.quantise(
                    gpu,
                    rows,
                    null,
                    DeviceStorage.address(o.out()),
                    DeviceStorage.address(o.scales()));
        }
    }
}
