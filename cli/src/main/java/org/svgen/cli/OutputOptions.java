package org.svgen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.files.Staged;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Where things go. Existing files that are named here are replaced. */
final class OutputOptions {
    private static final Set<String> SMALL_WORDS =
            Set.of("a", "an", "the", "on", "in", "of", "and", "with", "at", "to");
    private static final int WORDS = 4;
    private static final int LONGEST = 40;

    /** About what files take at most whose size depends on what is in them. */
    private static final long SHEET_BYTES = 4_000_000;

    private static final long REPORT_BYTES = 500_000;
    private static final long HEADER_BYTES = 10_000;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "The video: NAME.mp4, NAME.gif, or NAME/ (or no extension) for a folder of PNG"
                            + " frames. What is there is replaced, once all is done. Default: an .mp4"
                            + " here, named after the prompt and numbered, so that no file is replaced.")
    @Nullable String output;

    @Option(
            names = "--contact-sheet",
            paramLabel = "FILE.png",
            description = "Also write one picture of evenly spaced frames.")
    @Nullable Path contactSheet;

    @Option(
            names = "--heads",
            paramLabel = "FILE.png",
            description =
                    "Also write one picture of what sparse attention chose: the kind of each head by"
                            + " layer and step.")
    @Nullable Path heads;

    @Option(
            names = "--report",
            paramLabel = "FILE.json",
            description =
                    "Also write the recipe, what was planned and what happened: seconds by stage and"
                            + " step, density kept, kinds of heads by layer and step, peak memory.")
    @Nullable Path report;

    @Option(
            names = "--save-latents",
            paramLabel = "FILE.safetensors",
            description =
                    "Also write the final latents as tensor \"latents\", laid out as diffusers'"
                            + " output_type=\"latent\".")
    @Nullable Path saveLatents;

    @Option(
            names = "--save-frames",
            paramLabel = "FILE.safetensors",
            description =
                    "Also write the frames, unrounded, as tensor \"frames\" [frames, height, width,"
                            + " 3], float32 in 0..1.")
    @Nullable Path saveFrames;

    @Option(names = "--quiet", description = "Say nothing but errors and the name of the video.")
    boolean quiet;

    /**
     * Checks all that can be known before the model is loaded.
     *
     * @throws BadInputException if something cannot be written
     */
    VideoWriter check(String prompt) {
        VideoWriter writer = checkNames(prompt);
        // Any size will do to find out about the place; the true one is checked later.
        writer.check(64, 64);
        sideFiles().values().forEach(Staged::checkFile);
        return writer;
    }

    /**
     * The part of {@link #check} that does not touch the disk: for who writes nothing.
     *
     * @throws BadInputException if a name does not fit its option
     */
    VideoWriter checkNames(String prompt) {
        VideoWriter writer = writer(prompt);
        requireName("--contact-sheet", contactSheet, ".png");
        requireName("--heads", heads, ".png");
        requireName("--report", report, ".json");
        requireName("--save-latents", saveLatents, ".safetensors");
        requireName("--save-frames", saveFrames, ".safetensors");
        requireApart(writer.out());
        return writer;
    }

    /** No output may replace another; a folder of frames is replaced with all that is in it. */
    private void requireApart(Path video) {
        Path place = Inputs.place(video);
        Set<Path> seen = new HashSet<>(Set.of(place));
        for (Path file : sideFiles().values()) {
            if (!seen.add(Inputs.place(file))) {
                throw new BadInputException("%s: two outputs have this name".formatted(file));
            }
            if (Inputs.place(file).startsWith(place)) {
                throw new BadInputException(
                        "%s: expected a place outside the folder of frames, %s"
                                .formatted(file, video));
            }
        }
    }

    /**
     * Checks that outputs do not replace what is read.
     *
     * @param inputs files that the user brought, or of the model
     * @throws BadInputException naming the first that would be lost
     */
    void requireKept(VideoWriter writer, List<Path> inputs) {
        List<Path> outputs = new ArrayList<>(List.of(writer.out()));
        outputs.addAll(sideFiles().values());
        Inputs.requireKept(outputs, inputs);
    }

    private VideoWriter writer(String prompt) {
        if (output == null) {
            return VideoWriter.numbered(Path.of(""), stem(prompt));
        }
        if (output.isEmpty()) {
            throw new BadInputException("--output: expected a file name, found nothing");
        }
        return VideoWriter.to(output);
    }

    /** What is written besides the video, by option. */
    SequencedMap<String, Path> sideFiles() {
        SequencedMap<String, Path> files = new LinkedHashMap<>();
        put(files, "--contact-sheet", contactSheet);
        put(files, "--heads", heads);
        put(files, "--report", report);
        put(files, "--save-latents", saveLatents);
        put(files, "--save-frames", saveFrames);
        return files;
    }

    /** Goes on without the map, and says so, where attention chooses nothing. */
    void leaveOutHeads(Mode mode, Consumer<String> notes) {
        if (heads != null && (mode == Mode.DENSE || mode == Mode.PAB)) {
            notes.accept(noHeads("attention is dense", heads));
            heads = null;
        }
    }

    /** Why there is no map. */
    static String noHeads(String why, Path file) {
        return "--heads: %s, so there are no kinds of heads to show; %s is not written"
                .formatted(why, file);
    }

    /** What was written besides the video, by option: a run without kinds of heads has no map. */
    SequencedMap<String, Path> written(Report done) {
        SequencedMap<String, Path> files = sideFiles();
        if (done.sparseDensity().isEmpty()) {
            files.remove("--heads");
        }
        return files;
    }

    private static void put(Map<String, Path> files, String option, @Nullable Path file) {
        if (file != null) {
            files.put(option, file);
        }
    }

    /**
     * Says now if a disk is too full for what will be written: outputs on one disk together.
     *
     * @param more bytes of other files that will be written
     * @throws BadInputException naming the first that finds no room, what they need and what is
     *     free
     */
    void checkRoom(VideoWriter writer, Request request, Plan plan, Map<Path, Long> more) {
        long pixels = (long) request.frames() * request.width() * request.height();
        SequencedMap<Path, Long> sizes = new LinkedHashMap<>();
        sizes.put(writer.out(), 3 * pixels);
        put(sizes, contactSheet, SHEET_BYTES);
        put(sizes, heads, SHEET_BYTES);
        put(sizes, saveLatents, plan.resultBytes() - Clip.bytes(request) + HEADER_BYTES);
        put(sizes, saveFrames, Clip.bytes(request) + HEADER_BYTES);
        put(sizes, report, REPORT_BYTES);
        sizes.putAll(more);
        Map<Object, Long> needed = new HashMap<>();
        sizes.forEach((file, bytes) -> {
            long all = needed.merge(disk(file), bytes, Long::sum);
            long free = free(file);
            if (all > free) {
                throw new BadInputException(
                        "%s: up to %s are to be written, but only %s are free there"
                                .formatted(file, Text.bytes(all), Text.bytes(free)));
            }
        });
    }

    private static void put(Map<Path, Long> sizes, @Nullable Path file, long bytes) {
        if (file != null) {
            sizes.put(file, bytes);
        }
    }

    private static Object disk(Path file) {
        try {
            return Files.getFileStore(folder(file));
        } catch (IOException e) {
            return folder(file);
        }
    }

    /** The folder in which {@code file} will lie, or the nearest above that there is. */
    private static Path folder(Path file) {
        Path whole = file.toAbsolutePath();
        Path folder = Objects.requireNonNullElse(whole.getParent(), whole);
        while (!Files.exists(folder) && folder.getParent() != null) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** Bytes that the disk on which {@code file} will lie has left. */
    static long free(Path file) {
        try {
            return Files.getFileStore(folder(file)).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // not every file system says
        }
    }

    /**
     * Checks a file's name and place.
     *
     * @throws BadInputException if it cannot be written
     */
    static void sideFile(String option, @Nullable Path path, String extension) {
        requireName(option, path, extension);
        if (path != null) {
            Staged.checkFile(path);
        }
    }

    private static void requireName(String option, @Nullable Path path, String extension) {
        if (path != null && !path.toString().toLowerCase(Locale.ROOT).endsWith(extension)) {
            throw new BadInputException(
                    "%s: expected a name that ends in %s, found %s"
                            .formatted(option, extension, path));
        }
    }

    /** Of svgen-PROMPT-1.mp4, svgen-PROMPT-2.mp4 and so on. */
    static String stem(String prompt) {
        String words = slug(prompt);
        return words.isEmpty() ? "svgen-" : "svgen-%s-".formatted(words);
    }

    /** The words that matter of a prompt, fit for a file name: {@code red-circle-moves-right}. */
    static String slug(String prompt) {
        String words =
                Arrays.stream(prompt.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
                        .filter(w -> !w.isEmpty() && !SMALL_WORDS.contains(w))
                        .limit(WORDS)
                        .collect(Collectors.joining("-"));
        String cut = words.length() <= LONGEST ? words : words.substring(0, LONGEST);
        return cut.replaceAll("[-\\p{Cs}]+$", "");
    }
}
