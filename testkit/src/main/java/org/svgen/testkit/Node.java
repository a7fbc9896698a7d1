package org.svgen.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Node and npm, for tests that need them. Where they are missing, such a test says so and is
 * skipped.
 */
public final class Node {
    private static final Duration INSTALL = Duration.ofMinutes(3);

    private static final Pattern NO_NETWORK =
            Pattern.compile(
                    "ENOTFOUND|EAI_AGAIN|TIMEDOUT|TIMEOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|E40\\d|E5\\d\\d|ENOTCACHED");

    private static final Set<StandardOpenOption> OPEN =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private Node() {}

    /** What a program did. */
    public record Done(int exitCode, String output) {}

    /** Skips the test that calls this unless Node 20 or newer and npm can be run. */
    public static void require() {
        Done version = tried(Path.of(""), Duration.ofSeconds(20), Map.of(), "node", "--version");
        boolean new20 = version.output().strip().matches("v(2\\d|[3-9]\\d)\\..*");
        Assumptions.assumeTrue(new20, "skipped: no Node 20 or newer on the PATH");
        Done npm = tried(Path.of(""), Duration.ofSeconds(20), Map.of(), "npm", "--version");
        Assumptions.assumeTrue(npm.exitCode() == 0, "skipped: no npm on the PATH");
    }

    /**
     * Copies a folder of sources, without packages that are installed there, and installs what its
     * {@code package-lock.json} names, once. Skips the test where the packages cannot be fetched.
     *
     * @param sources with package.json and package-lock.json
     * @param copy where to; other tests may use it at the same time
     * @return the copy
     */
    public static Path installed(Path sources, Path copy) {
        try {
            Files.createDirectories(copy);
            Path installed = copy.resolve(".installed");
            try (FileChannel channel = FileChannel.open(installed, OPEN);
                    FileLock held = channel.lock()) {
                refresh(sources, copy);
                String wanted = Files.readString(copy.resolve("package-lock.json"));
                if (!held.isValid() || !Files.readString(installed).equals(wanted)) {
                    fetch(copy);
                    Files.writeString(installed, wanted);
                }
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By the lock file's versions; {@code npm ci} minds optional packages that a mirror lacks. */
    private static void fetch(Path folder) {
        String[] command = {"npm", "install", "--no-save", "--no-audit", "--no-fund"};
        Done done = tried(folder, INSTALL, Map.of(), command);
        Assumptions.assumeFalse(
                done.exitCode() != 0 && NO_NETWORK.matcher(done.output()).find(),
                () -> "skipped: npm fetched no packages: " + done.output().strip());
        if (done.exitCode() != 0) {
            throw new AssertionError("npm install: " + done.output());
        }
    }

    private static void refresh(Path sources, Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.toList()) {
                Path name = sources.relativize(file);
                if (!name.startsWith("node_modules") && Files.isRegularFile(file)) {
                    Path target = copy.resolve(name.toString());
                    Files.createDirectories(target.toAbsolutePath().getParent());
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /**
     * {@return what a program did; exit code 127 where it cannot be started, 124 where it took too
     * long}
     *
     * @param folder that it runs in
     * @param most that it may take
     * @param environment beside this process's own
     * @param command the program and its arguments
     */
    public static Done tried(
            Path folder, Duration most, Map<String, String> environment, String... command) {
        try {
            Path output = Files.createTempFile("svgen-node", ".txt");
            try {
                ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
                builder.environment().putAll(environment);
                Process process =
                        builder.directory(folder.toAbsolutePath().toFile())
                                .redirectErrorStream(true)
                                .redirectOutput(output.toFile())
                                .start();
                process.getOutputStream().close();
                boolean ended = process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly().waitFor();
                }
                return new Done(ended ? process.exitValue() : 124, Files.readString(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            return new Done(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Done(130, "interrupted");
        }
    }
}
