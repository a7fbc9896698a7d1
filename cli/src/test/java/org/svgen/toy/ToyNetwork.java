package org.svgen.toy;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.DenoiserShape;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/** Each latent is a token; the second branch of a batch is told, the first is not. */
record ToyNetwork(Linear in, List<Block> blocks, Linear out) {
    static final int WIDTH = 16;
    private static final int HEADS = 2;

    static ToyNetwork load(Config config, WeightSource w) {
        return new ToyNetwork(
                Linear.load(w, "in", 4, WIDTH, true),
                w.layers(config.layers("num_layers"), i -> Block.load(w.at("blocks." + i), i)),
                Linear.load(w, "out", WIDTH, 4, true));
    }

    record Block(int layer, Linear heads) {
        static Block load(WeightSource w, int layer) {
            return new Block(layer, Linear.load(w, "heads", WIDTH, WIDTH, true));
        }

        void forward(Workspace workspace, Tensor x, AttentionPolicy policy) { // F32 [2, N, C]
            Ops ops = workspace.ops();
            try (var _ = workspace.scope()) {
                Tensor rows = workspace.allocate(2, x.size(1), HEADS, WIDTH / HEADS);
                Tensor split = workspace.allocate(2, HEADS, x.size(1), WIDTH / HEADS);
                Tensor tokens = x.reshape(2L * x.size(1), WIDTH);
                Tensor h = workspace.allocate(tokens.shape().dims());
                ops.layerNorm(tokens, null, null, 1e-6f, null, null, h);
                heads.apply(ops, h, rows.reshape(tokens.shape().dims()));
                ops.splitHeads(rows, Ops.HeadNorm.NONE, null, null, 0, split);
                policy.attend(workspace, layer, split, split, split, rows);
                ops.axpby(1, tokens, 1, rows.reshape(tokens.shape().dims()), tokens);
            }
        }
    }

    Denoiser denoiser(Workspace workspace, Tensor told, double scale, long[] dims) {
        Tensor condition = workspace.copyOf(told);
        int places = (int) (dims[3] * dims[4]);
        VideoGeometry geometry =
                new VideoGeometry((int) dims[2], places, VideoGeometry.TextPlace.NONE, 0, 0);
        return new Denoiser() {
            @Override
            public DenoiserShape shape() {
                return new DenoiserShape(
                        geometry, blocks.size(), HEADS, 1, 2, OfficialRules.WAN, true);
            }

            @Override
            public double guidance(double timestep) {
                return scale;
            }

            @Override
            public void predict(
                    double t, Tensor sample, AttentionPolicy policy, Blocks walk, Tensor result) {
                Ops ops = workspace.ops();
                int n = geometry.videoTokens();
                try (var _ = workspace.scope()) {
                    Tensor x = workspace.allocate(DType.F32, 2, n, WIDTH);
                    Tensor cells = workspace.allocate(DType.F32, n, 4);
                    ops.permute(sample.reshape(4, n), new int[] {1, 0}, cells);
                    in.apply(ops, cells, x.get(0));
                    ops.axpby((float) (1 + t / 1000), x.get(0), 0, x.get(0), x.get(1));
                    ops.addGated(x.get(0), condition.get(0), x.get(1));
                    walk.run(blocks, x, block -> block.forward(workspace, x, policy));
                    for (int b = 0; b < 2; b++) {
                        out.apply(ops, x.get(b), cells);
                        ops.permute(cells, new int[] {1, 0}, result.get(b).reshape(4, n));
                    }
                }
            }
        };
    }
}
