package org.svgen.cuda.conv;

import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.product.TensorCoreTiles;

/** Convolutions by {@link TensorCoreTiles}. */
final class TensorCoreConv implements Kernel<Convolution> {
    private static final List<Requirement<Convolution>> REQUIREMENTS =
            TensorCoreTiles.requirements(Convolution::product);

    private final TensorCoreTiles tiles;

    TensorCoreConv(Gpu gpu) {
        tiles = new TensorCoreTiles(gpu);
    }

    @Override
    public String name() {
        return "tensor cores";
    }

    @Override
    public List<Requirement<Convolution>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(Convolution c) {
        tiles.run(c.product(), launcher -> TiledWindow.add(launcher, c));
    }
}
