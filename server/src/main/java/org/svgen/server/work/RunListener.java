package org.svgen.server.work;

import java.util.Optional;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.server.job.JobId;
import org.svgen.tensor.Tensor;

/** Tells others how a run goes on, and ends it when it must. */
final class RunListener implements StepListener {
    private static final long NANOS_BETWEEN_NEWS = 100_000_000;
    private static final long NANOS_BETWEEN_PREVIEWS = 500_000_000;

    private final JobId job;
    private final RunControl control;
    private final RunMeter meter;
    private final LiveRuns live;
    private final ColourBook colours;
    private final Told told;
    private boolean began;
    private long lastNews;
    private long lastPreview = System.nanoTime() - NANOS_BETWEEN_PREVIEWS;

    /** Who keeps what a run tells. */
    interface Told {
        /** It is under way: from now on something is computed. */
        void began();

        /** A denoising step is done. */
        void step(Report.Step step);

        /** Something is to be known, in one line. */
        void note(String line);
    }

    RunListener(
            JobId job,
            RunControl control,
            RunMeter meter,
            LiveRuns live,
            ColourBook colours,
            Told told) {
        this.job = job;
        this.control = control;
        this.meter = meter;
        this.live = live;
        this.colours = colours;
        this.told = told;
    }

    @Override
    public void progress(Stage stage, int done, int total) {
        if (!began) {
            began = true;
            told.began();
        }
        long now = System.nanoTime();
        meter.progress(stage, done, total, now);
        boolean news = done == 0 || done >= total || now - lastNews > NANOS_BETWEEN_NEWS;
        if (news) {
            lastNews = now;
            live.progressed(job, meter.now(now));
        }
    }

    @Override
    public void step(Report.Step step, int all) {
        meter.step(step.index() + 1, step.density());
        told.step(step);
    }

    @Override
    public boolean wantsPreview(int step, int all) {
        return colours.colours().isPresent()
                && System.nanoTime() - lastPreview > NANOS_BETWEEN_PREVIEWS;
    }

    @Override
    public void preview(int step, Tensor clean) {
        Optional<Colours> known = colours.colours().filter(c -> c.fits(clean));
        known.ifPresent(c -> live.previewed(job, new Preview(step + 1, "image/png", c.png(clean))));
        lastPreview = System.nanoTime();
    }

    @Override
    public void note(String line) {
        told.note(line);
    }

    @Override
    public boolean cancelled() {
        return control.broken();
    }
}
