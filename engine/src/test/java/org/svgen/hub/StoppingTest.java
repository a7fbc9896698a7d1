package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.hub.RawHub.send;
import static org.svgen.hub.RawHub.write;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.hub.Fixture.Listener;

/** Whoever wants a pull to stop is heard within a second, whatever it waits for. */
@Timeout(20)
class StoppingTest {
    private static final Patience PATIENT =
            new Patience(
                    6, Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(60), 0);

    @TempDir Path cache;

    private final CountDownLatch waits = new CountDownLatch(1);

    /** What a pull may wait for. */
    enum Wait {
        HEADERS,
        LISTING,
        SMALL_FILE,
        LARGE_FILE,
        ASKED_PAUSE,
        OWN_PAUSE;

        boolean concerns(RawHub.Request request) {
            return switch (this) {
                case SMALL_FILE -> request.of("model_index.json");
                case LARGE_FILE -> request.of(Fixture.WEIGHTS);
                default -> request.listing();
            };
        }

        void begin(OutputStream out) throws IOException {
            switch (this) {
                case HEADERS -> write(out, "HTTP/1.1 200 OK\r\nContent-");
                case ASKED_PAUSE -> send(out, "503 Busy", "Retry-After: 250\r\n", new byte[0]);
                case OWN_PAUSE -> send(out, "500 Broken", "", new byte[0]);
                default -> write(out, "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n{   ");
            }
        }
    }

    private static final class Stoppable extends Listener {
        volatile boolean stop;

        @Override
        public boolean cancelled() {
            return stop;
        }
    }

    private RawHub hub(Wait wait) {
        RawHub hub =
                new RawHub((request, out) -> {
                    if (!wait.concerns(request)) {
                        return false;
                    }
                    wait.begin(out);
                    waits.countDown();
                    Thread.sleep(30_000);
                    return true;
                });
        if (wait == Wait.SMALL_FILE) {
            hub.wrongBy.put("model_index.json", 300_000 - hub.files.get("model_index.json").length);
        }
        return hub;
    }

    private void stopped(RawHub hub, boolean interrupt) throws InterruptedException {
        Stoppable listener = new Stoppable();
        AtomicReference<Throwable> end = new AtomicReference<>(new IllegalStateException("no end"));
        try (hub) {
            Thread pull =
                    new Thread(() -> {
                        try {
                            hub.hub(cache, PATIENT).pull(Fixture.ID, listener);
                        } catch (RuntimeException e) {
                            end.set(e);
                        }
                    });
            pull.start();
            assertThat(waits.await(10, TimeUnit.SECONDS)).isTrue();
            Thread.sleep(50);
            if (interrupt) {
                pull.interrupt();
            } else {
                listener.stop = true;
            }
            long began = System.nanoTime();
            pull.join(10_000);
            assertThat((System.nanoTime() - began) / 1e9).isLessThan(1.5);
        }
        assertThat(end.get())
                .isInstanceOf(PullStoppedException.class)
                .hasMessage("stopped; what was downloaded is kept, and the same command goes on");
        assertThat(listener.notes).noneMatch(n -> n.contains("broke"));
    }

    @ParameterizedTest
    @EnumSource
    void byItsListener(Wait wait) throws InterruptedException {
        stopped(hub(wait), false);
    }

    @ParameterizedTest
    @EnumSource
    void byAnInterrupt(Wait wait) throws InterruptedException {
        stopped(hub(wait), true);
    }

    @Test
    void whileAnotherHasTheFile() throws Exception {
        RawHub hub = new RawHub(RawHub.USUAL);
        Cache folders = new Cache(cache);
        String hash = "9e26dfeeb6e641a33dae4961196235bdb965b21b"; // of the file "{}"
        try (FileGuard other =
                FileGuard.take(folders.lock(Fixture.ID, hash), new Listener(), () -> {})) {
            assertThat(other.exclusive()).isTrue();
            Thread.startVirtualThread(() -> {
                while (hub.downloads("vae/config.json") == 0) {
                    Thread.onSpinWait();
                }
                waits.countDown();
            });
            stopped(hub, false);
        }
    }
}
