package org.svgen.models.hunyuan15;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.guidance.GuiderRules;
import org.svgen.pipeline.Request;
import org.svgen.run.Denoiser;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/** A denoiser that is told random numbers, to be measured. */
final class Hunyuan15Trial {
    /** Tokens of a long prompt. */
    private static final int PROMPT = 200;

    /** Tokens that the image encoder makes of a picture. */
    private static final int PICTURE = 729;

    private Hunyuan15Trial() {}

    /** One branch of guidance, as each is computed by itself; pictures where the model has them. */
    static Denoiser begin(Hunyuan15Transformer model, Request request, Workspace workspace) {
        Hunyuan15Config c = model.config();
        Hunyuan15Size size = Hunyuan15Size.of(request);
        try (Arena arena = Arena.ofConfined()) {
            Hunyuan15Told.Text text =
                    new Hunyuan15Told.Text(random(arena, PROMPT, c.textDim()), null);
            Hunyuan15Told told =
                    new Hunyuan15Told(
                            List.of(text),
                            c.picture() ? random(arena, PICTURE, c.pictureDim()) : null,
                            c.picture()
                                    ? random(
                                            arena,
                                            c.inChannels() - c.outChannels(),
                                            size.frames(),
                                            size.height(),
                                            size.width())
                                    : null);
            return Hunyuan15Denoiser.of(
                    model, size, told, GuiderRules.classifierFree(1), time -> 0, workspace);
        }
    }

    private static Tensor random(Arena arena, long... dims) {
        Tensor drawn = Tensor.zeros(arena, DType.F32, dims);
        new TorchRandom(1).normal(drawn);
        return drawn;
    }
}
