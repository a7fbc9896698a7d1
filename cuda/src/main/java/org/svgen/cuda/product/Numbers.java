package org.svgen.cuda.product;

import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.block.BlockFormat;
import org.svgen.tensor.op.Weight;

/**
 * Makes the numbers of weights that lie in fewer bits, by dequantise.cu: those of one weight, right
 * before they are multiplied, in memory that is given back behind the product.
 */
final class Numbers {
    private static final String SOURCE = "dequantise";
    private static final int THREADS = 256;

    /** Numbers that a thread makes at a time; a row has a multiple of them. */
    private static final int EACH = 8;

    private final Gpu gpu;

    Numbers(Gpu gpu) {
        this.gpu = gpu;
    }

    /** Bytes that the numbers take beside the weight; 0 where its values are the numbers. */
    static long bytes(Weight weight) {
        return weight.isPlain() ? 0 : Tensor.bytes(weight.dtype(), weight.shape());
    }

    /** Bytes that some of its rows take. */
    static long bytes(Weight weight, Tensor ids) {
        return weight.isPlain()
                ? 0
                : Tensor.bytes(weight.dtype(), Shape.of(ids.size(0), weight.size(1)));
    }

    /** Gives the numbers of a weight, [n, k], to a product. */
    void of(Weight weight, Consumer<Tensor> product) {
        if (weight.isPlain()) {
            product.accept(weight.values());
            return;
        }
        try (Gpu.Scratch scratch = gpu.scratch(weight.dtype(), weight.shape())) {
            Tensor numbers = scratch.tensor(weight.dtype(), weight.shape());
            make(weight, null, numbers);
            product.accept(numbers);
        }
    }

    /** Gives some rows of a weight to whoever reads them. */
    void rows(Weight weight, Tensor ids, Consumer<Tensor> reader) {
        Shape shape = Shape.of(ids.size(0), weight.size(1));
        try (Gpu.Scratch scratch = gpu.scratch(weight.dtype(), shape)) {
            Tensor numbers = scratch.tensor(weight.dtype(), shape);
            make(weight, ids, numbers);
            reader.accept(numbers);
        }
    }

    private void make(Weight weight, @Nullable Tensor ids, Tensor out) {
        BlockFormat blocks = weight.blocks();
        if (blocks != null) {
            gpu.kernel(SOURCE, "dequantise_" + blocks.name().toLowerCase(Locale.ROOT))
                    .struct()
                    .pointer(weight.values())
                    .pointer(ids)
                    .elements(out)
                    .i64(out.elements())
                    .i32(weight.size(1))
                    .end()
                    .start(out.elements() / EACH, THREADS);
            return;
        }
        Tensor values = weight.values();
        int kind = kind(values.dtype());
        boolean wide = kind != ELEMENTS && weight.size(1) % EACH == 0;
        Launcher launcher =
                gpu.kernel(SOURCE, wide ? "scale_bytes" : "scale_values")
                        .struct()
                        .elements(
                                DeviceStorage.address(values),
                                kind == ELEMENTS ? values.dtype() : DType.F32)
                        .pointer(weight.scale())
                        .pointer(ids)
                        .elements(out)
                        .i64(out.elements())
                        .i32(weight.size(1))
                        .i32(kind)
                        .flag(weight.scaling() == Weight.Scaling.ROWS)
                        .end();
        launcher.start(wide ? out.elements() / EACH : out.elements(), THREADS);
    }

    private static final int ELEMENTS = 0;

    /** As dequantise.cu numbers them. */
    private static int kind(DType type) {
        return switch (type) {
            case F8_E4M3 -> 1;
            case F8_E5M2 -> 2;
            default -> ELEMENTS;
        };
    }
}
