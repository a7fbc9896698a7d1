package org.svgen.server.store;

import java.util.List;
import java.util.Objects;
import org.svgen.server.job.Job;

/**
 * What waits and what runs.
 *
 * @param paused true if no job is handed out
 * @param waiting in the order in which they will be handed out, as things are now
 * @param running in the order in which they were accepted
 */
public record QueueView(boolean paused, List<Job> waiting, List<Job> running) {
    /** Copies the lists. */
    public QueueView {
        waiting = List.copyOf(Objects.requireNonNull(waiting, "waiting"));
        running = List.copyOf(Objects.requireNonNull(running, "running"));
    }
}
