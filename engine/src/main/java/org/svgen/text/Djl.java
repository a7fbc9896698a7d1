package org.svgen.text;

import ai.djl.util.Utils;
import java.nio.file.FileSystemException;
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
            throw notLoaded(e);
        } catch (RuntimeException e) {
            if (root(e) instanceof FileSystemException || root(e) instanceof LinkageError) {
                throw notLoaded(e); // no file of the model: those were read before
            }
            throw new BadInputException("%s: the tokenizer says: %s".formatted(file, reason(e)), e);
        }
    }

    private static SvgenException notLoaded(Throwable e) {
        return new SvgenException(
                "the native tokenizer library cannot be unpacked to and loaded from %s, which DJL_CACHE_DIR names: %s: %s"
                        .formatted(
                                Utils.getCacheDir(),
                                root(e).getClass().getSimpleName(),
                                reason(root(e))),
                e);
    }

    private static Throwable root(Throwable e) {
        Throwable cause = e.getCause();
        return cause == null || cause == e ? e : root(cause);
    }

    private static String reason(Throwable e) {
        return Untrusted.oneLine(String.valueOf(e.getMessage()).strip());
    }
}
