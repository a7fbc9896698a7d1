package org.svgen.bench;

import java.util.Locale;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** What activations are computed in. */
final class DtypeOption {
    @Option(names = "--dtype", description = "auto, or f32 to compute in f32 on a GPU too.")
    String dtype = "auto";

    /**
     * True if it is f32 on every device, false if each device has its own.
     *
     * @throws BadInputException if the option is neither auto nor f32
     */
    boolean f32() {
        return switch (dtype.toLowerCase(Locale.ROOT)) {
            case "auto" -> false;
            case "f32" -> true;
            default ->
                    throw new BadInputException(
                            "--dtype: expected auto or f32, found '%s'".formatted(dtype));
        };
    }
}
