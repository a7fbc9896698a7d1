package org.svgen.vae;

import java.lang.foreign.Arena;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** An encoder's network, and how large and long videos are cut for it. */
public final class VaeEncoder implements VideoEncoder {
    private final VaeShape shape;
    private final Direction direction;

    /**
     * @param shape of latents and videos
     * @param network turns pixels of -1..1 into means and log-variances, side by side in the
     *     channels
     * @param tiles where the whole needs too much memory
     * @param time the way through the frames
     */
    public VaeEncoder(VaeShape shape, VaeNetwork network, TileRule tiles, TimeCut time) {
        this.shape = shape;
        this.direction = new Direction(network, tiles, time, shape.spatialRatio(), 1, 1);
    }

    @Override
    public VaeShape shape() {
        return shape;
    }

    @Override
    public long limit() {
        return direction.tiles().limit();
    }

    @Override
    public VaePlan plan(int frames, int height, int width, long limit) {
        return direction.plan(
                Frames.of(Tensor.phantom(DType.F32, frames, height, width, shape.inChannels())),
                limit);
    }

    @Override
    public Posterior encode(
            VaePlan plan, Workspace workspace, Frames video, Arena arena, VaeProgress progress) {
        int ratio = shape.spatialRatio();
        Shape given = video.shape();
        int frames = shape.latentFrames(video.count());
        int height = given.size(1) / ratio;
        int width = given.size(2) / ratio;
        int channels = shape.latentChannels();
        Check.that(
                given.equals(
                        Shape.of(
                                video.count(),
                                (long) ratio * height,
                                (long) ratio * width,
                                shape.inChannels())),
                "video is %s, expected sides that are multiples of %d, and %d channels",
                given,
                ratio,
                shape.inChannels());
        Posterior posterior = Posterior.zeros(arena, frames, height, width, channels);
        Target target = new Target(frames, 2 * channels, posterior.output());
        direction.run(plan, workspace, video, target, progress);
        return posterior;
    }
}
