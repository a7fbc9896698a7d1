package org.svgen.models.cosmos;

import java.util.List;
import java.util.stream.IntStream;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.run.Encoding;
import org.svgen.run.Expert;
import org.svgen.run.Numbers;
import org.svgen.run.VideoParts;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.text.T5Encoder;
import org.svgen.vae.VideoDecoder;

/** What Cosmos does for one request. */
record CosmosVideo(CosmosModel model, Request request, CosmosSize size, CosmosPrompt prompt)
        implements VideoParts<CosmosTold> {
    private CosmosComponents parts() {
        return model.parts();
    }

    @Override
    public long[] latentDims() {
        return size.latentDims(parts().config().channels());
    }

    @Override
    public Plan.Tokens tokens() {
        int tokens = CosmosGrid.of(parts().config(), latentDims()).tokens();
        return new Plan.Tokens(tokens, 0, prompt.branches().size());
    }

    @Override
    public int tokensCut() {
        return prompt.cut();
    }

    /**
     * Diffusers keeps Cosmos' latents in single precision, whatever the transformer computes in.
     */
    @Override
    public DType latentType(DType asked) {
        return DType.F32;
    }

    @Override
    public CosmosTold condition(Encoding encoding) {
        Tensor texts =
                encoding.stages()
                        .run(
                                Stage.TEXT,
                                parts().activation(),
                                parts()::textEncoder,
                                (encoder, ws) -> texts(encoder, ws, encoding),
                                Numbers::of);
        return new CosmosTold(IntStream.range(0, texts.size(0)).mapToObj(texts::get).toList());
    }

    private Tensor texts(T5Encoder encoder, Workspace workspace, Encoding encoding) {
        int branches = prompt.branches().size();
        Tensor embeds =
                workspace.allocate(
                        DType.F32, branches, CosmosPrompt.TOKENS, parts().config().textDim());
        encoding.listener().progress(Stage.TEXT, 0, branches);
        for (int i = 0; i < branches; i++) {
            encoder.encodeUsed(workspace, prompt.branches().get(i), embeds.get(i));
            encoding.listener().progress(Stage.TEXT, i + 1, branches);
        }
        return workspace.toHost(embeds, encoding.host());
    }

    @Override
    public List<Expert<CosmosTold, ?>> experts(double[] timesteps) {
        return List.of(
                new Expert<>(
                        "",
                        0,
                        timesteps.length,
                        weights -> parts().transformer(weights, request.productsInEightBits()),
                        (transformer, workspace, told) ->
                                CosmosDenoiser.of(
                                        transformer,
                                        latentDims(),
                                        told,
                                        request.guidance(),
                                        request.fps(),
                                        model.scheduler()::inputScale,
                                        workspace)));
    }

    @Override
    public VideoDecoder decoder(WeightMemory weights) {
        return parts().decoder(weights);
    }

    @Override
    public Tensor decodable(Workspace workspace, Tensor latents) {
        Ops ops = workspace.ops();
        CosmosVaeConfig vae = parts().vae();
        int channels = vae.latentChannels();
        Tensor z =
                workspace.allocate(DType.F32, size.frames(), size.height(), size.width(), channels);
        try (var _ = workspace.scope()) {
            Tensor planes = workspace.copyOf(latents.get(0)); // [C, F, H, W]
            Tensor ones = workspace.allocate(DType.F32, size.height(), size.width());
            ops.fill(1, ones);
            for (int c = 0; c < channels; c++) {
                for (int f = 0; f < size.frames(); f++) {
                    Tensor plane = planes.get(c).get(f);
                    float factor = (float) (vae.deviation(c, f) / model.scheduler().data());
                    ops.axpby(factor, plane, (float) vae.mean(c, f), ones, plane);
                }
            }
            ops.permute(planes, new int[] {1, 2, 3, 0}, z);
        }
        return z;
    }
}
