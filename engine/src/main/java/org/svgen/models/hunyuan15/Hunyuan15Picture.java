package org.svgen.models.hunyuan15;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Objects;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.run.Encoding;
import org.svgen.run.Numbers;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.Frames;
import org.svgen.vae.Posterior;
import org.svgen.vae.VideoEncoder;
import org.svgen.vision.ByteResize;
import org.svgen.vision.Kernel;

/**
 * What the transformer is told of a request's picture: how it is seen, and its latents (diffusers:
 * {@code encode_image}, {@code prepare_cond_latents_and_mask}).
 */
record Hunyuan15Picture(
        Hunyuan15Components parts,
        Hunyuan15Sight sight,
        Request request,
        Hunyuan15Size size,
        Encoding encoding) {
    private static final double UNSEEN = 0.01;

    Hunyuan15Told told(List<Hunyuan15Told.Text> texts) {
        try (Arena arena = Arena.ofShared()) {
            Tensor picture = fitting(arena);
            return new Hunyuan15Told(
                    texts,
                    Hunyuan15Encoding.picture(encoding, parts.checkpoint(), sight, picture),
                    encoding.stages()
                            .run(
                                    Stage.IMAGE,
                                    parts.activation(),
                                    parts::encoder,
                                    (encoder, workspace) -> channels(encoder, workspace, picture),
                                    Numbers::of));
        }
    }

    /**
     * Channels beside the latents, host F32 [C + 1, F, H, W]: the picture's latents in the first
     * frame, then 1 where a frame is given.
     */
    private Tensor channels(VideoEncoder encoder, Workspace workspace, Tensor picture) {
        int latents = parts.vae().latentChannels();
        Tensor made =
                Tensor.zeros(
                        encoding.host(),
                        DType.F32,
                        latents + 1L,
                        size.frames(),
                        size.height(),
                        size.width());
        try (Arena arena = Arena.ofShared();
                var _ = workspace.scope()) {
            Tensor pixels =
                    workspace.copyOf(picture.reshape(1, request.height(), request.width(), 3));
            Tensor ones = workspace.allocate(DType.F32, pixels.shape().dims());
            workspace.ops().fill(1, ones);
            workspace.ops().axpby(2, pixels, -1, ones, pixels);
            Posterior posterior =
                    encoder.encode(
                            workspace,
                            Frames.of(pixels),
                            arena,
                            (done, total) ->
                                    encoding.listener().progress(Stage.IMAGE, done, total));
            fill(made, posterior.mean(), latents);
        }
        return made;
    }

    /** From [1, h, w, C]. */
    private void fill(Tensor made, Tensor mean, int latents) {
        int places = size.height() * size.width();
        long each = (long) size.frames() * places;
        float scale = (float) parts.vae().scalingFactor();
        MemorySegment from = mean.host();
        MemorySegment to = made.host();
        for (int c = 0; c < latents; c++) {
            for (int p = 0; p < places; p++) {
                float value = from.getAtIndex(ValueLayout.JAVA_FLOAT, (long) p * latents + c);
                to.setAtIndex(ValueLayout.JAVA_FLOAT, c * each + p, scale * value);
            }
        }
        for (int p = 0; p < places; p++) {
            to.setAtIndex(ValueLayout.JAVA_FLOAT, latents * each + p, 1);
        }
    }

    /** The picture, resized until it covers the video's size, and cut to it around its middle. */
    private Tensor fitting(Arena arena) {
        int width = request.width();
        int height = request.height();
        if (encoding.stages().rehearsal()) {
            return Tensor.zeros(arena, DType.F32, height, width, 3);
        }
        Tensor given = Objects.requireNonNull(request.image(), "this model begins with a picture");
        int w = given.size(1);
        int h = given.size(0);
        boolean flatter = (double) width / height > (double) w / h;
        int coveringWidth = flatter ? width : Math.max(width, (int) ((long) w * height / h));
        int coveringHeight = flatter ? Math.max(height, (int) ((long) h * width / w)) : height;
        tell(w, h, (double) coveringWidth * coveringHeight / ((double) width * height));
        Tensor covering =
                new ByteResize(Kernel.LANCZOS, ByteResize.Weights.PILLOW)
                        .resize(arena, given, coveringHeight, coveringWidth);
        int left = coveringWidth / 2 - width / 2;
        int top = coveringHeight / 2 - height / 2;
        Tensor cut = Tensor.zeros(arena, DType.F32, height, width, 3);
        for (int y = 0; y < height; y++) {
            MemorySegment.copy(
                    covering.host(),
                    ((long) (top + y) * coveringWidth + left) * 3 * Float.BYTES,
                    cut.host(),
                    (long) y * width * 3 * Float.BYTES,
                    width * 3L * Float.BYTES);
        }
        return cut;
    }

    private void tell(int w, int h, double covers) {
        if (covers > 1 + UNSEEN) {
            encoding.listener()
                    .note(
                            "the image, %d x %d, is cut to the shape of the video's %d x %d: %.0f %% of it are left out"
                                    .formatted(
                                            w,
                                            h,
                                            request.width(),
                                            request.height(),
                                            100 * (1 - 1 / covers)));
        }
    }
}
