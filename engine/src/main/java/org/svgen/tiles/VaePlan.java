package org.svgen.tiles;

/**
 * How the autoencoder will go about an input.
 *
 * @param tiled true to work on overlapping tiles, which are blended: less memory, not quite the
 *     same pixels
 * @param workspaceBytes what it needs of a workspace
 */
public record VaePlan(boolean tiled, long workspaceBytes) {}
