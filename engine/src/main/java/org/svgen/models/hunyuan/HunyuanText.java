package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Weight;
import org.svgen.text.ClipConfig;
import org.svgen.text.ClipTextEncoder;
import org.svgen.text.LlamaConfig;
import org.svgen.text.LlamaEncoder;
import org.svgen.text.LlavaConfig;
import org.svgen.text.LlavaEncoder;
import org.svgen.text.Tokens;

/**
 * The two text encoders: one embedding a token from Llama, which may see a picture, and one for the
 * whole text from CLIP.
 *
 * @param llava what sees the picture, and has {@code llama} within it
 */
record HunyuanText(LlamaEncoder llama, @Nullable LlavaEncoder llava, ClipTextEncoder clip) {
    static final String LLAMA = "text_encoder";

    /** Llama's last layers are about the next word, not about the text. */
    private static final int SKIPPED_LAYERS = 2;

    static HunyuanText load(Checkpoint checkpoint, WeightMemory memory) {
        Config config = checkpoint.config(LLAMA);
        WeightSource weights = checkpoint.weights(LLAMA, memory, DType.F32);
        LlavaEncoder llava =
                LlavaConfig.CLASSES.contains(config.className())
                        ? LlavaEncoder.load(LlavaConfig.read(config), weights, SKIPPED_LAYERS)
                        : null;
        return new HunyuanText(
                llava == null
                        ? LlamaEncoder.load(LlamaConfig.read(config), weights, SKIPPED_LAYERS)
                        : llava.llama(),
                llava,
                ClipTextEncoder.load(
                        ClipConfig.read(checkpoint.config("text_encoder_2")),
                        checkpoint.weights("text_encoder_2", memory, DType.F32)));
    }

    /**
     * @throws BadInputException if a width does not agree with the transformer's
     */
    void require(HunyuanConfig c, Checkpoint checkpoint) {
        require(checkpoint, "text_embed_dim", c.textEmbedDim(), llama.config().width());
        require(checkpoint, "pooled_projection_dim", c.pooledDim(), clip.config().width());
    }

    private static void require(Checkpoint checkpoint, String key, int expected, int found) {
        if (expected != found) {
            throw new BadInputException(
                    "%s: %s is %d, the text encoder's hidden_size %d: they do not belong together"
                            .formatted(
                                    checkpoint.file("transformer", "config.json"),
                                    key,
                                    expected,
                                    found));
        }
    }

    /**
     * @param prompt of the whole template, {@link PromptTemplate#MAX_TOKENS}
     * @param whole CLIP's tokens
     * @param rotary type that Llama's rotary frequencies are rounded to
     * @param embeds F32 [{@link PromptTemplate#PROMPT_TOKENS}, Dt]
     * @param pooled F32 [1, Dp]
     */
    void encode(
            Workspace workspace,
            Tokens prompt,
            Tokens whole,
            DType rotary,
            Tensor embeds,
            Tensor pooled) {
        int n = prompt.ids().length;
        try (var _ = workspace.scope()) {
            Tensor hidden = workspace.allocate(DType.F32, n, llama.config().width());
            llama.encode(workspace, prompt.ids(), prompt.used(), rotary, hidden);
            workspace.ops().convert(hidden.rows(PromptTemplate.CROP, n), embeds);
        }
        clip.encode(workspace, whole.ids(), pooled);
    }

    /**
     * As above, with a picture in the prompt.
     *
     * @param pixels host F32 [3, S, S], as the image processor gives them
     * @param embeds F32 [rows of {@code prompt}, Dt]
     */
    void encode(
            Workspace workspace,
            PicturePrompt prompt,
            Tensor pixels,
            Tokens whole,
            DType rotary,
            Tensor embeds,
            Tensor pooled) {
        int n = prompt.ids().length;
        int rows = prompt.rows().length;
        try (var _ = workspace.scope();
                Arena arena = Arena.ofConfined()) {
            Tensor hidden = workspace.allocate(DType.F32, n, llama.config().width());
            Objects.requireNonNull(llava, "an encoder that sees")
                    .encode(
                            workspace,
                            prompt.ids(),
                            workspace.copyOf(pixels),
                            PicturePrompt.IMAGE,
                            rotary,
                            hidden);
            Tensor chosen = workspace.copyOf(Tensor.of(arena, prompt.rows(), rows));
            workspace.ops().embedding(chosen, Weight.of(hidden), embeds);
        }
        clip.encode(workspace, whole.ids(), pooled);
    }
}
