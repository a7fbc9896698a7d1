package org.svgen.models.cosmos;

import java.lang.foreign.Arena;
import java.util.Collections;
import org.svgen.pipeline.Request;
import org.svgen.run.Denoiser;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/** A pass on random texts, for measurements and forecasts. */
final class CosmosTrial {
    private CosmosTrial() {}

    /** One branch for each text of guidance: two if the request's guidance is above 1. */
    static Denoiser begin(CosmosTransformer model, Request request, Workspace workspace) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor text =
                    Tensor.zeros(arena, DType.F32, CosmosPrompt.TOKENS, model.config().textDim());
            new TorchRandom(1).normal(text);
            return CosmosDenoiser.of(
                    model,
                    model.latentDims(request),
                    new CosmosTold(Collections.nCopies(2, text)),
                    request.guidance(),
                    request.fps(),
                    _ -> 1,
                    workspace);
        }
    }
}
