package org.svgen.models.wan;

import java.lang.foreign.Arena;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Request;
import org.svgen.run.Denoiser;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/** A denoiser that is told random numbers, to be measured. */
final class WanTrial {
    /** Rows of text that the pipelines pass, padding included. */
    private static final int TEXT_TOKENS = 512;

    /** Tokens of the picture that the pipelines pass to models without learned positions. */
    private static final int PICTURE_TOKENS = 257;

    private WanTrial() {}

    /** One branch for each text of guidance: two if the request's guidance is above 1. */
    static Denoiser begin(WanTransformer model, Request request, Workspace workspace) {
        WanConfig c = model.config();
        long[] dims = model.latentDims(request);
        int added = c.inChannels() - c.outChannels();
        try (Arena arena = Arena.ofConfined()) {
            Tensor picture =
                    c.imageDim().isEmpty()
                            ? null
                            : random(
                                    arena,
                                    c.imagePositions().orElse(PICTURE_TOKENS),
                                    c.imageDim().getAsInt());
            Tensor channels = added == 0 ? null : random(arena, added, dims[2], dims[3], dims[4]);
            return begin(model, request, workspace, arena, dims, picture, channels);
        }
    }

    private static Denoiser begin(
            WanTransformer model,
            Request request,
            Workspace workspace,
            Arena arena,
            long[] dims,
            @Nullable Tensor picture,
            @Nullable Tensor channels) {
        Tensor text = random(arena, TEXT_TOKENS, model.config().textDim());
        return WanDenoiser.of(
                model,
                dims,
                new WanTold(Collections.nCopies(2, text), picture, channels, null),
                request.guidance(),
                workspace);
    }

    private static Tensor random(Arena arena, long... dims) {
        Tensor drawn = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(1).normal(drawn);
        return drawn;
    }
}
