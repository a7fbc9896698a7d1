package org.svgen.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** What was opened, to be closed in the opposite order; one that fails does not keep the others. */
final class Opened implements AutoCloseable {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();
    private final Consumer<String> log;

    Opened(Consumer<String> log) {
        this.log = log;
    }

    <T extends AutoCloseable> T add(T opened) {
        all.push(opened);
        return opened;
    }

    /** Something that is done at its place in the order. */
    void then(Runnable last) {
        all.push(last::run);
    }

    @Override
    public synchronized void close() {
        while (!all.isEmpty()) {
            try {
                all.pop().close();
            } catch (Exception e) {
                log.accept("stopping: " + e);
            }
        }
    }
}
