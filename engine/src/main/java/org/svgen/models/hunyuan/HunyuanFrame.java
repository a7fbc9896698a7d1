package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.run.Encoding;
import org.svgen.run.FirstFrame;
import org.svgen.run.Numbers;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.Frames;
import org.svgen.vae.VideoEncoder;

/** The most likely latents of a request's picture, as the transformer knows latents. */
record HunyuanFrame(HunyuanModel model, Request request, HunyuanSize size) {

    /** In a stage of its own: host F32 [C, 1, H, W]. */
    Tensor encode(Encoding encoding, Tensor picture) {
        return encoding.stages()
                .run(
                        Stage.IMAGE,
                        model.activation(),
                        model::encoder,
                        (encoder, workspace) -> encode(encoder, workspace, encoding, picture),
                        Numbers::of);
    }

    private Tensor encode(
            VideoEncoder encoder, Workspace workspace, Encoding encoding, Tensor picture) {
        int channels = model.config().outChannels();
        Tensor made =
                Tensor.zeros(encoding.host(), DType.F32, channels, 1, size.height(), size.width());
        boolean rehearsal = encoding.stages().rehearsal();
        try (Arena arena = Arena.ofShared();
                var _ = workspace.scope()) {
            Tensor video =
                    rehearsal
                            ? workspace.allocate(DType.F32, 1, request.height(), request.width(), 3)
                            : workspace.copyOf(fitting(picture, arena, encoding));
            Tensor mean =
                    encoder.encode(
                                    workspace,
                                    Frames.of(video),
                                    arena,
                                    (done, total) ->
                                            encoding.listener().progress(Stage.IMAGE, done, total))
                            .mean();
            if (!rehearsal) {
                scale(mean, made);
            }
        }
        return made;
    }

    /** The picture at the video's size, in -1..1. */
    private Tensor fitting(Tensor picture, Arena arena, Encoding encoding) {
        float[] pixels =
                FirstFrame.inBytes(
                                picture,
                                request.width(),
                                request.height(),
                                arena,
                                encoding.listener())
                        .toFloats();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = 2 * pixels[i] - 1;
        }
        return Tensor.of(arena, pixels, 1, request.height(), request.width(), 3);
    }

    /** From [1, h, w, C] to [C, 1, h, w]. */
    private void scale(Tensor mean, Tensor out) {
        float factor = (float) model.vaeConfig().scalingFactor();
        int channels = out.size(0);
        long places = mean.elements() / channels;
        MemorySegment from = mean.host();
        MemorySegment to = out.host();
        for (int c = 0; c < channels; c++) {
            for (long p = 0; p < places; p++) {
                float value = from.getAtIndex(ValueLayout.JAVA_FLOAT, p * channels + c);
                to.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, c * places + p, value * factor);
            }
        }
    }
}
