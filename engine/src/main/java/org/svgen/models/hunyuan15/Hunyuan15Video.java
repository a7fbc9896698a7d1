package org.svgen.models.hunyuan15;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.guidance.GuiderRules;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.run.Encoding;
import org.svgen.run.Expert;
import org.svgen.run.VideoParts;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.VideoDecoder;

/** What HunyuanVideo-1.5 does for one request. */
record Hunyuan15Video(
        Hunyuan15Model model, Request request, Hunyuan15Size size, Hunyuan15Prompt prompt)
        implements VideoParts<Hunyuan15Told> {

    /** The folder's guider with the request's scale, which turns on one that is off. */
    static GuiderRules guider(Hunyuan15Components parts, Request request) {
        GuiderRules rules = parts.guider();
        return rules.enabled()
                ? rules.withScale(request.guidance())
                : GuiderRules.classifierFree(request.guidance());
    }

    private Hunyuan15Components parts() {
        return model.parts();
    }

    @Override
    public long[] latentDims() {
        return size.latentDims(parts().config().outChannels());
    }

    @Override
    public Plan.Tokens tokens() {
        Hunyuan15Sight sight = parts().sight();
        int picture = sight == null ? 0 : sight.config().tokens();
        int text =
                prompt.branches().stream()
                        .mapToInt(branch -> branch.textRows() + branch.glyphRows())
                        .max()
                        .orElseThrow();
        return new Plan.Tokens(size.tokens(), text + picture, prompt.branches().size());
    }

    @Override
    public int tokensCut() {
        return prompt.cut();
    }

    @Override
    public Hunyuan15Told condition(Encoding encoding) {
        List<Hunyuan15Told.Text> texts =
                Hunyuan15Encoding.texts(encoding, parts().checkpoint(), prompt).stream()
                        .map(e -> new Hunyuan15Told.Text(e.text(), e.glyphs().orElse(null)))
                        .toList();
        Hunyuan15Sight sight = parts().sight();
        return sight == null
                ? new Hunyuan15Told(texts, null, null)
                : new Hunyuan15Picture(parts(), sight, request, size, encoding).told(texts);
    }

    @Override
    public List<Expert<Hunyuan15Told, ?>> experts(double[] timesteps) {
        GuiderRules guider = guider(parts(), request);
        DoubleUnaryOperator next = time -> next(timesteps, time);
        return List.of(
                new Expert<>(
                        "",
                        0,
                        timesteps.length,
                        weights -> parts().transformer(weights, request.productsInEightBits()),
                        (transformer, workspace, told) ->
                                Hunyuan15Denoiser.of(
                                        transformer, size, told, guider, next, workspace)));
    }

    /** The time of the step behind; 0 behind the last. */
    private static double next(double[] timesteps, double time) {
        for (int i = 0; i < timesteps.length - 1; i++) {
            if (timesteps[i] == time) {
                return timesteps[i + 1];
            }
        }
        return 0;
    }

    @Override
    public VideoDecoder decoder(WeightMemory weights) {
        return parts().decoder(weights);
    }

    @Override
    public Tensor decodable(Workspace workspace, Tensor latents) {
        Tensor planes = workspace.copyOf(latents.get(0));
        Tensor z =
                workspace.allocate(
                        DType.F32, size.frames(), size.height(), size.width(), latents.size(1));
        workspace.ops().permute(planes, new int[] {1, 2, 3, 0}, z);
        workspace.ops().axpby((float) (1 / parts().vae().scalingFactor()), z, 0, z, z);
        return z;
    }
}
