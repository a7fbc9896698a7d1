package org.svgen.vae;

import java.lang.foreign.Arena;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** The half of an autoencoder that turns a video into latents. */
public interface VideoEncoder {
    /** {@return the size of latents beside that of videos} */
    VaeShape shape();

    /**
     * {@return how to encode {@code [frames, height, width]} pixels: in one piece if that takes at
     * most {@code limit} bytes of workspace, otherwise in tiles}
     *
     * @param frames of the video
     * @param height in pixels
     * @param width in pixels
     * @param limit bytes of workspace
     */
    VaePlan plan(int frames, int height, int width, long limit);

    /** {@return the bytes of workspace in F32 above which a request is encoded in tiles} */
    default long limit() {
        return VaePlan.WORKSPACE_LIMIT;
    }

    /**
     * Encodes a video. On a workspace that computes nothing this asks for what it would need, and
     * the result is zeros.
     *
     * @param plan that {@link #plan} made
     * @param workspace with room for {@code plan}
     * @param video [T, H, W, 3] in -1..1, of as many frames as latents can stand for, height and
     *     width multiples of the spatial ratio
     * @param arena gives the memory of the result; shared between threads
     * @param progress hears how far it is
     * @return the distribution of the latents, before they are multiplied by the scaling factor
     */
    Posterior encode(
            VaePlan plan, Workspace workspace, Frames video, Arena arena, VaeProgress progress);

    /**
     * Encodes a video that is there as a whole.
     *
     * @param plan that {@link #plan} made
     * @param workspace with room for {@code plan}
     * @param video F32 [T, H, W, 3] in -1..1, readable to the workspace's operations
     * @param arena gives the memory of the result; shared between threads
     * @param progress hears how far it is
     * @return the distribution of the latents
     */
    default Posterior encode(
            VaePlan plan, Workspace workspace, Tensor video, Arena arena, VaeProgress progress) {
        return encode(plan, workspace, Frames.of(video), arena, progress);
    }

    /**
     * Encodes a video, planned as every request is.
     *
     * @param workspace with room for the plan
     * @param video [T, H, W, 3] in -1..1
     * @param arena gives the memory of the result; shared between threads
     * @param progress hears how far it is
     * @return the distribution of the latents
     */
    default Posterior encode(Workspace workspace, Frames video, Arena arena, VaeProgress progress) {
        Shape given = video.shape();
        VaePlan plan = plan(video.count(), given.size(1), given.size(2), limit());
        return encode(plan, workspace, video, arena, progress);
    }
}
