package org.svgen.vae;

/**
 * Where a result goes.
 *
 * @param frames how many it has
 * @param channels of each place in it
 * @param output receives it row by row
 */
record Target(int frames, int channels, RowOutput output) {}
