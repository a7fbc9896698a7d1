package org.svgen.models;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.WeightSource;
import org.svgen.models.cogvideox.CogVideoXVae;
import org.svgen.models.hunyuan.HunyuanVae;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.StepListener;
import org.svgen.run.BareDenoiser;
import org.svgen.run.BareDenoiser.Video;
import org.svgen.run.Requests;
import org.svgen.run.VideoDecoder;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** An autoencoder's decoder without the rest of a pipeline, to be measured by itself. */
public final class BareDecoder {
    private final VideoDecoder decoder;

    private BareDecoder(VideoDecoder decoder) {
        this.decoder = decoder;
    }

    /**
     * Loads the decoder of an autoencoder.
     *
     * @param config an autoencoder's {@code config.json}
     * @param weights the weights
     * @return the decoder
     * @throws BadInputException if it is of a class that we cannot run
     */
    public static BareDecoder load(Config config, WeightSource weights) {
        return new BareDecoder(decoder(config, weights));
    }

    private static VideoDecoder decoder(Config config, WeightSource weights) {
        return switch (config.className()) {
            case "AutoencoderKLCogVideoX" -> CogVideoXVae.load(config, weights);
            case "AutoencoderKLHunyuanVideo" -> HunyuanVae.load(config, weights);
            default ->
                    throw new BadInputException(
                            "%s: expected an AutoencoderKLCogVideoX or an AutoencoderKLHunyuanVideo, found %s"
                                    .formatted(
                                            config.file(), Untrusted.oneLine(config.className())));
        };
    }

    /**
     * Decodes random latents as a pipeline would.
     *
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param video size of the video
     * @param clip to be filled, of the video's size; none to ask of {@code workspace} what that
     *     would take, for plans
     * @param listener told how far it is and what is to be known; may cancel
     * @throws BadInputException if the model cannot make videos of that size
     */
    public void decode(
            Workspace workspace, Video video, @Nullable Clip clip, StepListener listener) {
        int ratio = decoder.spatialRatio();
        Requests.requireMultiple(Fields.WIDTH, video.width(), ratio);
        Requests.requireMultiple(Fields.HEIGHT, video.height(), ratio);
        Requests.requireFrames(video.frames(), decoder.temporalRatio());
        Tensor latents =
                BareDenoiser.random(
                        workspace,
                        (video.frames() - 1) / decoder.temporalRatio() + 1,
                        video.height() / ratio,
                        video.width() / ratio,
                        decoder.latentChannels());
        decoder.decode(workspace, latents, clip, listener);
    }
}
