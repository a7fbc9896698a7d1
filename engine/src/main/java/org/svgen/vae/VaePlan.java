package org.svgen.vae;

/**
 * How the autoencoder will go about an input.
 *
 * @param tiled true to work on overlapping tiles, which are blended: less memory, not quite the
 *     same pixels
 * @param workspaceBytes what it needs of a workspace whose activations are F32
 */
public record VaePlan(boolean tiled, long workspaceBytes) {
    /**
     * Above this, were it to compute in F32, an autoencoder works in tiles, unless its family has
     * another limit. Fixed, so that the same request gives the same frames on every machine.
     */
    public static final long WORKSPACE_LIMIT = 8L << 30;
}
