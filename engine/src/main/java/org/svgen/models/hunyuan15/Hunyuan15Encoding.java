package org.svgen.models.hunyuan15;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.models.hunyuan15.Hunyuan15Prompt.Branch;
import org.svgen.models.hunyuan15.Hunyuan15TextEncoders.Embeds;
import org.svgen.pipeline.Stage;
import org.svgen.run.Encoding;
import org.svgen.run.Numbers;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vision.SiglipVisionEncoder;

/** The stages in which texts and a picture are encoded. What they give is F32 in host memory. */
final class Hunyuan15Encoding {
    /** Tokens of a picture are made apart from its latents. */
    static final Stage SEEN = new Stage(Stage.Kind.IMAGE, "tokens");

    private Hunyuan15Encoding() {}

    /** {@return what encoders make of each of a request's texts, in the order of its branches} */
    static List<Embeds> texts(Encoding encoding, Checkpoint checkpoint, Hunyuan15Prompt prompt) {
        return encoding.stage(
                Stage.TEXT,
                memory -> Hunyuan15TextEncoders.load(checkpoint, memory),
                (encoders, ws) -> texts(encoders, ws, encoding, prompt),
                Hunyuan15Encoding::numbers);
    }

    private static List<Embeds> texts(
            Hunyuan15TextEncoders encoders,
            Workspace ws,
            Encoding encoding,
            Hunyuan15Prompt prompt) {
        List<Embeds> made = new ArrayList<>();
        int count = prompt.branches().size();
        encoding.listener().progress(Stage.TEXT, 0, count);
        for (Branch branch : prompt.branches()) {
            made.add(embeds(encoders, ws, encoding.host(), branch));
            encoding.listener().progress(Stage.TEXT, made.size(), count);
        }
        return made;
    }

    static Embeds embeds(Hunyuan15TextEncoders encoders, Workspace ws, Arena host, Branch branch) {
        try (var _ = ws.scope()) {
            int width = encoders.qwen().config().width();
            Tensor text = ws.allocate(DType.F32, branch.textRows(), width);
            encoders.encode(ws, branch.text(), text);
            Optional<Tensor> glyphs =
                    branch.glyphs()
                            .map(tokens -> {
                                int glyphWidth = encoders.glyphs().config().width();
                                Tensor out = ws.allocate(DType.F32, tokens.used(), glyphWidth);
                                encoders.encodeGlyphs(ws, tokens, out);
                                return ws.toHost(out, host);
                            });
            return new Embeds(ws.toHost(text, host), glyphs);
        }
    }

    private static Numbers numbers(List<Embeds> made) {
        List<Tensor> all = new ArrayList<>();
        for (Embeds embeds : made) {
            all.add(embeds.text());
            embeds.glyphs().ifPresent(all::add);
        }
        return Numbers.of(all.toArray(Tensor[]::new));
    }

    /**
     * What the image encoder sees of a picture, in a stage of its own.
     *
     * @param picture host F32 [H, W, 3] in 0..1, resized to the video's height and width as
     *     diffusers does it; not looked at in a rehearsal
     * @return host F32 [tokens, Di]
     */
    static Tensor picture(
            Encoding encoding, Checkpoint checkpoint, Hunyuan15Sight sight, Tensor picture) {
        return encoding.stage(
                SEEN,
                memory -> sight.encoder(checkpoint, memory),
                (encoder, ws) -> seen(encoder, ws, encoding, sight, picture),
                Numbers::of);
    }

    private static Tensor seen(
            SiglipVisionEncoder encoder,
            Workspace ws,
            Encoding encoding,
            Hunyuan15Sight sight,
            Tensor picture) {
        int side = sight.config().side();
        encoding.listener().progress(SEEN, 0, 1);
        Tensor out = ws.allocate(DType.F32, sight.config().tokens(), sight.config().width());
        try (Arena arena = Arena.ofShared();
                var _ = ws.scope()) {
            Tensor pixels =
                    encoding.stages().rehearsal()
                            ? Tensor.zeros(arena, DType.F32, 3, side, side)
                            : sight.picture().pixels(arena, picture);
            encoder.encode(ws, ws.copyOf(pixels), out);
        }
        encoding.listener().progress(SEEN, 1, 1);
        return ws.toHost(out, encoding.host());
    }
}
