package org.svgen.run;

import java.util.List;
import java.util.function.Supplier;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.SvgenException;

/** Says when a run read weights that changed under it. */
record WeightsWatch(Checkpoint checkpoint, StepListener listener) {
    /** In the words of HotSpot, which finds that a page of a mapped file cannot be had. */
    private static final String UNREADABLE = "unsafe memory access";

    /**
     * Does a run. Weights that were written to meanwhile are noted, since the video may not be
     * theirs.
     *
     * @throws SvgenException if weights could not be read, naming the file and what happened to it
     */
    Result during(Supplier<Result> run) {
        try {
            Result result = run.get();
            try {
                noteChanges();
            } catch (Throwable e) {
                result.close(); // nobody else has it yet
                throw e;
            }
            return result;
        } catch (InternalError e) {
            if (!String.valueOf(e.getMessage()).contains(UNREADABLE)) {
                throw e;
            }
            throw new SvgenException(reason() + "; no video was made", e);
        }
    }

    private void noteChanges() {
        checkpoint
                .changes()
                .forEach(change ->
                        listener.note(
                                change
                                        + " while it was read: the video may be another than the"
                                        + " model's"));
    }

    private String reason() {
        List<String> changes = checkpoint.changes();
        return changes.isEmpty()
                ? "weights of %s cannot be read: its disk or network is in trouble"
                        .formatted(checkpoint.folder())
                : changes.getFirst() + " while it was read";
    }
}
