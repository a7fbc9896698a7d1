package org.svgen.run;

import java.util.List;
import java.util.Optional;
import org.svgen.checkpoint.LayerStream;
import org.svgen.checkpoint.WeightCount.Layer;
import org.svgen.pipeline.StageNeed;
import org.svgen.pipeline.StagePlan;
import org.svgen.tensor.device.Backend;

/**
 * Fits stages into a device's memory: weights stay there while their stage runs, or, where there is
 * no room, as many of their layers as possible do and the others are streamed. What is computed is
 * the same.
 *
 * @param bytes that a run may take
 * @param inPlace true if weights are used in their files and take nothing, but for computed ones
 */
public record Budget(long bytes, boolean inPlace) {

    /**
     * {@return what {@code backend} can give, but no more than {@code limit}}
     *
     * @param backend computes
     * @param limit {@link Long#MAX_VALUE} for none
     * @param held bytes that earlier runs left there, which can be freed
     */
    public static Budget of(Backend backend, long limit, long held) {
        long capacity = backend.capacity();
        long all = capacity > Long.MAX_VALUE - held ? capacity : capacity + held;
        return new Budget(Math.min(limit, all), backend.readsHost());
    }

    /** How a stage fits, or empty if it does not. */
    Optional<StagePlan> fit(StageNeed need) {
        LayerStream none = LayerStream.of(need.layers(), 0);
        if (inPlace) {
            return within(new StagePlan(need, none, need.computedBytes()));
        }
        for (int streamed = 0; streamed <= need.layers().size(); streamed++) {
            Optional<StagePlan> plan = within(plan(need, streamed));
            if (plan.isPresent()) {
                return plan;
            }
        }
        return Optional.empty();
    }

    /** The fewest bytes with which a stage can run. */
    long least(StageNeed need) {
        if (inPlace) {
            return need.computedBytes() + need.stepBytes();
        }
        long least = Long.MAX_VALUE;
        for (int streamed = 0; streamed <= need.layers().size(); streamed++) {
            least = Math.min(least, plan(need, streamed).bytes());
        }
        return least;
    }

    private static StagePlan plan(StageNeed need, int streamed) {
        List<Layer> layers = need.layers();
        LayerStream stream = LayerStream.of(layers, streamed);
        return new StagePlan(need, stream, need.otherBytes() + stream.deviceBytes(layers));
    }

    private Optional<StagePlan> within(StagePlan plan) {
        return plan.bytes() <= bytes ? Optional.of(plan) : Optional.empty();
    }
}
