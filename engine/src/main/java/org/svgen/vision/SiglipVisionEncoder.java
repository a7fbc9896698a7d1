package org.svgen.vision;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.ClipBlock;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Patches;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;

/**
 * SigLIP's vision encoder, whose last hidden state describes a picture (transformers: {@code
 * SiglipVisionModel}, {@code last_hidden_state}). The head that makes one vector of it is not read.
 *
 * @param patch patch values -> width
 * @param places [tokens, width]
 */
public record SiglipVisionEncoder(
        SiglipVisionConfig config,
        Linear patch,
        Tensor places,
        List<ClipBlock> blocks,
        LayerNorm norm) {

    /**
     * Loads an encoder.
     *
     * @throws org.svgen.tensor.BadInputException if a weight is missing or has another shape than
     *     {@code config} says
     */
    public static SiglipVisionEncoder load(SiglipVisionConfig config, WeightSource weights) {
        WeightSource w =
                weights.has("vision_model.embeddings.position_embedding.weight")
                        ? weights.at("vision_model")
                        : weights;
        int width = config.width();
        int size = config.patchSize();
        int layers = config.shape().layers();
        w.blocksEnd("encoder.layers", layers);
        return new SiglipVisionEncoder(
                config,
                new Linear(
                        w.weight("embeddings.patch_embedding.weight", width, 3, size, size)
                                .reshape(width, config.patchValues()),
                        w.tensor("embeddings.patch_embedding.bias", width)),
                w.tensor("embeddings.position_embedding.weight", config.tokens(), width),
                w.layers(layers, i -> ClipBlock.load(config.shape(), w.at("encoder.layers." + i))),
                LayerNorm.load(w, "post_layernorm", width, true, config.shape().epsilon()));
    }

    /**
     * Embeds a picture.
     *
     * @param pixels F32 [3, S, S] of {@link SiglipVisionConfig#side}, as {@link SiglipPicture}
     *     prepares them
     * @param out F32 [{@link SiglipVisionConfig#tokens}, width]
     */
    public void encode(Workspace ws, Tensor pixels, Tensor out) {
        Ops ops = ws.ops();
        int tokens = config.tokens();
        int side = config.side();
        AttentionPlan plan = AttentionPlan.dense(tokens, tokens);
        try (var _ = ws.scope()) {
            Tensor x = ws.allocate(DType.F32, tokens, config.width());
            Patches patches = new Patches(Patches.Layout.FRAMES_FIRST, 1, config.patchSize());
            patch.apply(ops, patches.cut(ws, pixels.reshape(1, 3, side, side)), x);
            ops.axpby(1, x, 1, places, x);
            for (ClipBlock block : blocks) {
                block.apply(ws, x, plan);
            }
            norm.apply(ops, x, out);
        }
    }
}
