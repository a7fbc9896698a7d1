package org.svgen.vae;

import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** A decoder's network, and how large and long latents are cut for it. */
public final class VaeDecoder implements VideoDecoder {
    private final VaeShape shape;
    private final Direction direction;

    /**
     * @param shape of latents and videos
     * @param network turns latents into pixels of -1..1
     * @param tiles where the whole needs too much memory
     * @param time the way through the frames
     */
    public VaeDecoder(VaeShape shape, VaeNetwork network, TileRule tiles, TimeCut time) {
        this.shape = shape;
        this.direction =
                new Direction(network, tiles, time, 1, shape.spatialRatio(), shape.patch());
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
                Frames.of(Tensor.phantom(DType.F32, frames, height, width, shape.latentChannels())),
                limit);
    }

    @Override
    public void decode(
            VaePlan plan,
            Workspace workspace,
            Tensor latents,
            Tensor frames,
            VaeProgress progress) {
        long ratio = shape.spatialRatio();
        Check.shape(
                "frames",
                frames,
                shape.videoFrames(latents.size(0)),
                ratio * latents.size(1),
                ratio * latents.size(2),
                3);
        decode(plan, workspace, latents, RowOutput.pixels(frames), progress);
    }

    /** As above, with the pixels as the network gives them. */
    public void decode(
            VaePlan plan,
            Workspace workspace,
            Tensor latents,
            RowOutput output,
            VaeProgress progress) {
        Target target = new Target(shape.videoFrames(latents.size(0)), shape.outChannels(), output);
        direction.run(plan, workspace, Frames.of(latents), target, progress);
    }

    @Override
    public void rehearse(VaePlan plan, Workspace workspace, Tensor latents) {
        direction.rehearse(plan, workspace, Frames.of(latents));
    }
}
