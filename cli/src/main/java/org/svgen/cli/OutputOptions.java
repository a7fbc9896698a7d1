package org.svgen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.media.Staged;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Request;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Where things go. Existing files that are named here are replaced. */
final class OutputOptions {
    private static final Set<String> SMALL_WORDS =
            Set.of("a", "an", "the", "on", "in", "of", "and", "with", "at", "to");
    private static final int WORDS = 4;
    private static final int LONGEST = 40;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "The video: NAME.mp4, NAME.gif, or NAME/ (or no extension) for a folder of PNG"
                            + " frames. What is there is replaced, once all is done. Default: an .mp4"
                            + " here, named after the prompt and numbered, so that nothing is.")
    @Nullable String output;

    @Option(
            names = "--contact-sheet",
            paramLabel = "FILE.png",
            description = "Also write one picture of evenly spaced frames.")
    @Nullable Path contactSheet;

    @Option(
            names = "--report",
            paramLabel = "FILE.json",
            description =
                    "Also write the recipe, what was planned and what happened: seconds by stage and"
                            + " step, density kept, kinds of heads by layer, peak memory.")
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
        String name = output == null ? freeName(Path.of(""), prompt) : output;
        if (name.isEmpty()) {
            throw new BadInputException("--output: expected a file name, found nothing");
        }
        VideoWriter writer = VideoWriter.to(name);
        // Any size will do to find out about the place; the true one is checked later.
        writer.check(64, 64);
        sideFile("--contact-sheet", contactSheet, ".png");
        sideFile("--report", report, ".json");
        sideFile("--save-latents", saveLatents, ".safetensors");
        sideFile("--save-frames", saveFrames, ".safetensors");
        List<Path> all = new ArrayList<>(List.of(writer.out()));
        for (Path side : Arrays.asList(contactSheet, report, saveLatents, saveFrames)) {
            if (side != null) {
                all.add(side);
            }
        }
        Set<Path> seen = new HashSet<>();
        for (Path path : all) {
            if (!seen.add(path.toAbsolutePath().normalize())) {
                throw new BadInputException("%s: two outputs have this name".formatted(path));
            }
        }
        return writer;
    }

    /**
     * Says now if a disk is too full for what will be written.
     *
     * @throws BadInputException naming the file, what it needs and what is free
     */
    void checkRoom(VideoWriter writer, Request request) {
        long pixels = (long) request.frames() * request.width() * request.height();
        requireRoom(writer.out(), 3 * pixels);
        if (saveFrames != null) {
            requireRoom(saveFrames, Clip.bytes(request));
        }
    }

    private static void requireRoom(Path file, long bytes) {
        long free = free(file);
        if (bytes > free) {
            throw new BadInputException(
                    "%s: up to %s are to be written, but only %s are free there"
                            .formatted(file, Text.bytes(bytes), Text.bytes(free)));
        }
    }

    /** Bytes that the disk on which {@code file} will lie has left. */
    static long free(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        try {
            return folder == null ? Long.MAX_VALUE : Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE; // not every file system tells
        }
    }

    private static void sideFile(String option, @Nullable Path path, String extension) {
        if (path == null) {
            return;
        }
        if (!path.toString().toLowerCase(Locale.ROOT).endsWith(extension)) {
            throw new BadInputException(
                    "%s: expected a name that ends in %s, found %s"
                            .formatted(option, extension, path));
        }
        Staged.checkFile(path);
    }

    /** The first of svgen-PROMPT-1.mp4, svgen-PROMPT-2.mp4, ... that is not taken. */
    static String freeName(Path folder, String prompt) {
        String stem = slug(prompt);
        for (int i = 1; ; i++) {
            String name = "svgen-%s%s%d.mp4".formatted(stem, stem.isEmpty() ? "" : "-", i);
            if (!Files.exists(folder.resolve(name))) {
                return name;
            }
        }
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
