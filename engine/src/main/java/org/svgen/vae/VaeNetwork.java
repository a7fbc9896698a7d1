package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** One direction of an autoencoder, for a tile and some frames of it. */
@FunctionalInterface
public interface VaeNetwork {
    /**
     * Runs the network.
     *
     * @param workspace gives memory
     * @param cache what convolutions saw of the frames before
     * @param x [T, H, W, C], readable to the workspace's operations
     * @return [T', H', W', C'] in memory of {@code workspace}, in the scope that is open now
     */
    Tensor apply(Workspace workspace, FrameCache cache, Tensor x);
}
