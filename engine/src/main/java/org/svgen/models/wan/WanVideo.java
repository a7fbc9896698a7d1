package org.svgen.models.wan;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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

/** What Wan does for one request. */
record WanVideo(
        WanModel model, Request request, WanSize size, WanGuidance guidance, WanPrompt prompt)
        implements VideoParts<WanTold> {
    private WanComponents parts() {
        return model.parts();
    }

    @Override
    public long[] latentDims() {
        return size.latentDims(parts().config().outChannels());
    }

    @Override
    public Plan.Tokens tokens() {
        return new Plan.Tokens(size.tokens(), 0, prompt.branches().size());
    }

    @Override
    public int tokensCut() {
        return prompt.cut();
    }

    /** Diffusers keeps Wan's latents in single precision, whatever the transformer computes in. */
    @Override
    public DType latentType(DType asked) {
        return DType.F32;
    }

    @Override
    public WanTold condition(Encoding encoding) {
        Tensor texts =
                encoding.stages()
                        .run(
                                Stage.TEXT,
                                parts().activation(),
                                parts()::textEncoder,
                                (encoder, ws) -> texts(encoder, ws, encoding),
                                Numbers::of);
        WanImage image = new WanImage(parts(), request, size, encoding);
        return new WanTold(
                IntStream.range(0, texts.size(0)).mapToObj(texts::get).toList(),
                image.tokens(),
                parts().kind().joinsChannels() ? image.channels() : null,
                parts().kind().expandTimesteps() ? image.firstFrame() : null);
    }

    private Tensor texts(T5Encoder encoder, Workspace workspace, Encoding encoding) {
        int branches = prompt.branches().size();
        Tensor embeds =
                workspace.allocate(
                        DType.F32, branches, WanPrompt.TOKENS, parts().config().textDim());
        encoding.listener().progress(Stage.TEXT, 0, branches);
        for (int i = 0; i < branches; i++) {
            encoder.encodeUsed(workspace, prompt.branches().get(i), embeds.get(i));
            encoding.listener().progress(Stage.TEXT, i + 1, branches);
        }
        return workspace.toHost(embeds, encoding.host());
    }

    @Override
    public List<Expert<WanTold, ?>> experts(double[] timesteps) {
        int all = timesteps.length;
        if (parts().kind().boundary().isEmpty()) {
            return List.of(expert("", WanKind.HIGH, 0, all, guidance.high()));
        }
        double share =
                request.get(WanFamily.BOUNDARY).orElse(parts().kind().boundary().getAsDouble());
        double boundary = share * model.scheduler().trainTimesteps();
        int high = (int) Arrays.stream(timesteps).filter(t -> t >= boundary).count();
        return List.of(
                expert("high noise", WanKind.HIGH, 0, high, guidance.high()),
                expert("low noise", WanKind.LOW, high, all, guidance.low()));
    }

    private Expert<WanTold, WanTransformer> expert(
            String label, String component, int from, int to, double scale) {
        return new Expert<>(
                label,
                from,
                to,
                weights -> parts().transformer(component, weights, request.productsInEightBits()),
                (transformer, workspace, told) ->
                        WanDenoiser.of(transformer, latentDims(), told, scale, workspace));
    }

    /** A given first frame stays as it is: what steps made of its noise is of no use. */
    @Override
    public void settle(WanTold told, Tensor latents) {
        Tensor given = told.firstFrame();
        if (given == null) {
            return;
        }
        for (int c = 0; c < given.size(0); c++) {
            Tensor frame = given.get(c).get(0);
            MemorySegment.copy(
                    frame.host(), 0, latents.get(0).get(c).get(0).host(), 0, frame.bytes());
        }
    }

    @Override
    public VideoDecoder decoder(WeightMemory weights) {
        return parts().decoder(weights);
    }

    @Override
    public Tensor decodable(Workspace workspace, Tensor latents) {
        Ops ops = workspace.ops();
        float[] mean = parts().vae().latentsMean();
        float[] deviation = parts().vae().latentsStd();
        Tensor z =
                workspace.allocate(
                        DType.F32, size.frames(), size.height(), size.width(), mean.length);
        try (var _ = workspace.scope()) {
            Tensor planes = workspace.copyOf(latents.get(0)); // [C, F, H, W]
            Tensor ones = workspace.allocate(DType.F32, planes.get(0).shape().dims());
            ops.fill(1, ones);
            for (int c = 0; c < mean.length; c++) {
                ops.axpby(deviation[c], planes.get(c), mean[c], ones, planes.get(c));
            }
            ops.permute(planes, new int[] {1, 2, 3, 0}, z);
        }
        return z;
    }
}
