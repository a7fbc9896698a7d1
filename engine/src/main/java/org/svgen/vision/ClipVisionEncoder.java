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
 * CLIP's vision encoder, whose last but one hidden state describes a picture (transformers: {@code
 * CLIPVisionModel}, {@code hidden_states[-2]}). The last block and the norm behind it are not read.
 *
 * @param whole [width], the token in front of the patches
 * @param patch patch values -> width
 * @param places [tokens, width]
 */
public record ClipVisionEncoder(
        ClipVisionConfig config,
        Tensor whole,
        Linear patch,
        Tensor places,
        LayerNorm norm,
        List<ClipBlock> blocks) {

    /**
     * Loads an encoder.
     *
     * @throws org.svgen.tensor.BadInputException if a weight is missing or has another shape than
     *     {@code config} says
     */
    public static ClipVisionEncoder load(ClipVisionConfig config, WeightSource weights) {
        WeightSource w =
                weights.has("vision_model.embeddings.class_embedding")
                        ? weights.at("vision_model")
                        : weights;
        int width = config.width();
        int size = config.patchSize();
        int layers = config.shape().layers();
        w.blocksEnd("encoder.layers", layers);
        return new ClipVisionEncoder(
                config,
                w.tensor("embeddings.class_embedding", width),
                new Linear(
                        w.weight("embeddings.patch_embedding.weight", width, 3, size, size)
                                .reshape(width, config.patchValues()),
                        null),
                w.tensor("embeddings.position_embedding.weight", config.tokens(), width),
                // The name is misspelt in every checkpoint.
                LayerNorm.load(w, "pre_layrnorm", width, true, config.shape().epsilon()),
                w.layers(
                        layers - 1,
                        i -> ClipBlock.load(config.shape(), w.at("encoder.layers." + i))));
    }

    /**
     * Embeds a picture.
     *
     * @param pixels F32 [3, S, S] of {@link ClipVisionConfig#imageSize}, as {@link ClipPicture}
     *     prepares them
     * @param out F32 [{@link ClipVisionConfig#tokens}, width]
     */
    public void encode(Workspace ws, Tensor pixels, Tensor out) {
        Ops ops = ws.ops();
        int tokens = config.tokens();
        int size = config.imageSize();
        AttentionPlan plan = AttentionPlan.dense(tokens, tokens);
        try (var _ = ws.scope()) {
            Tensor x = ws.allocate(DType.F32, tokens, config.width());
            Patches patches = new Patches(Patches.Layout.FRAMES_FIRST, 1, config.patchSize());
            patch.apply(ops, patches.cut(ws, pixels.reshape(1, 3, size, size)), x.rows(1, tokens));
            ops.convert(whole, x.rows(0, 1));
            ops.axpby(1, x, 1, places, x);
            norm.apply(ops, x, out);
            for (ClipBlock block : blocks) {
                block.apply(ws, out, plan);
            }
        }
    }
}
