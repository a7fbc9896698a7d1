package org.svgen.server.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.svgen.server.job.JobId;

/**
 * One stream of events, from its first to its last.
 *
 * @param job that it tells of; none for all
 * @param base what addresses begin with, for this client
 * @param queue the queue as JSON
 */
record EventStream(
        EventWriter writer,
        EventIds ids,
        Optional<JobId> job,
        String base,
        Supplier<String> queue) {
    /** A comment each so often keeps proxies from ending the stream. */
    private static final Duration COMMENT = Duration.ofSeconds(15);

    /** Progress comes at most so often. */
    private static final Duration APART = Duration.ofMillis(100);

    /**
     * What a stream begins with.
     *
     * @param current the job as it is, told first; none where a client goes on
     * @param missed what a client has missed
     * @param isOver whether a client has seen everything, and nothing more will come
     */
    record Start(
            EventIds ids,
            Optional<Notice.Stored> current,
            Iterator<Notice> missed,
            boolean isOver) {
        /** For a client that comes first. */
        static Start fresh(Notice.Stored newest) {
            return new Start(
                    new EventIds(newest.event().id()),
                    Optional.of(newest),
                    newest.isLast()
                            ? List.<Notice>of(newest).iterator()
                            : Collections.emptyIterator(),
                    false);
        }

        /** For one that goes on with a job. */
        static Start missed(String header, List<? extends Notice> missed, Notice.Stored newest) {
            return new Start(
                    idsFrom(header),
                    Optional.empty(),
                    List.<Notice>copyOf(missed).iterator(),
                    missed.isEmpty() && newest.isLast());
        }

        /** For one that goes on with all jobs. */
        static Start missed(String header, Iterator<Notice> missed) {
            return new Start(idsFrom(header), Optional.empty(), missed, false);
        }

        /** For one that hears of all jobs from now on. */
        static Start at(long stored) {
            return new Start(
                    new EventIds(stored), Optional.empty(), Collections.emptyIterator(), false);
        }

        private static EventIds idsFrom(String header) {
            EventIds ids = new EventIds(0);
            ids.from(header);
            return ids;
        }
    }

    void run(Start start, Inbox inbox) throws IOException, InterruptedException {
        if (start.current().isPresent()) {
            Notice.Stored now = start.current().get();
            // The number says what was seen: of a job that has ended, its end is still to come.
            long id = now.isLast() ? ids.before(now.event().id()) : ids.at(now.event().id());
            writer.event(id, "status", now.text(base));
        }
        while (start.missed().hasNext()) {
            if (!tell(start.missed().next())) {
                return;
            }
        }
        if (job.isEmpty()) {
            writer.event(ids.next(), "queue", queue.get());
        }
        while (goesOn(inbox)) {
            // until it ends
        }
    }

    private boolean goesOn(Inbox inbox) throws IOException, InterruptedException {
        Inbox.Taken taken = inbox.take(COMMENT);
        if (taken.isEmpty()) {
            writer.comment();
            return true;
        }
        for (Notice notice : taken.notices()) {
            if (!tell(notice)) {
                return false;
            }
            if (notice instanceof Notice.Stored stored && stored.isLast()) {
                taken.progress().remove(stored.event().job());
                taken.previews().remove(stored.event().job());
            }
        }
        for (Inbox.Text progress : taken.progress().values()) {
            writer.event(ids.next(), "progress", progress.get());
        }
        for (Inbox.Text preview : taken.previews().values()) {
            writer.event(ids.next(), "preview", preview.get());
        }
        if (!taken.progress().isEmpty()) {
            Thread.sleep(APART);
        }
        return true;
    }

    /** Returns false after the last one. */
    private boolean tell(Notice notice) throws IOException {
        return switch (notice) {
            case Notice.Stored stored -> tell(stored);
            case Notice.Deleted deleted -> {
                if (deleted.event().id() > ids.stored()) {
                    writer.event(ids.at(deleted.event().id()), "deleted", deleted.text());
                }
                yield job.isEmpty();
            }
            case Notice.Queue _ -> {
                writer.event(ids.next(), "queue", queue.get());
                yield true;
            }
            case Notice.Stop _ -> false;
        };
    }

    private boolean tell(Notice.Stored stored) throws IOException {
        if (stored.event().id() > ids.stored() || isFirst(stored)) {
            writer.event(ids.at(stored.event().id()), stored.event().name(), stored.text(base));
        }
        return job.isEmpty() || !stored.isLast();
    }

    /** The end of a job whose stream began after it. */
    private boolean isFirst(Notice.Stored stored) {
        return stored.isLast() && job.isPresent() && stored.event().id() == ids.stored();
    }
}
