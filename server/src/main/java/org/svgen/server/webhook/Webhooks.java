package org.svgen.server.webhook;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.server.net.Outbound;
import org.svgen.server.store.Delivery;
import org.svgen.server.store.Outbox;
import org.svgen.server.store.StoreException;
import org.svgen.tensor.BadInputException;

/**
 * Sends news of the ends of jobs, as Standard Webhooks has it. A row of the outbox stays until its
 * receiver has answered with a status of 200 to 299, so each arrives at least once; the same news
 * have the same {@code webhook-id}, by which a receiver knows a second one.
 */
public final class Webhooks implements AutoCloseable {
    private static final Duration LONGEST_CALL = Duration.ofSeconds(10);
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final int MOST_AT_ONCE = 32;
    private static final int GONE = 410;

    private final Outbox outbox;
    private final Secrets secrets;
    private final Outbound outbound;
    private final InstantSource clock;
    private final Consumer<String> log;
    private final Schedule schedule = new Schedule(() -> ThreadLocalRandom.current().nextDouble());
    private final GoneAddresses gone = new GoneAddresses();
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);
    private final Object bell = new Object();
    private boolean rung;
    private volatile boolean closed;
    private @Nullable Thread thread; // guarded by this

    /**
     * A sender, which {@link #start} sets to work.
     *
     * @param outbox what is to be sent
     * @param secrets that sign it
     * @param outbound by whose rules hosts are called
     * @param clock of the signatures
     * @param log gets a line about what did not arrive
     */
    public Webhooks(
            Outbox outbox,
            Secrets secrets,
            Outbound outbound,
            InstantSource clock,
            Consumer<String> log) {
        this.outbox = Objects.requireNonNull(outbox, "outbox");
        this.secrets = Objects.requireNonNull(secrets, "secrets");
        this.outbound = Objects.requireNonNull(outbound, "outbound");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.log = Objects.requireNonNull(log, "log");
    }

    /** Begins to send, on a thread of its own. */
    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("webhooks").start(this::run);
        }
    }

    /** There may be something to send: it need not wait until somebody looks. */
    public void wake() {
        synchronized (bell) {
            rung = true;
            bell.notifyAll();
        }
    }

    private void run() {
        try {
            while (!closed) {
                if (!sendSome()) {
                    rest();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest() throws InterruptedException {
        long end = System.nanoTime() + IDLE.toNanos();
        synchronized (bell) {
            for (long left = IDLE.toMillis(); !rung && !closed && left > 0; ) {
                bell.wait(left);
                left = (end - System.nanoTime()) / 1_000_000;
            }
            rung = false;
        }
    }

    /** Sends what is due, as far as there is room; returns whether there was any. */
    private boolean sendSome() throws InterruptedException {
        free.acquire();
        int room = 1 + free.drainPermits();
        List<Delivery> due = List.of();
        try {
            due = outbox.take(room, LEASE);
        } catch (StoreException e) {
            log.accept("webhooks wait for the store: " + e.getMessage());
        } finally {
            free.release(room - due.size());
        }
        for (Delivery delivery : due) {
            Thread.ofVirtual()
                    .name("webhook " + delivery.id())
                    .start(() -> {
                        try {
                            send(delivery);
                        } catch (StoreException e) {
                            // Its lease runs out, and then it is sent once more.
                            log.accept("webhook %s: %s".formatted(delivery.id(), e.getMessage()));
                        } finally {
                            free.release();
                        }
                    });
        }
        return !due.isEmpty();
    }

    private void send(Delivery delivery) {
        if (gone.has(delivery.url(), System.nanoTime())) {
            outbox.dropped(delivery.id());
            return;
        }
        String why;
        try {
            News news = News.of(delivery, secrets, clock.instant());
            int status =
                    outbound.post(
                            outbound.rules().require(delivery.url()),
                            news.headers(),
                            news.body(),
                            LONGEST_CALL);
            if (status / 100 == 2) {
                outbox.delivered(delivery.id());
                return;
            }
            why = "HTTP status " + status;
            if (status == GONE) {
                gone.add(delivery.url(), System.nanoTime());
                drop(delivery, why);
                return;
            }
        } catch (IOException | BadInputException e) {
            why = String.valueOf(e.getMessage());
        }
        Optional<Duration> wait = schedule.next(delivery.attempts());
        if (wait.isEmpty()) {
            drop(delivery, why);
        } else if (!closed) {
            outbox.retry(delivery.id(), wait.get());
        }
    }

    private void drop(Delivery delivery, String why) {
        outbox.dropped(delivery.id());
        log.accept("webhook of %s is given up: %s".formatted(delivery.job(), why));
    }

    /** Takes nothing more, and waits for the calls that are under way. */
    @Override
    public void close() {
        closed = true;
        wake();
        boolean interrupted = false;
        try {
            free.tryAcquire(MOST_AT_ONCE, LONGEST_CALL.toSeconds() + 1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        synchronized (this) {
            if (thread != null) {
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
