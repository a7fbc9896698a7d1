package org.svgen.models.cosmos;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.nn.TimestepEmbedding;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.DenoiserShape;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Cosmos' transformer, told what it is to show. Everything it holds lives in the enclosing scope of
 * the workspace.
 *
 * @param texts by branch of guidance, the prompt's last
 * @param guidance how far beyond the prompt's prediction it goes; 1 or less is not at all
 * @param inputScale what the network sees is the sample times, by the time
 * @param places that are added before each block; none in some models
 * @param times takes the row that the time embedding starts from: F32 [1, C]
 * @param input takes what the network sees: F32 [Cin, F, H, W]
 */
record CosmosDenoiser(
        CosmosTransformer model,
        CosmosGrid grid,
        List<Tensor> texts,
        double guidance,
        DoubleUnaryOperator inputScale,
        @Nullable Tensor places,
        CosmosRope rope,
        Tensor times,
        Tensor input,
        Workspace workspace)
        implements Denoiser {

    /**
     * @param latentDims [1, C, F, H, W]
     * @param fps frames a second
     */
    static CosmosDenoiser of(
            CosmosTransformer model,
            long[] latentDims,
            CosmosTold told,
            double guidance,
            double fps,
            DoubleUnaryOperator inputScale,
            Workspace workspace) {
        CosmosConfig c = model.config();
        CosmosGrid grid = CosmosGrid.of(c, latentDims);
        List<Tensor> texts = guidance > 1 ? told.texts() : List.of(told.texts().getLast());
        Tensor input =
                workspace.allocate(
                        DType.F32, c.inChannels(), latentDims[2], latentDims[3], latentDims[4]);
        workspace.ops().fill(0, input); // where the mask of padding is
        CosmosPlaces places = model.places();
        return new CosmosDenoiser(
                model,
                grid,
                texts.stream().map(workspace::copyOf).toList(),
                guidance,
                inputScale,
                places == null ? null : places.of(workspace, grid),
                CosmosRope.of(c, grid, fps, workspace),
                workspace.allocate(DType.F32, 1, c.width()),
                input,
                workspace);
    }

    @Override
    public DenoiserShape shape() {
        CosmosConfig c = model.config();
        return new DenoiserShape(
                grid.geometry(),
                c.layers(),
                c.heads(),
                c.headDim(),
                texts.size(),
                OfficialRules.WAN,
                true);
    }

    @Override
    public Inside inside() {
        int width = model.config().width();
        return new Inside(width, grid.tokens(), width);
    }

    /** Cosmos counts from the prompt's prediction on, others from that without it. */
    @Override
    public double guidance(double timestep) {
        return 1 + guidance;
    }

    @Override
    public void predict(
            double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out) {
        Ops ops = workspace.ops();
        float scale = (float) inputScale.applyAsDouble(timestep);
        Tensor seen = sample.get(0);
        ops.axpby(scale, seen, 0, seen, input.rows(0, seen.size(0)));
        float[] row = TimestepEmbedding.sinusoid(new double[] {timestep}, times.size(1), true, 0);
        try (Arena arena = Arena.ofConfined()) {
            workspace.backend().write(Tensor.of(arena, row, 1, row.length), times);
        }
        try (var _ = workspace.scope()) {
            CosmosTime time = model.embedder().apply(workspace, times);
            CosmosStep step = new CosmosStep(workspace, texts, time, places, rope, policy);
            model.forward(step, input, blocks, out);
        }
    }
}
