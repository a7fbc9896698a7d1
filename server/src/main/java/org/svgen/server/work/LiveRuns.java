package org.svgen.server.work;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.server.job.JobId;

/** Keeps the newest of each run, and hands on what happens. */
public final class LiveRuns implements Live {
    private record Run(@Nullable Progress progress, @Nullable Preview preview) {}

    private static final Run NONE = new Run(null, null);

    private final Map<JobId, Run> runs = new ConcurrentHashMap<>();
    private final List<Consumer<LiveEvent>> listeners = new CopyOnWriteArrayList<>();

    /** Nobody listens, and nothing runs. */
    public LiveRuns() {}

    @Override
    public Optional<Progress> progress(JobId id) {
        return Optional.ofNullable(runs.getOrDefault(id, NONE).progress);
    }

    @Override
    public Optional<Preview> preview(JobId id) {
        return Optional.ofNullable(runs.getOrDefault(id, NONE).preview);
    }

    @Override
    public Subscription subscribe(Consumer<LiveEvent> listener) {
        Objects.requireNonNull(listener, "listener");
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void changed(JobId id) {
        tell(new LiveEvent.Changed(id));
    }

    void progressed(JobId id, Progress progress) {
        runs.compute(id, (_, run) -> new Run(progress, run == null ? null : run.preview));
        tell(new LiveEvent.Progressed(id, progress));
    }

    void previewed(JobId id, Preview preview) {
        runs.compute(id, (_, run) -> new Run(run == null ? null : run.progress, preview));
        tell(new LiveEvent.Previewed(id, preview.step()));
    }

    /** The run is over, whatever came of it. */
    void ended(JobId id) {
        runs.remove(id);
    }

    private void tell(LiveEvent event) {
        listeners.forEach(listener -> listener.accept(event));
    }
}
