package org.svgen.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where text goes. All of it passes {@link PlainText}, so that nothing that a file, a model or a
 * hub says can command the terminal; only the progress bar here does.
 */
final class Console {
    private static final String CLEAR_LINE = "\r\033[K";

    private final OutputStream terminalStream;
    private final WatchedStream results;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    /**
     * @param out results, for people and programs
     * @param err all that is said on the way, for people
     * @param terminal true if {@code err} is a terminal, where a line may be drawn again
     */
    Console(OutputStream out, OutputStream err, boolean terminal) {
        this(out, StandardCharsets.UTF_8, err, StandardCharsets.UTF_8, terminal);
    }

    private Console(
            OutputStream out,
            Charset outCharset,
            OutputStream err,
            Charset errCharset,
            boolean terminal) {
        this.terminalStream = err;
        this.results = new WatchedStream(out);
        this.out = plain(results, outCharset);
        this.err = plain(err, errCharset);
        this.terminal = terminal;
    }

    private static PrintStream plain(OutputStream to, Charset charset) {
        return new PrintStream(new PlainText(to, charset), true, StandardCharsets.UTF_8);
    }

    /** Of this process, in the charsets of its locale. */
    static Console ofProcess() {
        return new Console(
                new FileOutputStream(FileDescriptor.out),
                charset("stdout.encoding"),
                humanStream(),
                charset("stderr.encoding"),
                Boolean.getBoolean("svgen.terminal"));
    }

    /** UTF-8 where the locale has but ASCII: what reads that takes other bytes as they are. */
    private static Charset charset(String property) {
        String name = System.getProperty(property, "");
        if (name.isEmpty() || !Charset.isSupported(name)) {
            return StandardCharsets.UTF_8;
        }
        Charset found = Charset.forName(name);
        return found.equals(StandardCharsets.US_ASCII) || !found.canEncode()
                ? StandardCharsets.UTF_8
                : found;
    }

    /** The stream that the launcher names, since it filters the JVM's own; else the JVM's. */
    private static OutputStream humanStream() {
        String file = System.getProperty("svgen.stderr");
        if (file != null) {
            try {
                return new FileOutputStream(file, true);
            } catch (IOException e) {
                // Not all systems and sandboxes let a process open its own descriptors.
            }
        }
        return new FileOutputStream(FileDescriptor.err);
    }

    PrintStream out() {
        return out;
    }

    PrintStream err() {
        return err;
    }

    boolean terminal() {
        return terminal;
    }

    /** Why results could not be written; null if they were, or if nobody wants to read them. */
    @Nullable String lostOutput() {
        if (!out.checkError()) {
            return null;
        }
        return isClosedPipe() ? null : "cannot write to standard output: " + results.failure();
    }

    /** True if whoever read the results has stopped to, as {@code head} does. */
    boolean isClosedPipe() {
        return out.checkError() && results.failure().contains("Broken pipe");
    }

    /** One line for people; wipes a progress bar that may stand there. */
    synchronized void say(String line) {
        if (terminal) {
            clearLine();
        }
        err.println(PlainText.line(line));
        err.flush();
    }

    /** A line that the next one replaces; for terminals. */
    synchronized void draw(String line) {
        clearLine();
        err.print(PlainText.line(line));
        err.flush();
    }

    private void clearLine() {
        try {
            terminalStream.write(CLEAR_LINE.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // Who closed it reads nothing.
        }
    }
}
