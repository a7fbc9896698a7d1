package org.svgen.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.files.Staged;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Goldens;

/**
 * A process of its own that runs the command again and again: all of it but the model, which draws
 * at once, so that many moments of writing fit into a second. Words go to standard output.
 */
final class StormProgram {
    static final int VARIANTS = 2;
    static final List<String> FOLDERS = List.of("one", "other");
    private static final int SECONDS = 3;
    private static final long LARGEST_FILE = 500_000; // about
    private static final long ALL_FILES = 900_000;

    /** A parent unpacks it once, since who is killed removes nothing. */
    static final String MODEL =
            Objects.requireNonNullElseGet(
                    System.getProperty("svgen.test.model"),
                    () -> Goldens.folder("cogvideox-t2v-tiny").toString());

    private static final PrintStream WORDS = System.out;

    private StormProgram() {}

    /**
     * @param args what to do, the folder of the outputs, and a seed or count
     */
    public static void main(String[] args) throws Exception {
        StormTargets targets = new StormTargets(Path.of(args[1]));
        int number = Integer.parseInt(args[2]);
        switch (args[0]) {
            case "for-ever" -> forEver(targets, number);
            case "folder" -> folder(targets);
            case "default-names" -> defaultNames(targets, number);
            case "limits" -> shortOfRoom(targets, number, StormProgram::limitFiles, LARGEST_FILE);
            case "full-disk" -> shortOfRoom(targets, number, StormProgram::fill, ALL_FILES);
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.exit(0);
    }

    private static void forEver(StormTargets targets, int seed) {
        Random random = new Random(seed);
        for (int run = 0; ; run++) {
            String video = StormTargets.VIDEOS.get(run % StormTargets.VIDEOS.size());
            Cli cli = run(targets.arguments(video, random.nextInt(VARIANTS)));
            WORDS.println("run " + run + " ended with " + cli.code() + " " + cli.err());
        }
    }

    /** A folder alone, without a command, so that it is replaced hundreds of times in a second. */
    private static void folder(StormTargets targets) {
        for (int run = 0; ; run++) {
            String text = FOLDERS.get(run % FOLDERS.size());
            Staged.write(targets.folder().resolve("frames"), whole -> fill(whole, text));
            WORDS.println("wrote " + text);
        }
    }

    static void fill(Path whole, String text) throws IOException {
        Files.createDirectory(whole);
        Files.writeString(whole.resolve("frame_0000.png"), text);
        Files.writeString(whole.resolve("frame_0001.png"), text);
    }

    /** In the current folder, under names of their own; and all to the same names beside. */
    private static void defaultNames(StormTargets targets, int runs) {
        for (int run = 0; run < runs; run++) {
            String video = StormTargets.VIDEOS.get(run % StormTargets.VIDEOS.size());
            Cli named = run(targets.arguments(video, run % VARIANTS));
            List<String> unnamed = new ArrayList<>(targets.arguments(video, run % VARIANTS));
            unnamed.removeIf(word -> word.startsWith("--output") || word.startsWith("--save"));
            Cli numbered = run(unnamed);
            WORDS.println(
                    named.code() + numbered.code() == 0
                            ? "wrote " + numbered.out().strip()
                            : "FAULT " + named.err() + numbered.err());
        }
    }

    private interface Shortage {
        void set(StormTargets targets, long bytes) throws IOException;
    }

    /** What {@code run} leaves in each place if nothing hinders it, by name and variant. */
    static Map<String, Set<String>> wholes(StormTargets targets) throws IOException {
        Map<String, Set<String>> wholes = new TreeMap<>();
        for (int variant = 0; variant < VARIANTS; variant++) {
            for (String video : StormTargets.VIDEOS) {
                Cli cli = run(targets.arguments(video, variant));
                if (cli.code() != 0) {
                    throw new IOException(cli.err());
                }
            }
            targets.contents()
                    .forEach((name, hash) ->
                            wholes.computeIfAbsent(name, _ -> new HashSet<>()).add(hash));
        }
        return wholes;
    }

    private static void shortOfRoom(StormTargets targets, int seed, Shortage shortage, long most)
            throws Exception {
        Map<String, Set<String>> wholes = wholes(targets);
        Random random = new Random(seed);
        int refused = 0;
        int done = 0;
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        for (int run = 0; run < 150 && (System.nanoTime() < end || run < 12); run++) {
            String video = StormTargets.VIDEOS.get(run % StormTargets.VIDEOS.size());
            int variant = random.nextInt(VARIANTS);
            Map<String, String> before = targets.contents();
            // One run is that of a real model; its video is refused, for it is none of the others.
            List<String> words = targets.arguments(video, variant);
            boolean real = run == 5;
            long bytes = real ? 0 : room(random, run, most);
            Cli cli =
                    run(
                            real ? Pipelines::open : StormProgram::fake,
                            () -> set(shortage, targets, bytes),
                            words);
            shortage.set(targets, Long.MAX_VALUE);
            if (cli.code() == 0) {
                done++;
            } else {
                refused++;
            }
            List<String> wrong = targets.wrong(wholes, false);
            boolean told =
                    cli.code() == 0
                            || (cli.errLines().size() == 1
                                    && cli.err().startsWith("svgen: cannot write "));
            if (!wrong.isEmpty() || !told || (cli.code() != 0 && lost(before, targets))) {
                WORDS.println(
                        "FAULT with %d bytes, exit %d: %s %s"
                                .formatted(bytes, cli.code(), wrong, cli.err()));
                System.exit(1);
            }
        }
        WORDS.println("done %d refused %d".formatted(done, refused));
    }

    /** From nothing to all, often little, and enough for some. */
    private static long room(Random random, int run, long most) {
        long bytes = random.nextLong(random.nextBoolean() ? most : most / 20);
        return run % 6 == 0 ? 4 * most : bytes;
    }

    private static void set(Shortage shortage, StormTargets targets, long bytes) {
        try {
            shortage.set(targets, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean lost(Map<String, String> before, StormTargets targets)
            throws IOException {
        return !targets.contents().keySet().containsAll(before.keySet());
    }

    /** As {@code ulimit -f}: a file that grows larger cannot be written. */
    private static void limitFiles(StormTargets targets, long bytes) throws IOException {
        String limit = bytes == Long.MAX_VALUE ? "unlimited" : Long.toString(bytes);
        Process process =
                new ProcessBuilder(
                                "prlimit",
                                "--pid=" + ProcessHandle.current().pid(),
                                "--fsize=" + limit + ":")
                        .inheritIO()
                        .start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("prlimit failed");
        }
    }

    /** Leaves so many bytes of the disk. */
    private static void fill(StormTargets targets, long bytes) throws IOException {
        Path junk = targets.folder().resolve("junk");
        Files.deleteIfExists(junk);
        if (bytes == Long.MAX_VALUE) {
            return;
        }
        long free = Files.getFileStore(targets.folder()).getUsableSpace();
        try (OutputStream out = Files.newOutputStream(junk)) {
            for (long i = bytes; i < free; i += 1024) {
                out.write(new byte[1024]);
            }
        } catch (IOException e) {
            // Full is full.
        }
    }

    static Cli run(List<String> arguments) {
        return run(StormProgram::fake, () -> {}, arguments);
    }

    private static VideoPipeline fake(ModelSpec spec, Backend backend, DType activation) {
        return new FakePipeline(0, false);
    }

    private static Cli run(ModelOpener opener, Runnable beforeWriting, List<String> arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(out, err, false);
        Environment environment =
                new Environment(
                        console,
                        InputStream.nullInputStream(),
                        (folder, backend, activation) ->
                                new EventfulPipeline(
                                        opener.open(folder, backend, activation), beforeWriting),
                        new Interrupts(console::say),
                        Map.of("HF_HUB_CACHE", "/nonexistent"));
        List<String> words = new ArrayList<>(arguments);
        words.add("--device=cpu");
        words.add("--steps=1");
        words.add("--model=" + MODEL);
        int code = Main.run(environment, false, words.toArray(String[]::new));
        return new Cli(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
