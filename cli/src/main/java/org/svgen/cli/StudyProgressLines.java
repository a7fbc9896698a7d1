package org.svgen.cli;

import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.RunResult;
import org.svgen.lab.study.StudyListener;
import org.svgen.lab.study.StudyProgress;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.random.Seeds;

/**
 * Tells how far a study is: a line for each run that is done; on a terminal a bar that is drawn
 * again while one runs. May be told to stop by another thread.
 */
final class StudyProgressLines implements StudyListener {
    private final Console console;
    private final boolean quiet;
    private volatile boolean cancelled;
    private String running = "";
    private long lastDrawing;

    StudyProgressLines(Console console, boolean quiet) {
        this.console = console;
        this.quiet = quiet;
    }

    /** Makes the study end within moments. */
    void cancel() {
        cancelled = true;
        say("stopping");
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public void note(String line) {
        say("note: " + line);
    }

    /** Begins with what the study is called. */
    void titled(String title) {
        say("study: " + title);
    }

    private void say(String line) {
        if (!quiet) {
            console.say(line);
        }
    }

    @Override
    public void opened(int runs, int there) {
        say(
                there == 0
                        ? "%s to do".formatted(Text.some(runs, "run"))
                        : "%s, %d of them done already".formatted(Text.some(runs, "run"), there));
    }

    @Override
    public void warmsUp(String method) {
        running = "warm-up: " + method;
        if (!console.terminal()) {
            say(running);
        }
    }

    @Override
    public void begins(StudyProgress progress, String method, int prompt, long seed) {
        running =
                "%s %d/%d  %s"
                        .formatted(
                                Progress.bar(progress.done(), progress.runs()),
                                progress.done(),
                                progress.runs(),
                                method);
    }

    @Override
    public void progress(Stage stage, int done, int total) {
        long now = System.nanoTime();
        if (quiet || !console.terminal() || (now - lastDrawing) / 1e9 < Progress.pause(console)) {
            return;
        }
        lastDrawing = now;
        console.draw("%s: %s %d/%d".formatted(running, stage.text(), done, total));
    }

    @Override
    public void ends(StudyProgress progress, RunResult run) {
        Double psnr = run.measures().get(Measure.PSNR.key());
        String left =
                progress.secondsLeft().isEmpty() || progress.done() == progress.runs()
                        ? ""
                        : ", %s left"
                                .formatted(Progress.clock(progress.secondsLeft().getAsDouble()));
        say(
                "%d/%d  prompt %d, seed %s  %s  %s%s%s"
                        .formatted(
                                progress.done(),
                                progress.runs(),
                                run.prompt() + 1,
                                Seeds.unsigned(run.seed()),
                                run.method(),
                                Progress.clock(run.seconds()),
                                psnr == null ? "" : ", PSNR %.2f dB".formatted(psnr),
                                left));
    }
}
