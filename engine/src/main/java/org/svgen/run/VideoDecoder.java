package org.svgen.run;

import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tiles.VaePlan;

/** An autoencoder as far as it turns latents into a video. */
public interface VideoDecoder {
    /** {@return pixels that a latent stands for, each way} */
    int spatialRatio();

    /** {@return frames that a latent frame behind the first stands for} */
    int temporalRatio();

    /** {@return channels of a latent} */
    int latentChannels();

    /**
     * {@return how to decode {@code [frames, height, width]} latents: in one piece if that takes at
     * most {@code limit} bytes of workspace, otherwise in tiles}
     *
     * @param frames latent frames
     * @param height of the latents
     * @param width of the latents
     * @param limit bytes of workspace
     */
    VaePlan planDecode(int frames, int height, int width, long limit);

    /**
     * Fills a clip with the video that latents stand for, clamped to 0..1.
     *
     * @param plan that planDecode made
     * @param workspace with room for {@code plan}
     * @param latents F32 [T, h, w, C], readable to the workspace's operations and already divided
     *     by the scaling factor
     * @param out of as many frames as the latents stand for
     * @param listener told how far it is and what is to be known; may cancel
     * @throws CancelledException if the listener asks for it
     */
    void decode(VaePlan plan, Workspace workspace, Tensor latents, Clip out, StepListener listener);

    /**
     * Asks of {@code workspace} what {@link #decode} would, for plans.
     *
     * @param plan that planDecode made
     * @param workspace with room for the plan
     * @param latents F32 [T, h, w, C]
     */
    void rehearseDecode(VaePlan plan, Workspace workspace, Tensor latents);

    /**
     * Fills {@code clip}, planned as every request is; rehearses that if there is none.
     *
     * @param workspace with room for the plan
     * @param latents F32 [T, h, w, C]
     * @param clip takes the frames; none to rehearse
     * @param listener told how far it is and what is to be known; may cancel
     */
    default void decode(
            Workspace workspace, Tensor latents, @Nullable Clip clip, StepListener listener) {
        VaePlan plan =
                planDecode(
                        latents.size(0), latents.size(1), latents.size(2), VaePlan.WORKSPACE_LIMIT);
        if (clip == null) {
            rehearseDecode(plan, workspace, latents);
        } else {
            decode(plan, workspace, latents, clip, listener);
        }
    }
}
