package org.svgen.models.hunyuan15;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * The text of one branch, as far as it is the same in all steps. Tokens of the picture come first,
 * then those of quoted text, then the prompt; each kind has a vector added to it.
 *
 * @param fixed F32 [n, C]: tokens of picture and quoted text; none without either
 * @param prompt F32 [m, Dt]: the prompt, still to be refined, which the time has a part in
 * @param ones F32 [m, C], to add the prompt's vector with
 * @param kinds F32 [3, C]: the vectors of prompt, quoted text and picture
 */
record Hunyuan15Text(@Nullable Tensor fixed, Tensor prompt, Tensor ones, Tensor kinds) {
    private static final int PROMPT = 0;
    private static final int GLYPHS = 1;
    private static final int PICTURE = 2;
    private static final int KINDS = 3;

    /** Lives as long as the enclosing scope of the workspace. */
    static Hunyuan15Text of(
            Hunyuan15Transformer model, Workspace workspace, Hunyuan15Told told, int branch) {
        Hunyuan15Told.Text text = told.texts().get(branch);
        Tensor kinds = workspace.allocate(DType.F32, KINDS, model.config().width());
        workspace.ops().convert(model.kinds(), kinds);
        return new Hunyuan15Text(
                fixed(model, workspace, told.picture(), text.glyphs(), kinds),
                workspace.copyOf(text.prompt()),
                ones(workspace, text.prompt().size(0), kinds),
                kinds);
    }

    private static @Nullable Tensor fixed(
            Hunyuan15Transformer model,
            Workspace workspace,
            @Nullable Tensor picture,
            @Nullable Tensor glyphs,
            Tensor kinds) {
        int pictures = picture == null ? 0 : picture.size(0);
        int count = pictures + (glyphs == null ? 0 : glyphs.size(0));
        if (count == 0) {
            return null;
        }
        Tensor fixed = workspace.allocate(DType.F32, count, kinds.size(1));
        embed(model.pictures(), workspace, picture, kinds.get(PICTURE), fixed.rows(0, pictures));
        embed(model.glyphs(), workspace, glyphs, kinds.get(GLYPHS), fixed.rows(pictures, count));
        return fixed;
    }

    private static void embed(
            Projection projection,
            Workspace workspace,
            @Nullable Tensor embeds,
            Tensor kind,
            Tensor to) {
        if (embeds == null) {
            return;
        }
        try (var _ = workspace.scope()) {
            projection.apply(workspace, workspace.copyOf(embeds), to);
            workspace.ops().addGated(ones(workspace, to.size(0), kind), kind, to);
        }
    }

    private static Tensor ones(Workspace workspace, int rows, Tensor like) {
        Tensor ones = workspace.allocate(DType.F32, rows, like.size(-1));
        workspace.ops().fill(1, ones);
        return ones;
    }

    /** How many tokens it comes to. */
    int tokens() {
        return prompt.size(0) + (fixed == null ? 0 : fixed.size(0));
    }

    /**
     * Writes the tokens that the first block sees.
     *
     * @param timeSinusoid F32 [1, channels]
     * @param out F32 [{@link #tokens}, C]
     */
    void write(Hunyuan15Transformer model, Workspace workspace, Tensor timeSinusoid, Tensor out) {
        Ops ops = workspace.ops();
        int from = tokens() - prompt.size(0);
        if (fixed != null) {
            ops.convert(fixed, out.rows(0, from));
        }
        Tensor refined = out.rows(from, tokens());
        model.refiner().apply(workspace, prompt, prompt.size(0), timeSinusoid, refined);
        ops.addGated(ones, kinds.get(PROMPT), refined);
    }
}
