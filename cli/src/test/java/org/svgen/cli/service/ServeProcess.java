package org.svgen.cli.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.svgen.cli.Main;

/** {@code svgen serve} as a process of its own, which can be killed. */
final class ServeProcess implements AutoCloseable {
    private static final long MOST_SECONDS = 60;
    private static final Path HOME = Path.of("").toAbsolutePath().getParent();

    private final Process process;
    private final Path log;
    private final long start = System.nanoTime();
    private final List<String> printed = new CopyOnWriteArrayList<>();
    private final CountDownLatch heard = new CountDownLatch(1);
    private volatile double secondsToUrl;

    private ServeProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
        BufferedReader out = process.inputReader();
        Thread.ofVirtual().start(() -> read(out));
    }

    private void read(BufferedReader out) {
        try (out) {
            out.lines().forEach(this::heard);
        } catch (IOException | UncheckedIOException e) {
            // It was killed.
        } finally {
            heard.countDown();
        }
    }

    private void heard(String line) {
        if (printed.isEmpty()) {
            secondsToUrl = (System.nanoTime() - start) / 1e9;
        }
        printed.add(line);
        heard.countDown();
    }

    /**
     * Starts the service; when this returns, its port answers.
     *
     * @param data folder of the service; what it says goes to a file {@code NAME.log} beside it
     * @param options of the command, behind those for folder and port
     */
    static ServeProcess start(Path data, List<String> options) {
        ServeProcess service = launch(data, options);
        if (!service.awaitUrl()) {
            throw new AssertionError(
                    "serve ended with %d: %s".formatted(service.waitFor(), service.log()));
        }
        return service;
    }

    /** The same, but returns as soon as there is a process. */
    static ServeProcess launch(Path data, List<String> options) {
        Path log = data.resolveSibling(data.getFileName() + ".log");
        try {
            return new ServeProcess(
                    new ProcessBuilder(command(data, options))
                            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start(),
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return whether its port answers; false if it ended before} */
    boolean awaitUrl() {
        try {
            heard.await();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return !printed.isEmpty();
    }

    /** What a shell would run, with this process's Java and class path. */
    static List<String> command(Path data, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.addAll(
                List.of(
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC",
                        "-Xms64m",
                        "-Xmx1g",
                        "-Djava.awt.headless=true",
                        "-Dsvgen.home=" + HOME,
                        "-cp",
                        classPath(),
                        Main.class.getName()));
        command.addAll(List.of("serve", "--data", data.toString(), "--port", "0"));
        command.addAll(options);
        return command;
    }

    /** As a process in another folder sees it. */
    private static String classPath() {
        String separator = System.getProperty("path.separator");
        return Stream.of(System.getProperty("java.class.path").split(separator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(separator));
    }

    /** Its address without a path. */
    URI url() {
        return URI.create(printed.getFirst());
    }

    /** How long it took from the start of the process to the line with its address. */
    double secondsToUrl() {
        return secondsToUrl;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it said on standard error, also before earlier restarts in the same folder. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as a power cut would, but for what the kernel holds. */
    void kill() {
        process.destroyForcibly();
        waitFor();
    }

    /** Sends SIGTERM, and does not wait. */
    void terminate() {
        process.destroy();
    }

    /** {@return its exit code} */
    int waitFor() {
        try {
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("serve does not end: " + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** {@return all lines that it wrote to standard output} */
    List<String> printed() {
        return List.copyOf(printed);
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(e);
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
