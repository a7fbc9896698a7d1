package org.svgen.cli;

import java.util.Locale;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import picocli.CommandLine.Option;

/** What makes the video. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "DIR|NAME|ORG/NAME",
            defaultValue = "demo",
            description =
                    "A folder in diffusers' layout, a built-in model (see 'svgen models'), or ORG/NAME"
                            + " or ORG/NAME@REVISION on the Hugging Face hub, downloaded if it is not"
                            + " here yet (see 'svgen pull'). A folder of that name is taken first."
                            + " Default: ${DEFAULT-VALUE}.")
    String model = "demo";

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda[:N]",
            defaultValue = "auto",
            description =
                    "Where to compute. Default: ${DEFAULT-VALUE}, the fastest there is that has been"
                            + " verified in full; NVIDIA GPUs are not yet: ask for cuda.")
    String device = "auto";

    @Option(
            names = "--dtype",
            paramLabel = "auto|f32|bf16",
            defaultValue = "auto",
            description =
                    "The type of noise, latents and weights. Default: ${DEFAULT-VALUE}, which is f32 on a CPU.")
    String dtype = "auto";

    /**
     * @throws BadInputException if {@code --dtype} is unknown
     */
    DType dtype() {
        return switch (dtype.toLowerCase(Locale.ROOT)) {
            case "auto", "f32" -> DType.F32;
            case "bf16" -> DType.BF16;
            default ->
                    throw new BadInputException(
                            "--dtype: expected auto, f32 or bf16, found '%s'".formatted(dtype));
        };
    }
}
