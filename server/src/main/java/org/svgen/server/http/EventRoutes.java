package org.svgen.server.http;

import io.helidon.http.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;
import org.svgen.server.keys.Tickets;
import org.svgen.server.store.JobStore;
import org.svgen.server.wire.Json;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/** Streams of events, of one job or of all. */
final class EventRoutes {
    private static final int RETRY_MILLIS = 1000;
    private static final double SOON = 5;
    private static final int PAGE = 200;

    private final JobStore store;
    private final Jobs jobs;
    private final Views views;
    private final EventHub hub;
    private final Tickets tickets;
    private final Observed observed;
    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param most streams at once
     */
    EventRoutes(
            JobStore store,
            Views views,
            EventHub hub,
            Tickets tickets,
            Observed observed,
            int most) {
        this.store = store;
        this.jobs = new Jobs(store);
        this.views = views;
        this.hub = hub;
        this.tickets = tickets;
        this.observed = observed;
        this.most = most;
    }

    void ticket(Call call) {
        JobId id = jobs.of(call).id();
        Tickets.Ticket ticket = tickets.issue(id.value());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "video.ticket");
        json.put("id", id.value());
        json.put("ticket", ticket.text());
        json.put("expires_at", ticket.expiresAt());
        call.json(json);
    }

    void ofOne(Call call) throws IOException {
        JobId id = jobs.of(call).id();
        stream(call, Optional.of(id));
    }

    void ofAll(Call call) throws IOException {
        stream(call, Optional.empty());
    }

    private void stream(Call call, Optional<JobId> id) throws IOException {
        int now = open.incrementAndGet();
        EventHub.Subscriber subscriber = hub.subscribe(id, call.caller());
        try {
            if (now > most) {
                throw new Refusal(
                        Problem.busy(
                                "rate_limit_exceeded", "too many event streams at once", SOON));
            }
            observed.streams(now);
            tell(call, id, subscriber.inbox());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server ends
        } finally {
            hub.unsubscribe(subscriber);
            observed.streams(open.decrementAndGet());
        }
    }

    private void tell(Call call, Optional<JobId> id, Inbox inbox)
            throws IOException, InterruptedException {
        Optional<String> header =
                call.header("Last-Event-ID").filter(seen -> EventIds.seen(seen).isPresent());
        EventStream.Start start =
                id.map(one -> ofOne(one, header)).orElseGet(() -> ofAll(call, header));
        if (start.isOver()) {
            call.empty(204); // tells EventSource not to come back
            return;
        }
        call.response().status(Status.OK_200);
        call.header("Content-Type", "text/event-stream");
        call.header("Cache-Control", "no-store");
        call.header("X-Accel-Buffering", "no");
        try (OutputStream out = call.response().outputStream()) {
            EventWriter writer = new EventWriter(out);
            writer.retry(RETRY_MILLIS);
            new EventStream(
                            writer,
                            start.ids(),
                            id,
                            call.base(),
                            () -> Json.text(QueueRoutes.json(store.queue(), call.caller())))
                    .run(start, inbox);
        }
    }

    /** The job first, or what a client has missed of it. */
    private EventStream.Start ofOne(JobId id, Optional<String> header) {
        long seen = header.map(text -> EventIds.seen(text).getAsLong()).orElse(0L);
        List<JobEvent> events = store.events(id, 0);
        Job job = store.find(id).orElseThrow(Call::noSuchVideo);
        List<Notice.Stored> missed =
                events.stream()
                        .filter(event -> event.id() > seen)
                        .map(event -> new Notice.Stored(event, job, views))
                        .toList();
        Notice.Stored newest =
                events.stream()
                        .reduce((_, next) -> next)
                        .map(event -> new Notice.Stored(event, job, views))
                        .orElseThrow(Call::noSuchVideo);
        return header.map(text -> EventStream.Start.missed(text, missed, newest))
                .orElseGet(() -> EventStream.Start.fresh(newest));
    }

    private EventStream.Start ofAll(Call call, Optional<String> header) {
        Optional<String> owner = Jobs.owner(call.caller());
        if (header.isPresent()) {
            long seen = EventIds.seen(header.get()).getAsLong();
            return EventStream.Start.missed(header.get(), missed(owner, seen));
        }
        return EventStream.Start.at(store.lastEvent());
    }

    /** Read as they are told: there may be many. */
    private Iterator<Notice> missed(Optional<String> owner, long seen) {
        return Stream.iterate(
                        store.events(owner, seen, PAGE),
                        page -> !page.isEmpty(),
                        page -> store.events(owner, page.getLast().id(), PAGE))
                .flatMap(List::stream)
                .flatMap(event -> Notice.of(event, store, views).stream())
                .iterator();
    }
}
