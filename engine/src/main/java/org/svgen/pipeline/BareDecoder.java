package org.svgen.pipeline;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.WeightSource;
import org.svgen.cogvideox.CogVideoXBareDecoder;
import org.svgen.hunyuan.HunyuanBareDecoder;
import org.svgen.pipeline.BareDenoiser.Video;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Workspace;

/** An autoencoder's decoder without the rest of a pipeline, to be measured by itself. */
public interface BareDecoder {
    /**
     * @param config an autoencoder's {@code config.json}
     * @throws BadInputException if it is of a class that we cannot run
     */
    static BareDecoder load(Config config, WeightSource weights) {
        return switch (config.className()) {
            case "AutoencoderKLCogVideoX" -> new CogVideoXBareDecoder(config, weights);
            case "AutoencoderKLHunyuanVideo" -> new HunyuanBareDecoder(config, weights);
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
     * @param clip to be filled, of the video's size; none to ask of {@code workspace} what that
     *     would take, for plans
     * @throws BadInputException if the model cannot make videos of that size
     */
    void decode(Workspace workspace, Video video, @Nullable Clip clip, StepListener listener);
}
