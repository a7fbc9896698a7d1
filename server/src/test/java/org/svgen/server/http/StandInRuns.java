package org.svgen.server.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.svgen.server.job.JobId;
import org.svgen.server.work.Live;
import org.svgen.server.work.LiveEvent;
import org.svgen.server.work.Preview;
import org.svgen.server.work.Progress;
import org.svgen.server.work.WorkerCard;
import org.svgen.server.work.Workers;

/** Runs that a test tells of, and workers that do nothing but remember what they were told. */
final class StandInRuns implements Live, Workers {
    final List<JobId> cancelled = new CopyOnWriteArrayList<>();
    volatile Optional<String> unready = Optional.empty();
    volatile Optional<String> full = Optional.empty();
    private final List<Consumer<LiveEvent>> listeners = new CopyOnWriteArrayList<>();
    private final Map<JobId, Progress> progress = new ConcurrentHashMap<>();
    private final Map<JobId, Preview> previews = new ConcurrentHashMap<>();

    void progressed(JobId id, Progress now) {
        progress.put(id, now);
        listeners.forEach(listener -> listener.accept(new LiveEvent.Progressed(id, now)));
    }

    void previewed(JobId id, Preview now) {
        previews.put(id, now);
        listeners.forEach(listener -> listener.accept(new LiveEvent.Previewed(id, now.step())));
    }

    @Override
    public Optional<Progress> progress(JobId id) {
        return Optional.ofNullable(progress.get(id));
    }

    @Override
    public Optional<Preview> preview(JobId id) {
        return Optional.ofNullable(previews.get(id));
    }

    @Override
    public Subscription subscribe(Consumer<LiveEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void changed(JobId id) {
        listeners.forEach(listener -> listener.accept(new LiveEvent.Changed(id)));
    }

    @Override
    public void open() {}

    @Override
    public void start() {}

    @Override
    public void wake() {}

    @Override
    public void cancelled(JobId id) {
        cancelled.add(id);
    }

    @Override
    public Optional<String> unready() {
        return unready;
    }

    @Override
    public List<WorkerCard> cards() {
        return List.of(
                new WorkerCard(
                        "cuda:0",
                        Optional.of(
                                new WorkerCard.Opened("cuda:0", "NVIDIA H200", 150_000_000_000L)),
                        Optional.empty()),
                new WorkerCard("cpu", Optional.empty(), Optional.of("the models are loaded")));
    }

    @Override
    public Optional<String> full() {
        return full;
    }

    @Override
    public void drain() {}

    @Override
    public void close() {}
}
