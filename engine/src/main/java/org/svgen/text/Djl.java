package org.svgen.text;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/** What every use of DJL's tokenizers needs. */
final class Djl {
    private Djl() {}

    static {
        // DJL would fetch libraries for CUDA and report its use to its makers; both are built in
        // for the CPU and nobody's business.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    /**
     * Runs {@code work}, which opens or uses a tokenizer.
     *
     * @param file what it was read from, for messages
     */
    static <T> T call(Path file, Supplier<T> work) {
        try {
            return work.get();
        } catch (LinkageError e) {
            throw new SvgenException(
                    "the native tokenizer library cannot be loaded (it is unpacked to ~/.djl.ai): "
                            + reason(e),
                    e);
        } catch (RuntimeException e) {
            throw new BadInputException("%s: the tokenizer says: %s".formatted(file, reason(e)), e);
        }
    }

    private static String reason(Throwable e) {
        return Untrusted.oneLine(String.valueOf(e.getMessage()).strip());
    }
}
