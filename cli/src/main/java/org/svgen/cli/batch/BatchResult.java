package org.svgen.cli.batch;

import java.util.List;
import java.util.Map;

/**
 * What came of a batch, as {@code --json} prints it.
 *
 * @param folder where the videos lie
 * @param made by this call
 * @param skipped since an earlier call made them, or another row is the same
 * @param failed could not be made
 * @param videos in the order of the file
 * @param sheets contact sheets of the rows that have several videos
 */
public record BatchResult(
        String folder, int made, int skipped, int failed, List<Video> videos, List<String> sheets) {
    /** Keeps copies. */
    public BatchResult {
        videos = List.copyOf(videos);
        sheets = List.copyOf(sheets);
    }

    /** What became of a video. */
    public enum Outcome {
        /** Now. */
        MADE,
        /** It was there. */
        SKIPPED,
        /** For the reason that the video's {@code error} says. */
        FAILED
    }

    /**
     * A video.
     *
     * @param output its file
     * @param outcome what became of it
     * @param line of its row in the batch file
     * @param prompt what it shows
     * @param varied what differs between the videos of its row
     * @param seconds that it took, whenever it was made
     * @param recipeHash names all that decides what comes of it
     * @param id of the server's job; empty if it was made here
     * @param error why it could not be made; empty if it could
     */
    public record Video(
            String output,
            Outcome outcome,
            int line,
            String prompt,
            Map<String, Object> varied,
            double seconds,
            String recipeHash,
            String id,
            String error) {}
}
