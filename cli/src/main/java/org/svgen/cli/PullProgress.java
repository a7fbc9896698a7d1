package org.svgen.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.svgen.hub.PullListener;
import org.svgen.hub.PullPlan;

/** Tells how far a download is, in the way of {@link Progress}. */
final class PullProgress implements PullListener {
    private static final int SHORT_COMMIT = 7;

    private final Console console;
    private final boolean quiet;
    private volatile boolean cancelled;
    private volatile @Nullable PullPlan plan;
    private volatile long before; // bytes that need no download
    private volatile boolean downloads;
    private boolean ended;
    private long began;
    private long lastLine;

    PullProgress(Console console, boolean quiet) {
        this.console = console;
        this.quiet = quiet;
    }

    /** Makes the download end soon. */
    void cancel() {
        cancelled = true;
        if (!quiet) {
            console.say("stopping");
        }
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public void note(String line) {
        if (!quiet) {
            console.say("note: " + line);
        }
    }

    /** What was planned; null if nobody had to be asked. */
    @Nullable PullPlan plan() {
        return plan;
    }

    @Override
    public void planned(PullPlan planned) {
        plan = planned;
        begins(planned.total(), planned.toDownload());
        if (!quiet) {
            console.say(
                    "%s at %s: %s, licence %s"
                            .formatted(
                                    planned.id().repo(),
                                    planned.commit().substring(0, SHORT_COMMIT),
                                    planned.what(),
                                    planned.licence()));
            console.say(
                    "%s, %s: %s"
                            .formatted(
                                    Text.some(planned.files().size(), "file"),
                                    Text.bytes(planned.total()),
                                    rest(planned)));
            planned.held()
                    .forEach((repo, bytes) ->
                            console.say(
                                    "%s are here as part of %s: linked, not downloaded"
                                            .formatted(Text.bytes(bytes), repo)));
        }
    }

    /**
     * Called before the first report.
     *
     * @param toDownload bytes of {@code total} that are not here
     */
    void begins(long total, long toDownload) {
        began = System.nanoTime();
        lastLine = began;
        before = total - toDownload;
        downloads = toDownload > 0;
    }

    private static String rest(PullPlan plan) {
        if (plan.toDownload() == 0) {
            return plan.held().isEmpty() ? "all are here" : "nothing to download";
        }
        Path cache = plan.folder().resolve("../../..").normalize();
        return "%s%s to download to %s, %s free there"
                .formatted(
                        plan.here() == 0 ? "" : Text.bytes(plan.here()) + " are here, ",
                        Text.bytes(plan.toDownload()),
                        cache,
                        Text.bytes(plan.free()));
    }

    @Override
    public void progress(long done, long total) {
        if (quiet || ended || !downloads) {
            return;
        }
        long now = System.nanoTime();
        boolean ends = done >= total;
        if (!ends && (now - lastLine) / 1e9 < Progress.pause(console)) {
            return;
        }
        lastLine = now;
        double elapsed = (now - began) / 1e9;
        // What is linked comes first, and at once.
        long fetched = Math.max(0, done - before);
        if (ends) {
            ended = true;
            console.say(
                    "download %s in %s".formatted(Text.bytes(fetched), Progress.clock(elapsed)));
        } else if (console.terminal()) {
            console.draw(line(done, total, fetched / elapsed));
        } else {
            console.say(line(done, total, fetched / elapsed));
        }
    }

    private String line(long done, long total, double rate) {
        String bar = console.terminal() ? Progress.bar(done, total) + " " : "";
        String left = rate > 0 ? ", %s left".formatted(Progress.clock((total - done) / rate)) : "";
        return "download %s%s of %s  %s/s%s"
                .formatted(bar, Text.bytes(done), Text.bytes(total), Text.bytes((long) rate), left);
    }
}
