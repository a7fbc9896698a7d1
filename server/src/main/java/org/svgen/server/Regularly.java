package org.svgen.server;

import java.time.Duration;

/** Does something now and then, on a thread of its own. */
final class Regularly implements AutoCloseable {
    private final Thread thread;

    private Regularly(Thread thread) {
        this.thread = thread;
    }

    static Regularly every(Duration pause, Runnable work) {
        return new Regularly(
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                while (true) {
                                    Thread.sleep(pause);
                                    work.run();
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt(); // closed
                            }
                        }));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
