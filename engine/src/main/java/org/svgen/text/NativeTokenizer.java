package org.svgen.text;

import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.ClosedException;

/**
 * A tokenizer of DJL's and the only way to it: its library ends the JVM if it is used after it was
 * closed, or closed twice.
 */
final class NativeTokenizer<T extends AutoCloseable> implements AutoCloseable {
    private final Path file;
    private @Nullable T tokenizer; // null once it is closed

    private NativeTokenizer(Path file, T tokenizer) {
        this.file = file;
        this.tokenizer = tokenizer;
    }

    /**
     * @param file what {@code open} reads, for messages
     */
    static <T extends AutoCloseable> NativeTokenizer<T> open(Path file, Supplier<T> open) {
        return new NativeTokenizer<>(file, Djl.call(file, open));
    }

    /**
     * Uses it, one thread at a time.
     *
     * @throws ClosedException if it is closed
     */
    synchronized <R> R use(Function<T, R> work) {
        T open = tokenizer;
        if (open == null) {
            throw new ClosedException("the tokenizer of " + file);
        }
        return Djl.call(file, () -> work.apply(open));
    }

    /** Waits until nobody uses it; closing twice does nothing more. */
    @Override
    public synchronized void close() {
        T open = tokenizer;
        tokenizer = null;
        if (open != null) {
            Djl.call(file, () -> closed(open));
        }
    }

    private static boolean closed(AutoCloseable open) {
        try {
            open.close();
            return true;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e); // DJL's throw none
        }
    }
}
