package org.svgen.bench;

import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** In what attention multiplies. */
final class AttentionDtypeOption {
    @Option(
            names = "--attention-dtype",
            paramLabel = "auto|bf16|fp8|fp8-all",
            description =
                    "In what attention multiplies: bf16 is as the layers, fp8 in 8 bits but for the"
                            + " warm-up, fp8-all there too; ${DEFAULT-VALUE} by default.")
    String attentionDtype = Precision.AUTO.toString();

    /**
     * @throws BadInputException if the option is none
     */
    Precision checked() {
        return Rules.ATTENTION_DTYPE.parse(attentionDtype);
    }

    /** {@code svg}, {@code svg in fp8}, {@code svg with a tail}. */
    static String text(AttentionSettings settings) {
        String tail = settings.hasTail() ? " with a tail" : "";
        return settings.mode() + tail + in(settings.attentionDtype());
    }

    /** {@code in fp8}; empty if it is as the layers. */
    static String in(Precision precision) {
        return precision.eightBits() ? " in " + precision : "";
    }
}
