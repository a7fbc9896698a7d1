package org.svgen.vae;

/** The tiles that a family cuts an area into. */
@FunctionalInterface
public interface TileRule {
    /**
     * {@return tiles over an area of latents; one if it is small enough}
     *
     * @param height in latents
     * @param width in latents
     */
    TileGrid over(int height, int width);

    /**
     * {@return the bytes of workspace, were the autoencoder to compute in F32, above which it works
     * in tiles; fixed, so that the same request gives the same frames on every machine}
     */
    default long limit() {
        return VaePlan.WORKSPACE_LIMIT;
    }
}
