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
}
