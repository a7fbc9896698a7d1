package org.svgen.cli;

import org.svgen.lab.metrics.Measure;
import org.svgen.lab.metrics.MeasureListener;

/** Tells how far each measure of a comparison is, in the way of {@link Progress}. */
final class CompareProgress implements MeasureListener {
    private final Console console;
    private long began;
    private long lastLine;
    private boolean drawn;

    CompareProgress(Console console) {
        this.console = console;
        this.began = System.nanoTime();
        this.lastLine = began;
    }

    @Override
    public void measured(Measure measure, int done, int frames) {
        long now = System.nanoTime();
        if (done == frames) {
            began = now; // of the next measure
            if (drawn) {
                console.draw("");
                drawn = false;
            }
        } else if ((now - lastLine) / 1e9 >= Progress.pause(console)) {
            lastLine = now;
            double left = (now - began) / 1e9 * (frames - done) / done;
            String bar = console.terminal() ? Progress.bar(done, frames) + " " : "";
            String line =
                    "%s %sframe %d of %d, %s left"
                            .formatted(measure.label(), bar, done, frames, Progress.clock(left));
            if (console.terminal()) {
                console.draw(line);
                drawn = true;
            } else {
                console.say(line);
            }
        }
    }
}
