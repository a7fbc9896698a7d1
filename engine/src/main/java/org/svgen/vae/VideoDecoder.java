package org.svgen.vae;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;

/** The half of an autoencoder that turns latents into a video. */
public interface VideoDecoder {
    /** {@return the size of latents beside that of videos} */
    VaeShape shape();

    /**
     * {@return how to decode {@code [frames, height, width]} latents: in one piece if that takes at
     * most {@code limit} bytes of workspace, otherwise in tiles; a decoder without tiles does it in
     * one piece}
     *
     * @param frames latent frames
     * @param height of the latents
     * @param width of the latents
     * @param limit bytes of workspace
     */
    default VaePlan plan(int frames, int height, int width, long limit) {
        Tensor latents = Tensor.phantom(DType.F32, frames, height, width, shape().latentChannels());
        VaePlan whole = new VaePlan(false, 0);
        return new VaePlan(false, DryRun.workspaceBytes(dry -> rehearse(whole, dry, latents)));
    }

    /** {@return the bytes of workspace in F32 above which a request is decoded in tiles} */
    default long limit() {
        return VaePlan.WORKSPACE_LIMIT;
    }

    /**
     * Writes the video that latents stand for, clamped to 0..1; NaN in place of what is no finite
     * number.
     *
     * @param plan that {@link #plan} made
     * @param workspace with room for {@code plan}
     * @param latents F32 [t, h, w, C], readable to the workspace's operations and already divided
     *     by the scaling factor
     * @param frames receives the video; host F32 [T, H, W, 3], of memory that all threads may use
     * @param progress hears how far it is
     */
    void decode(
            VaePlan plan, Workspace workspace, Tensor latents, Tensor frames, VaeProgress progress);

    /**
     * Asks of {@code workspace} what {@link #decode} would, for plans.
     *
     * @param plan that {@link #plan} made
     * @param workspace with room for the plan
     * @param latents F32 [t, h, w, C]
     */
    void rehearse(VaePlan plan, Workspace workspace, Tensor latents);

    /**
     * Decodes, planned as every request is; rehearses that if there are no frames.
     *
     * @param workspace with room for the plan
     * @param latents F32 [t, h, w, C]
     * @param frames receives the video; host F32 [T, H, W, 3]; none to rehearse
     * @param progress hears how far it is
     */
    default void decode(
            Workspace workspace, Tensor latents, @Nullable Tensor frames, VaeProgress progress) {
        VaePlan plan = plan(latents.size(0), latents.size(1), latents.size(2), limit());
        if (frames == null) {
            rehearse(plan, workspace, latents);
        } else {
            decode(plan, workspace, latents, frames, progress);
        }
    }
}
