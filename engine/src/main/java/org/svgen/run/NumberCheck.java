package org.svgen.run;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.DType;
import org.svgen.tensor.Message;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/**
 * Holds what a stage hands on to be numbers, and says what may be the reason if they are not. The
 * denoiser says that itself, step by step ({@link FiniteCheck}).
 *
 * @param checkpoint whose weights were used
 * @param given initial noise that the request brought
 */
record NumberCheck(Checkpoint checkpoint, @Nullable Tensor given) {

    /**
     * @throws NonFiniteException with the number of values that are NaN or infinite, if any
     */
    void require(Stage stage, Numbers made) {
        if (made.bad() > 0) {
            throw new NonFiniteException(
                    "%s: %d of %d values are NaN or infinite"
                            .formatted(stage.text(), made.bad(), made.all()));
        }
    }

    /** One line for the user. */
    SvgenException explained(Stage stage, DType activation, NonFiniteException e) {
        return new SvgenException(
                Message.of(
                        "%s; no video was made; %s",
                        String.valueOf(e.getMessage()), reason(stage, activation)),
                e);
    }

    private Message reason(Stage stage, DType activation) {
        long brought = given == null ? 0 : Numbers.of(given).bad();
        if (brought > 0) {
            return Message.of("%s: %d such values were given", Fields.LATENTS, brought);
        }
        String weights = "the reason may be damaged weights (%s)".formatted(folders(stage));
        return activation == DType.F32
                ? Message.plain(weights)
                : Message.of(
                        "%s, or numbers too large for %s: try %s f32",
                        weights, activation, Rules.DTYPE.field());
    }

    /** Where the weights of a stage are. */
    private String folders(Stage stage) {
        List<String> read =
                switch (stage.kind()) {
                    case TEXT -> List.of("text_encoder");
                    case IMAGE -> List.of("vae", "image_encoder");
                    case DECODE -> List.of("vae");
                    case DENOISE, WRITE -> List.of("transformer");
                };
        return checkpoint.components().keySet().stream()
                .filter(name -> read.stream().anyMatch(name::startsWith))
                .map(name -> checkpoint.folder().resolve(name).toString())
                .collect(Collectors.joining(", "));
    }
}
