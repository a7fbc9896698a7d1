package org.svgen.cuda.conv;

import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.product.PlainTiles;

/** Convolutions of any types and strides by {@link PlainTiles}. */
final class PlainConv implements Kernel<Convolution> {

    private final PlainTiles tiles;

    PlainConv(Gpu gpu) {
        tiles = new PlainTiles(gpu);
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<Convolution>> requirements() {
        return List.of();
    }

    @Override
    public void run(Convolution c) {
        tiles.run(c.product(), launcher -> TiledWindow.add(launcher, c));
    }
}
