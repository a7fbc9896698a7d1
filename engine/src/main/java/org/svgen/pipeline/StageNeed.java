package org.svgen.pipeline;

import java.util.List;
import java.util.Objects;
import org.svgen.checkpoint.WeightCount.Layer;
import org.svgen.tensor.device.Work;

/**
 * What a stage needs, whatever there is.
 *
 * @param stage the stage
 * @param otherBytes of the weights outside layers
 * @param layers of weights, which can be streamed
 * @param computedBytes of the weights that are computed on their way, and so take memory even where
 *     weights are used in their files
 * @param workspaceBytes of step memory
 * @param scratchBytes that operations take beside it, at most
 * @param work what it computes
 */
public record StageNeed(
        Stage stage,
        long otherBytes,
        List<Layer> layers,
        long computedBytes,
        long workspaceBytes,
        long scratchBytes,
        Work work) {
    /** Checks that nothing is null that must be there. */
    public StageNeed {
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(layers, "layers");
        Objects.requireNonNull(work, "work");
    }

    /** {@return bytes that computing takes, beside the weights} */
    public long stepBytes() {
        return workspaceBytes + scratchBytes;
    }

    /** {@return bytes of all weights} */
    public long weightBytes() {
        return otherBytes + layers.stream().mapToLong(Layer::bytes).sum();
    }
}
