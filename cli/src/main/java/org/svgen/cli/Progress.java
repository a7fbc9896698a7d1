package org.svgen.cli;

import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;

/**
 * Tells how far a run is: a bar that is drawn again on a terminal, else a line at the beginning of
 * each stage and about every ten seconds. May be told to stop by another thread.
 */
final class Progress implements StepListener {
    private static final int BAR = 24;
    private static final double SECONDS_BETWEEN_LINES = 10;
    private static final double SECONDS_BETWEEN_DRAWINGS = 0.1;

    private final Console console;
    private final boolean quiet;
    private volatile boolean cancelled;
    private @Nullable Stage stage; // under way
    private long stageBegan;
    private int begun; // parts of the stage that were done when it began here
    private long lastLine;
    private int reused; // steps of the stage that came from the cache
    private boolean justReused;

    Progress(Console console, boolean quiet) {
        this.console = console;
        this.quiet = quiet;
    }

    /** Makes the run end within moments. */
    void cancel() {
        end();
        say("stopping");
    }

    /** The same without a word. */
    void end() {
        cancelled = true;
    }

    void say(String line) {
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
    public void reused(int step, int steps) {
        reused++;
        justReused = true;
    }

    @Override
    public void progress(Stage now, int done, int total) {
        long time = System.nanoTime();
        if (done == 0 || !now.equals(stage)) {
            stage = now;
            stageBegan = time;
            begun = done;
            reused = 0;
            justReused = false;
        }
        boolean stepReused = justReused;
        justReused = false;
        if (quiet) {
            return;
        }
        double elapsed = (time - stageBegan) / 1e9;
        boolean ends = done >= total;
        if (done > begun && !ends && (time - lastLine) / 1e9 < pause(console)) {
            return;
        }
        lastLine = time;
        String line = line(now, done, total, elapsed, stepReused);
        if (ends) {
            reused = 0;
        }
        if (console.terminal() && !ends) {
            console.draw(line);
        } else {
            console.say(line);
        }
    }

    private String line(Stage now, int done, int total, double elapsed, boolean stepReused) {
        String name = now.text();
        if (done >= total) {
            String skipped = reused == 0 ? "" : ", %d of %d steps reused".formatted(reused, total);
            return "%-8s %s%s".formatted(name, clock(elapsed), skipped);
        }
        String bar = console.terminal() && total > 1 ? bar(done, total) + " " : "";
        String marked = stepReused ? " (reused)" : "";
        String steps = total > 1 ? "%d/%d%s  ".formatted(done, total, marked) : "";
        if (done == begun) {
            return "%-8s %s%s...".formatted(name, bar, steps);
        }
        double left = elapsed / (done - begun) * (total - done);
        return "%-8s %s%s%s, %s left".formatted(name, bar, steps, clock(elapsed), clock(left));
    }

    /** How many seconds to leave between two lines. */
    static double pause(Console console) {
        return console.terminal() ? SECONDS_BETWEEN_DRAWINGS : SECONDS_BETWEEN_LINES;
    }

    static String bar(long done, long total) {
        int filled = (int) (BAR * done / total);
        return "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "]";
    }

    /** {@code 0.4 s}, {@code 42 s}, {@code 3:05}, {@code 1:02:09}. */
    static String clock(double seconds) {
        if (seconds < 10) {
            return "%.1f s".formatted(seconds);
        }
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }
}
