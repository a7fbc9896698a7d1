package org.svgen.cuda.product;

import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Requirement;

/** Products on the tensor cores of any GPU from Ampere on: kernels of gemm_bf16.cu. */
public final class TensorCoreTiles {
    private static final int THREADS = 128;
    private static final int SIDE = 128; // rows and columns of a tile

    /** Three slices of 128 + 128 rows of 32 bf16 elements. */
    private static final int SHARED_BYTES = 3 * 256 * 32 * 2;

    private static final List<Requirement<TiledProduct>> REQUIREMENTS =
            List.of(
                    new Requirement<>("operands in bf16", TiledProduct::bf16),
                    new Requirement<>("operands in groups of 8 elements", p -> p.aligned(8)));

    private final Gpu gpu;

    public TensorCoreTiles(Gpu gpu) {
        this.gpu = gpu;
    }

    /** What these kernels ask of calls, of which {@code product} makes products. */
    public static <C> List<Requirement<C>> requirements(Function<C, TiledProduct> product) {
        return REQUIREMENTS.stream().map(requirement -> requirement.of(product)).toList();
    }

    /**
     * @param further gives the kernel what follows the product
     */
    public void run(TiledProduct p, UnaryOperator<Launcher> further) {
        long tiles = (long) Math.ceilDiv(p.m(), SIDE) * Math.ceilDiv(p.n(), SIDE);
        // The kernel orders its tiles itself.
        further.apply(p.begin(gpu, "gemm_bf16", "_bf16", SHARED_BYTES)).start(tiles, 1, 1, THREADS);
    }
}
