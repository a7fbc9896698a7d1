package org.svgen.models.cogvideox;

import java.lang.foreign.Arena;
import java.util.Objects;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.run.FirstFrame;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.vae.Frames;
import org.svgen.vae.Posterior;
import org.svgen.vae.VideoEncoder;

/** The condition of image-to-video models: the picture's latents as first frame, zeros behind. */
final class CogVideoXImage {
    private CogVideoXImage() {}

    /**
     * Draws one sample of the picture's posterior (diffusers: {@code prepare_latents}).
     *
     * @return F32 [F, C, H, W], from {@code workspace}
     */
    static Tensor condition(
            VideoEncoder encoder,
            CogVideoXVaeConfig config,
            Request request,
            CogVideoXSize size,
            Workspace workspace,
            TorchRandom random,
            StepListener listener) {
        Ops ops = workspace.ops();
        int channels = config.latentChannels();
        int h = size.height();
        int w = size.width();
        Tensor out = workspace.allocate(DType.F32, size.latentFrames(), channels, h, w);
        ops.fill(0, out);
        try (var _ = workspace.scope();
                Arena host = Arena.ofShared()) {
            Tensor image = Objects.requireNonNull(request.image(), "image");
            Tensor picture =
                    FirstFrame.of(image, request.width(), request.height(), host, listener);
            Tensor pixels = workspace.allocate(DType.F32, 1, request.height(), request.width(), 3);
            Tensor one = workspace.allocate(DType.F32, pixels.shape().dims());
            ops.fill(1, one);
            ops.axpby(2, workspace.copyOf(picture), -1, one, pixels);
            Posterior posterior =
                    encoder.encode(
                            workspace,
                            Frames.of(pixels),
                            host,
                            (done, total) -> listener.progress(Stage.IMAGE, done, total));
            float[] latents =
                    sample(
                            posterior.mean().toFloats(),
                            posterior.logVariance().toFloats(),
                            channels,
                            random);
            double factor = config.scalingFactor();
            float scale = (float) (config.invertScaleLatents() ? 1 / factor : factor);
            for (int i = 0; i < latents.length; i++) {
                latents[i] *= scale;
            }
            workspace.backend().write(Tensor.of(host, latents, channels, h, w), out.get(0));
        }
        return out;
    }

    /** {@code mean + exp(logVariance / 2) * noise}, from [h, w, C] to [C, h, w]. */
    private static float[] sample(
            float[] mean, float[] logVariance, int channels, TorchRandom random) {
        float[] noise = new float[mean.length];
        random.normal(noise);
        int places = mean.length / channels;
        for (int c = 0; c < channels; c++) {
            for (int p = 0; p < places; p++) {
                int from = p * channels + c;
                float deviation = (float) Math.exp(0.5f * logVariance[from]);
                noise[c * places + p] = mean[from] + deviation * noise[c * places + p];
            }
        }
        return noise;
    }
}
