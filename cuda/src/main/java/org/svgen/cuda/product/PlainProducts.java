package org.svgen.cuda.product;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;

/** Matrix products of any types by {@link PlainTiles}. */
final class PlainProducts implements Kernel<Product> {
    private final PlainTiles tiles;

    PlainProducts(Gpu gpu) {
        tiles = new PlainTiles(gpu);
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<Product>> requirements() {
        return List.of();
    }

    @Override
    public void run(Product p) {
        tiles.run(TiledProduct.of(p), UnaryOperator.identity());
    }
}
