package org.svgen.cuda.product;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;

/** Matrix products by {@link TensorCoreTiles}. */
final class TensorCoreProducts implements Kernel<Product> {
    private static final List<Requirement<Product>> REQUIREMENTS =
            TensorCoreTiles.requirements(TiledProduct::of);

    private final TensorCoreTiles tiles;

    TensorCoreProducts(Gpu gpu) {
        tiles = new TensorCoreTiles(gpu);
    }

    @Override
    public String name() {
        return "tensor cores";
    }

    @Override
    public List<Requirement<Product>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(Product p) {
        tiles.run(TiledProduct.of(p), UnaryOperator.identity());
    }
}
