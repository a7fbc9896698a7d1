package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.models.hunyuan.HunyuanTransformer.RopeTables;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.nn.Rope3d;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.run.AttentionPolicies;
import org.svgen.run.BareDenoiser;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** HunyuanVideo's transformer, told a prompt that fills its place but for a few tokens. */
public final class HunyuanBareDenoiser implements BareDenoiser {
    private static final int PIXELS = 8; // that a latent stands for, each way
    private static final int FRAMES = 4; // that a latent frame behind the first stands for
    private static final int PROMPT = PromptTemplate.PROMPT_TOKENS * 3 / 4;
    private static final double TIME = 500;
    private static final double GUIDANCE = 6000;

    private final HunyuanTransformer model;

    public HunyuanBareDenoiser(Config config, WeightSource weights) {
        this.model = HunyuanTransformer.load(config, weights);
    }

    @Override
    public Pass begin(
            Workspace workspace,
            Arena host,
            Video video,
            AttentionSettings attention,
            StepListener listener) {
        HunyuanConfig c = model.config();
        Request request = video.request(attention);
        HunyuanSize size = HunyuanSize.of(request, c, PIXELS, FRAMES);
        VideoGeometry geometry = size.geometry(PROMPT);
        AttentionPolicy policy =
                AttentionPolicies.create(
                        attention,
                        new AttentionPolicies.Run(
                                geometry,
                                c.layers(),
                                1,
                                c.heads(),
                                request.steps(),
                                request.seed(),
                                OfficialRules.HUNYUAN),
                        workspace,
                        host,
                        listener);
        Rope3d tables = model.rope(size.frames(), size.height(), size.width());
        RopeTables rope =
                new RopeTables(
                        rows(workspace, tables.cos(), c.headDim()),
                        rows(workspace, tables.sin(), c.headDim()));
        Tensor latents = BareDenoiser.random(workspace, size.latentDims(c.inChannels())).get(0);
        Tensor out = workspace.allocate(DType.F32, latents.shape().dims());
        Text text =
                new Text(
                        BareDenoiser.random(
                                workspace, PromptTemplate.PROMPT_TOKENS, c.textEmbedDim()),
                        PROMPT,
                        BareDenoiser.random(workspace, 1, c.pooledDim()));
        Tensor time = rows(workspace, Conditioning.sinusoid(TIME), Conditioning.CHANNELS);
        Tensor guidance = rows(workspace, Conditioning.sinusoid(GUIDANCE), Conditioning.CHANNELS);
        Tensor faults = workspace.allocate(DType.I32, c.layers());
        return new Pass(
                geometry,
                policy,
                TIME,
                () ->
                        model.forward(
                                workspace, latents, text, time, guidance, rope, policy, faults,
                                out));
    }

    private static Tensor rows(Workspace workspace, float[] values, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, values.length / columns, columns));
        }
    }
}
