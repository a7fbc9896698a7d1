package org.svgen.pipeline;

import java.util.Objects;
import org.svgen.checkpoint.LayerStream;

/**
 * How a stage will go about it.
 *
 * @param need what the stage needs
 * @param stream which layers of its weights stay on the device
 * @param deviceWeightBytes of the device for weights; where they are used in their files, for those
 *     alone that are computed
 */
public record StagePlan(StageNeed need, LayerStream stream, long deviceWeightBytes) {
    /** Checks that nothing is null that must be there. */
    public StagePlan {
        Objects.requireNonNull(need, "need");
        Objects.requireNonNull(stream, "stream");
    }

    /** {@return the stage} */
    public Stage stage() {
        return need.stage();
    }

    /** {@return bytes of the device that it takes in all} */
    public long bytes() {
        return deviceWeightBytes + need.stepBytes();
    }

    /** {@return {@code weights used in their files}, {@code 20 of 60 layers streamed}} */
    public String placement() {
        if (stream.count() > 0) {
            return "%d of %d layers streamed".formatted(stream.count(), need.layers().size());
        }
        if (deviceWeightBytes == 0) {
            return "weights used in their files";
        }
        return deviceWeightBytes < need.weightBytes()
                ? "weights used in their files, but for computed ones"
                : "weights kept on the device";
    }
}
