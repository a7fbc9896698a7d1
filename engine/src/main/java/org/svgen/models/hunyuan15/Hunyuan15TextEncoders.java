package org.svgen.models.hunyuan15;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.text.LlamaConfig;
import org.svgen.text.LlamaEncoder;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.text.Tokens;

/** The two text encoders: Qwen2.5-VL's for the prompt, ByT5 for what is quoted in it. */
record Hunyuan15TextEncoders(LlamaEncoder qwen, T5Encoder glyphs) {
    static final String QWEN = "text_encoder";
    static final String GLYPHS = "text_encoder_2";

    /** Qwen's last layers are about the next word, not about the text. */
    private static final int SKIPPED_LAYERS = 2;

    /**
     * What the encoders make of a text. Padding has no rows.
     *
     * @param text host F32 [rows, Dt]
     * @param glyphs host F32 [rows, Dg], where something is quoted
     */
    record Embeds(Tensor text, Optional<Tensor> glyphs) {}

    /**
     * @throws BadInputException if a component is of another class, a weight is missing or has
     *     another shape than the configuration says
     */
    static Hunyuan15TextEncoders load(Checkpoint checkpoint, WeightMemory memory) {
        checkpoint.requireComponent(QWEN, LlamaConfig.QWEN_CLASSES);
        checkpoint.requireComponent(GLYPHS, List.of("T5EncoderModel"));
        return new Hunyuan15TextEncoders(
                LlamaEncoder.load(
                        LlamaConfig.readQwen(checkpoint.config(QWEN)),
                        checkpoint.weights(QWEN, memory, DType.F32),
                        SKIPPED_LAYERS),
                T5Encoder.load(
                        T5Config.read(checkpoint.config(GLYPHS)),
                        checkpoint.weights(GLYPHS, memory, DType.F32),
                        DType.F32));
    }

    /**
     * @param textDim the transformer's {@code text_embed_dim}
     * @param glyphDim the transformer's {@code text_embed_2_dim}
     * @throws BadInputException if a width does not agree with the transformer's
     */
    void require(Checkpoint checkpoint, int textDim, int glyphDim) {
        require(checkpoint, "text_embed_dim", textDim, QWEN, qwen.config().width());
        require(checkpoint, "text_embed_2_dim", glyphDim, GLYPHS, glyphs.config().width());
    }

    static void require(
            Checkpoint checkpoint, String key, int expected, String component, int found) {
        if (expected != found) {
            throw new BadInputException(
                    "%s: %s is %d, the width of %s %d: they do not belong together"
                            .formatted(
                                    checkpoint.file("transformer", "config.json"),
                                    key,
                                    expected,
                                    component,
                                    found));
        }
    }

    /**
     * @param text F32 [{@link Hunyuan15Prompt.Branch#textRows}, Dt]
     */
    void encode(Workspace workspace, Tokens prompt, Tensor text) {
        int used = prompt.used();
        try (var _ = workspace.scope()) {
            Tensor hidden = workspace.allocate(DType.F32, used, qwen.config().width());
            qwen.encode(workspace, Arrays.copyOf(prompt.ids(), used), used, DType.F32, hidden);
            workspace.ops().convert(hidden.rows(Hunyuan15Template.CROP, used), text);
        }
    }

    /**
     * @param out F32 [{@link Hunyuan15Prompt.Branch#glyphRows}, Dg]
     */
    void encodeGlyphs(Workspace workspace, Tokens quoted, Tensor out) {
        glyphs.encodeUsed(workspace, quoted, out);
    }
}
