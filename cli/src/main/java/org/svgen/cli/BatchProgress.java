package org.svgen.cli;

import java.nio.file.Path;
import org.svgen.cli.batch.BatchListener;
import org.svgen.cli.batch.BatchResult;

/**
 * Tells how far a batch is: a line for each video that is done; on a terminal one that is drawn
 * again while videos are made. May be told to stop by another thread.
 */
final class BatchProgress implements BatchListener {
    private final Console console;
    private final boolean quiet;
    private final boolean json;
    private volatile boolean cancelled;
    private long lastDrawing;

    /**
     * @param json whether the names of files come later, within JSON
     */
    BatchProgress(Console console, boolean quiet, boolean json) {
        this.console = console;
        this.quiet = quiet;
        this.json = json;
    }

    /** Makes the batch end within moments. */
    void cancel() {
        cancelled = true;
        say("stopping");
    }

    private void say(String line) {
        if (!quiet) {
            console.say(line);
        }
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public void note(String line) {
        say("note: " + line);
    }

    @Override
    public void opened(int videos, int there) {
        say(
                there == 0
                        ? "%s to make".formatted(Text.some(videos, "video"))
                        : "%s, %d of them made already"
                                .formatted(Text.some(videos, "video"), there));
    }

    @Override
    public void progressed(String name, String words) {
        long now = System.nanoTime();
        if (quiet || !console.terminal() || (now - lastDrawing) / 1e9 < Progress.pause(console)) {
            return;
        }
        lastDrawing = now;
        console.draw("%s: %s".formatted(name, words));
    }

    @Override
    public void settled(int count, int videos, BatchResult.Video video) {
        String name = String.valueOf(Path.of(video.output()).getFileName());
        if (video.outcome() == BatchResult.Outcome.FAILED) {
            // An error, which is told to the quiet too.
            console.say("%d/%d  %s failed: %s".formatted(count, videos, name, video.error()));
        } else {
            say("%d/%d  %s  %s".formatted(count, videos, name, Progress.clock(video.seconds())));
        }
    }

    @Override
    public void wrote(Path file) {
        if (!json) {
            console.out().println(file);
        }
    }
}
