package org.svgen.vae;

import org.svgen.tensor.device.Workspace;

/** How a video is cut in time, in which order the pieces go, and how they are joined again. */
public sealed interface TimeCut permits FrameBatches, FrameParts, DeepFirst, DeepLast {
    /** How many pieces {@code frames} frames of input make, for each tile. */
    int pieces(int frames);

    /** Takes all pieces of all tiles through the network. */
    void forEach(Passage passage, Workspace workspace, Frames x, PieceSink sink);

    /**
     * Joins what {@link #forEach} gives.
     *
     * @param frames of the input
     */
    PieceSink sink(int frames, TileSeams seams, Target target);
}
