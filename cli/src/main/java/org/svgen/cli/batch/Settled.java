package org.svgen.cli.batch;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.svgen.cli.batch.BatchJournal.Entry;
import org.svgen.cli.batch.BatchJournal.State;
import org.svgen.cli.batch.BatchResult.Outcome;

/** Keeps in the journal what becomes of each video, and tells of it. */
final class Settled implements Watch {
    private final int videos;
    private final BatchJournal journal;
    private final BatchListener listener;
    private final Map<String, PlannedVideo> missing = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();
    private int count;

    Settled(
            List<PlannedVideo> all,
            List<PlannedVideo> missing,
            BatchJournal journal,
            BatchListener listener) {
        this.videos = all.size();
        this.journal = journal;
        this.listener = listener;
        this.count = all.size() - missing.size();
        missing.forEach(video -> this.missing.put(video.key(), video));
        listener.opened(all.size(), count);
    }

    @Override
    public boolean cancelled() {
        return listener.cancelled();
    }

    @Override
    public void note(String line) {
        listener.note(line);
    }

    @Override
    public void sent(PlannedVideo video, String id) {
        journal.append(entry(video, State.SENT, 0, id, video.attempts()));
    }

    @Override
    public void progressed(PlannedVideo video, String words) {
        listener.progressed(name(video), words);
    }

    @Override
    public void made(PlannedVideo video, double seconds) {
        journal.append(entry(video, State.DONE, seconds, id(video), video.attempts()));
        listener.wrote(video.file());
        settle(video);
    }

    @Override
    public void failed(PlannedVideo video, String reason) {
        journal.append(entry(video, State.FAILED, 0, id(video), video.attempts() + 1));
        failures.put(video.key(), reason);
        settle(video);
    }

    private void settle(PlannedVideo video) {
        count++;
        listener.settled(count, videos, result(video));
    }

    private String id(PlannedVideo video) {
        return journal.find(video.key()).map(Entry::id).orElse("");
    }

    private static String name(PlannedVideo video) {
        return String.valueOf(video.file().getFileName());
    }

    private static Entry entry(
            PlannedVideo video, State state, double seconds, String id, int attempts) {
        return new Entry(
                video.key(),
                state,
                name(video),
                BatchRun.bytes(video.file()),
                seconds,
                id,
                attempts);
    }

    /** What became of a video that was settled, or was there. */
    BatchResult.Video result(PlannedVideo video) {
        Entry entry = journal.find(video.key()).orElse(null);
        PlannedVideo first = missing.get(video.key());
        String failure = failures.getOrDefault(video.key(), "");
        Outcome outcome =
                !failure.isEmpty()
                        ? Outcome.FAILED
                        : first == null || !first.equals(video) ? Outcome.SKIPPED : Outcome.MADE;
        return new BatchResult.Video(
                Objects.requireNonNullElse(first, video).file().toString(),
                outcome,
                video.task().row().line(),
                video.task().prompt(),
                video.task().varied(),
                entry == null ? 0 : entry.seconds(),
                video.key(),
                entry == null ? "" : entry.id(),
                failure);
    }
}
