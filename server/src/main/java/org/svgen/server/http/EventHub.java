package org.svgen.server.http;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;
import org.svgen.server.keys.Caller;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;
import org.svgen.server.work.Live;
import org.svgen.server.work.LiveEvent;

/**
 * Hands events on to all streams. One thread reads what is new in the store, for all of them; what
 * runs tell goes straight to the inboxes.
 */
final class EventHub implements AutoCloseable {
    private static final int PAGE = 500;

    /** Names of jobs whose owner is known, so that a run's news need not ask the store. */
    private static final int MANY_OWNERS = 10_000;

    private final JobStore store;
    private final Views views;
    private final Consumer<String> log;
    private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<JobId, String> owners = new ConcurrentHashMap<>();
    private final Semaphore news = new Semaphore(0);
    private final JobStore.Watch watch;
    private final Live.Subscription live;
    private final Thread reader;
    private volatile boolean stopped;
    private long last;

    /** A stream: its inbox, and whose jobs it tells of. */
    record Subscriber(Inbox inbox, Optional<JobId> job, Caller caller) {
        boolean wants(JobId id, String owner) {
            return job.map(id::equals).orElseGet(() -> caller.sees(owner));
        }
    }

    /**
     * @param log gets one line when the store cannot be read
     */
    EventHub(JobStore store, Live live, Views views, Consumer<String> log) {
        this.store = store;
        this.views = views;
        this.log = log;
        this.last = store.lastEvent();
        this.reader = Thread.ofVirtual().name("events").unstarted(this::read);
        this.watch = store.watch(this::changed);
        this.live = live.subscribe(this::live);
        reader.start();
    }

    /**
     * {@return a new stream's inbox, into which comes what happens from now on}
     *
     * @param job that it tells of; none for all
     * @param caller whose jobs it tells of
     */
    Subscriber subscribe(Optional<JobId> job, Caller caller) {
        Subscriber subscriber = new Subscriber(new Inbox(), job, caller);
        subscribers.add(subscriber);
        if (stopped) {
            subscriber.inbox().put(new Notice.Stop());
        }
        return subscriber;
    }

    void unsubscribe(Subscriber subscriber) {
        subscribers.remove(subscriber);
    }

    /** The order of the queue changed, or whether it is paused. */
    void queueChanged() {
        to(subscriber -> subscriber.job().isEmpty(), new Notice.Queue());
    }

    private void changed(JobId id) {
        news.release();
    }

    private void live(LiveEvent event) {
        switch (event) {
            case LiveEvent.Changed(JobId id) -> changed(id);
            case LiveEvent.Progressed(JobId id, var progress) -> {
                Inbox.Text text = once(() -> Notice.text(id, progress));
                each(id, inbox -> inbox.progress(id, text));
            }
            case LiveEvent.Previewed(JobId id, int step) -> {
                Inbox.Text text = once(() -> Notice.text(id, step));
                each(id, inbox -> inbox.preview(id, text));
            }
        }
    }

    private static Inbox.Text once(Inbox.Text text) {
        return new Inbox.Text() {
            private volatile String made = "";

            @Override
            public String get() {
                if (made.isEmpty()) {
                    made = text.get(); // twice at worst
                }
                return made;
            }
        };
    }

    private void each(JobId id, Consumer<Inbox> action) {
        if (subscribers.isEmpty()) {
            return;
        }
        String owner = owners.getOrDefault(id, "");
        subscribers.stream()
                .filter(subscriber -> subscriber.wants(id, owner))
                .forEach(subscriber -> action.accept(subscriber.inbox()));
    }

    private void to(Predicate<Subscriber> whom, Notice notice) {
        subscribers.stream().filter(whom).forEach(subscriber -> subscriber.inbox().put(notice));
    }

    private void read() {
        try {
            while (!stopped) {
                news.acquire();
                news.drainPermits();
                try {
                    tell();
                } catch (StoreException e) {
                    log.accept("events: " + e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the end
        }
    }

    private void tell() {
        List<JobEvent> events;
        do {
            events = store.events(Optional.empty(), last, PAGE);
            for (JobEvent event : events) {
                last = event.id();
                tell(event);
            }
        } while (events.size() == PAGE);
        queueChanged();
    }

    private void tell(JobEvent event) {
        if (owners.size() > MANY_OWNERS) {
            owners.clear();
        }
        owners.put(event.job(), event.owner());
        Notice.of(event, store, views)
                .ifPresent(notice ->
                        to(subscriber -> subscriber.wants(event.job(), event.owner()), notice));
    }

    /** Ends all streams. */
    @Override
    public void close() {
        stopped = true;
        watch.close();
        live.close();
        reader.interrupt();
        to(_ -> true, new Notice.Stop());
    }
}
