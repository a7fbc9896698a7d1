package org.svgen.cogvideox;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.pipeline.BareDecoder;
import org.svgen.pipeline.BareDenoiser;
import org.svgen.pipeline.BareDenoiser.Video;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Requests;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.Workspace;
import org.svgen.tiles.VaePlan;

/** CogVideoX's autoencoder. */
public final class CogVideoXBareDecoder implements BareDecoder {
    private final CogVideoXVae vae;

    public CogVideoXBareDecoder(Config config, WeightSource weights) {
        this.vae = CogVideoXVae.load(config, weights);
    }

    @Override
    public void decode(
            Workspace workspace, Video video, @Nullable Clip clip, StepListener listener) {
        CogVideoXVaeConfig c = vae.config();
        int ratio = c.spatialRatio();
        Requests.requireMultiple("width", video.width(), ratio);
        Requests.requireMultiple("height", video.height(), ratio);
        Requests.requireFrames(video.frames(), c.temporalRatio());
        int frames = (video.frames() - 1) / c.temporalRatio() + 1;
        int height = video.height() / ratio;
        int width = video.width() / ratio;
        Tensor latents = BareDenoiser.random(workspace, frames, height, width, c.latentChannels());
        VaePlan plan = vae.planDecode(frames, height, width, VaePlan.WORKSPACE_LIMIT);
        if (clip == null) {
            vae.rehearseDecode(plan, workspace, latents);
        } else {
            vae.decode(plan, workspace, latents, clip, listener);
        }
    }
}
