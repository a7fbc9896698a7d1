package org.svgen.models.wan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.run.Encoding;
import org.svgen.run.FirstFrame;
import org.svgen.run.Numbers;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.Frames;
import org.svgen.vae.VideoEncoder;
import org.svgen.vision.ClipVisionEncoder;

/** What the transformer is told of a request's pictures (diffusers: {@code prepare_latents}). */
record WanImage(WanComponents parts, Request request, WanSize size, Encoding encoding) {
    /** Tokens of the pictures are made apart from their latents. */
    private static final Stage SEEN = new Stage(Stage.Kind.IMAGE, "tokens");

    private List<Tensor> pictures() {
        return Stream.of(request.image(), request.lastImage()).filter(Objects::nonNull).toList();
    }

    /** What the image encoder sees: host F32 [tokens, Di]; nothing without an encoder. */
    @Nullable Tensor tokens() {
        WanComponents.Sight sight = parts.sight();
        return sight == null
                ? null
                : encoding.stage(
                        SEEN,
                        memory -> parts.pictureEncoder(sight, memory),
                        (encoder, ws) -> tokens(sight, encoder, ws),
                        Numbers::of);
    }

    private Tensor tokens(
            WanComponents.Sight sight, ClipVisionEncoder encoder, Workspace workspace) {
        List<Tensor> pictures = pictures();
        int each = sight.config().tokens();
        Tensor out =
                workspace.allocate(
                        DType.F32, (long) pictures.size() * each, sight.config().width());
        encoding.listener().progress(SEEN, 0, pictures.size());
        for (int i = 0; i < pictures.size(); i++) {
            try (Arena arena = Arena.ofShared();
                    var _ = workspace.scope()) {
                Tensor pixels = pixels(sight, arena, pictures.get(i));
                encoder.encode(
                        workspace,
                        workspace.copyOf(pixels),
                        out.rows((long) i * each, (i + 1L) * each));
            }
            encoding.listener().progress(SEEN, i + 1, pictures.size());
        }
        return workspace.toHost(out, encoding.host());
    }

    private Tensor pixels(WanComponents.Sight sight, Arena arena, Tensor picture) {
        int side = sight.config().imageSize();
        return encoding.stages().rehearsal()
                ? Tensor.zeros(arena, DType.F32, 3, side, side)
                : sight.picture().pixels(arena, picture);
    }

    /**
     * Channels beside the latents, host F32 [mask and latents, F, H, W]: which frames are given,
     * one channel for each frame that a latent stands for, then the latents of a video of the given
     * pictures, grey between them.
     */
    Tensor channels() {
        return stage((encoder, workspace) -> {
            int mask = parts.vae().temporalRatio();
            int latents = parts.vae().latentChannels();
            Tensor made =
                    Tensor.zeros(
                            encoding.host(),
                            DType.F32,
                            mask + latents,
                            size.frames(),
                            size.height(),
                            size.width());
            for (int c = 0; c < mask; c++) {
                fillWithOnes(made.get(c).get(0));
            }
            if (request.lastImage() != null) {
                fillWithOnes(made.get(mask - 1).get(size.frames() - 1));
            }
            encode(encoder, workspace, request.frames(), made.rows(mask, mask + latents));
            return made;
        });
    }

    private static void fillWithOnes(Tensor plane) {
        MemorySegment values = plane.host();
        for (long i = 0; i < plane.elements(); i++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, 1);
        }
    }

    /** Latents of the given first frame, host F32 [C, 1, H, W]; nothing if none is given. */
    @Nullable Tensor firstFrame() {
        return request.image() == null
                ? null
                : stage((encoder, workspace) -> {
                    Tensor made =
                            Tensor.zeros(
                                    encoding.host(),
                                    DType.F32,
                                    parts.vae().latentChannels(),
                                    1,
                                    size.height(),
                                    size.width());
                    encode(encoder, workspace, 1, made);
                    return made;
                });
    }

    private Tensor stage(BiFunction<VideoEncoder, Workspace, Tensor> work) {
        return encoding.stages()
                .run(Stage.IMAGE, parts.activation(), parts::encoder, work, Numbers::of);
    }

    /**
     * The most likely latents of a video of the given pictures, as the transformer knows latents.
     *
     * @param out host F32 [C, f, h, w]
     */
    private void encode(VideoEncoder encoder, Workspace workspace, int frames, Tensor out) {
        try (Arena arena = Arena.ofShared()) {
            Frames video =
                    new WanGivenFrames(
                            Shape.of(frames, request.height(), request.width(), 3),
                            fitting(request.image(), arena),
                            fitting(request.lastImage(), arena));
            Tensor mean =
                    encoder.encode(
                                    workspace,
                                    video,
                                    arena,
                                    (done, total) ->
                                            encoding.listener().progress(Stage.IMAGE, done, total))
                            .mean();
            if (!encoding.stages().rehearsal()) {
                normalise(mean, out);
            }
        }
    }

    /** The picture at the video's size, in -1..1. */
    private @Nullable Tensor fitting(@Nullable Tensor picture, Arena arena) {
        if (picture == null || encoding.stages().rehearsal()) {
            return null;
        }
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

    /** From [f, h, w, C] to [C, f, h, w]. */
    private void normalise(Tensor mean, Tensor out) {
        float[] means = parts.vae().latentsMean();
        float[] deviations = parts.vae().latentsStd();
        int channels = means.length;
        long places = mean.elements() / channels;
        MemorySegment from = mean.host();
        MemorySegment to = out.host();
        for (int c = 0; c < channels; c++) {
            float factor = 1 / deviations[c];
            for (long p = 0; p < places; p++) {
                float value = from.getAtIndex(ValueLayout.JAVA_FLOAT, p * channels + c);
                to.setAtIndex(
                        ValueLayout.JAVA_FLOAT_UNALIGNED,
                        c * places + p,
                        (value - means[c]) * factor);
            }
        }
    }
}
