package org.svgen.server.work;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.Claim;

/** By which others end a run that is under way. Thread-safe. */
final class RunControl {
    /** Why a run ends before its time; a later reason replaces an earlier one. */
    enum End {
        /** The service stops: the run goes on elsewhere, or later. */
        STOPPED,
        /** Nobody wants the video any more. */
        CANCELLED,
        /** The job is somebody else's, or gone: nothing may be written. */
        VOID
    }

    private final Claim claim;
    private volatile @Nullable End end;

    RunControl(Claim claim) {
        this.claim = claim;
    }

    Claim claim() {
        return claim;
    }

    synchronized void end(End why) {
        End before = end;
        if (before == null || before.compareTo(why) < 0) {
            end = why;
        }
    }

    Optional<End> end() {
        return Optional.ofNullable(end);
    }

    /** True if the run is to end at once. */
    boolean broken() {
        End now = end;
        return now == End.CANCELLED || now == End.VOID;
    }

    /** True if the run is to end behind a checkpoint. */
    boolean stopping() {
        return end == End.STOPPED;
    }

    boolean ending() {
        return end != null;
    }
}
