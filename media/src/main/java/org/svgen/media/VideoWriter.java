package org.svgen.media;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.svgen.files.Place;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.BadInputException;

/** Writes a clip to one place, whole or not at all. */
public sealed interface VideoWriter permits GifWriter, Mp4Writer, PngFolderWriter {
    /** Of the root, of folders that are there already, of standard output, and bare extensions. */
    Set<String> NO_NAMES = Set.of("", ".", "..", "-", ".mp4", ".gif");

    /**
     * {@return the writer for {@code out}: {@code .mp4} (H.264), {@code .gif}, or, with no
     * extension or a slash at the end, a folder of PNG frames}
     *
     * @param out name of a file or folder
     * @throws BadInputException for any other extension, a bare one, or no name at all
     */
    static VideoWriter to(String out) {
        Objects.requireNonNull(out, "out");
        Path path = Path.of(out);
        Path name = path.getFileName();
        String text = name == null ? "" : name.toString();
        if (NO_NAMES.contains(text)) {
            throw new BadInputException(
                    "cannot write %s: expected the name of a file, or of a folder for PNG frames"
                            .formatted(out));
        }
        int dot = text.lastIndexOf('.');
        if (out.endsWith("/") || out.endsWith("\\") || dot < 0) {
            return new PngFolderWriter(path);
        }
        return switch (text.substring(dot).toLowerCase(Locale.ROOT)) {
            case ".mp4" -> new Mp4Writer(new Place.Named(path));
            case ".gif" -> new GifWriter(path);
            default -> {
                if (Files.isDirectory(path) || dot == 0) {
                    yield new PngFolderWriter(path);
                }
                throw new BadInputException(
                        "cannot write %s: expected .mp4, .gif or a folder for PNG frames (no extension, or a / at the end)"
                                .formatted(out));
            }
        };
    }

    /**
     * A writer of {@code STEM1.mp4}, {@code STEM2.mp4} and so on: the first that is free in the
     * end, so that nothing is replaced, by two runs at once either.
     *
     * @param folder where the videos lie
     * @param stem begin of their names
     * @return the writer
     */
    static VideoWriter numbered(Path folder, String stem) {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(stem, "stem");
        return new Mp4Writer(new Place.Numbered(folder, stem, ".mp4"));
    }

    /**
     * {@return the file or folder that is written; for names that count up, the first that is free
     * now}
     */
    Path out();

    /**
     * Says now what would fail after the long work.
     *
     * @param width pixels of the clip to come
     * @param height pixels of the clip to come
     * @throws BadInputException if the place takes no files or the format not this size
     */
    void check(int width, int height);

    /**
     * Writes {@code clip}, checks that it reads back, and replaces what was there.
     *
     * @param clip the frames
     * @param metadata {@code title} and {@code comment} (the recipe) are kept where the format can
     * @param listener gets {@link Stage#WRITE}; may stop the writing
     * @return where it went: {@link #out()}, or for names that count up the number it got
     * @throws org.svgen.tensor.SvgenException if that fails; then nothing is left behind
     */
    Path write(Clip clip, Map<String, String> metadata, StepListener listener);

    /**
     * Writes the clip of {@code result}, with its prompt for a title and its recipe.
     *
     * @param result of a run; stays open
     * @return where it went
     */
    default Path write(Result result) {
        return write(result, StepListener.SILENT);
    }

    /**
     * As above, watched and stopped by {@code listener}.
     *
     * @param result of a run; stays open
     * @param listener gets the progress; may cancel
     * @return where it went
     */
    default Path write(Result result, StepListener listener) {
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(listener, "listener");
        Recipe recipe = result.recipe();
        return write(
                result.clip(),
                Map.of("title", recipe.prompt(), "comment", recipe.json()),
                listener);
    }

    /**
     * As the other {@code write}, unwatched.
     *
     * @param clip the frames
     * @param metadata title and comment (the recipe), kept where the format can
     * @return where it went
     */
    default Path write(Clip clip, Map<String, String> metadata) {
        return write(clip, metadata, new StepListener() {});
    }
}
