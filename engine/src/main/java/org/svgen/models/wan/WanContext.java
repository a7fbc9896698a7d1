package org.svgen.models.wan;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * What cross-attention looks at, the same in all steps: text and picture, embedded, for each branch
 * of guidance.
 *
 * @param text [branches, text tokens, C]
 * @param picture [branches, picture tokens, C], for models that look at one
 */
record WanContext(Tensor text, @Nullable Tensor picture) {

    /**
     * Lives as long as the enclosing scope of the workspace.
     *
     * @param texts host F32, each [text tokens, Dt]
     * @param picture host F32 [picture tokens, Di]
     */
    static WanContext of(
            WanTransformer model,
            Workspace workspace,
            List<Tensor> texts,
            @Nullable Tensor picture) {
        int width = model.config().width();
        int branches = texts.size();
        WanEmbedder embedder = model.embedder();
        Tensor text = workspace.allocate(branches, texts.getFirst().size(0), width);
        for (int b = 0; b < branches; b++) {
            try (var _ = workspace.scope()) {
                embedder.text().apply(workspace, workspace.copyOf(texts.get(b)), text.get(b));
            }
        }
        WanPictureEmbedder pictures = embedder.picture();
        if (pictures == null) {
            return new WanContext(text, null);
        }
        Tensor seen = Objects.requireNonNull(picture, "this model looks at a picture");
        Tensor embedded = workspace.allocate(branches, seen.size(0), width);
        try (var _ = workspace.scope()) {
            Tensor tokens = workspace.copyOf(seen);
            for (int b = 0; b < branches; b++) {
                pictures.apply(workspace, tokens, embedded.get(b));
            }
        }
        return new WanContext(text, embedded);
    }

    int branches() {
        return text.size(0);
    }
}
