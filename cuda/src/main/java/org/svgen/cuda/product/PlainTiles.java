package org.svgen.cuda.product;

import java.util.function.UnaryOperator;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;

/** Products of any types, in f32: kernels of gemm_f32.cu. */
public final class PlainTiles {
    private static final int THREADS = 256;

    /** A kernel's tiles. */
    private record Tiles(String suffix, int rows, int columns) {
        long down(TiledProduct p) {
            return Math.ceilDiv(p.m(), rows);
        }

        long across(TiledProduct p) {
            return Math.ceilDiv(p.n(), columns);
        }
    }

    private static final Tiles LARGE = new Tiles("_f32", 128, 128);
    private static final Tiles SMALL = new Tiles("_f32_small", 32, 64);

    private final Gpu gpu;

    public PlainTiles(Gpu gpu) {
        this.gpu = gpu;
    }

    /**
     * @param further gives the kernel what follows the product
     */
    public void run(TiledProduct p, UnaryOperator<Launcher> further) {
        long large = LARGE.down(p) * LARGE.across(p);
        Tiles tiles = large >= gpu.device().multiprocessors() ? LARGE : SMALL;
        further.apply(p.begin(gpu, "gemm_f32", tiles.suffix, 0))
                .start(tiles.down(p), tiles.across(p), 1, THREADS);
    }
}
