package org.svgen.vae;

import org.svgen.tensor.device.Backend;

/**
 * The tiles of a result that lies on a device.
 *
 * @param scale pixels of the result per unit of the grid
 * @param patch pixels each way that fade as one
 */
record TileSeams(Backend backend, TileGrid grid, int scale, int patch) {}
