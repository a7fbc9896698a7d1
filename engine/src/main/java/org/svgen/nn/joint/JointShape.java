package org.svgen.nn.joint;

/**
 * The sizes of a block.
 *
 * @param hidden channels within the feed-forward layer
 */
public record JointShape(int heads, int headDim, int hidden) {
    /** Channels of a token. */
    public int width() {
        return heads * headDim;
    }
}
