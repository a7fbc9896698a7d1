package org.svgen.tensor.device;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.ClosedException;

/**
 * Lets one thread at a time use something that can be closed; others wait, and come in by the order
 * in which they asked. A thread that is in may come in again.
 *
 * <p>Who comes in brings a question that throws to stop it: it is asked while the thread waits and
 * by each {@link #poll} while it is in.
 */
public final class Turnstile {
    private static final long MILLIS_BETWEEN_QUESTIONS = 20; // while a thread waits
    private static final Runnable NO_QUESTION = () -> {};

    private final String what;
    private final Deque<Object> waiting = new ArrayDeque<>();
    private volatile @Nullable Thread user;
    private int entries; // of the user, who alone changes it, as the question
    private Runnable question = NO_QUESTION;
    private volatile boolean closing;
    private boolean closed;

    /**
     * Open, and nobody is in.
     *
     * @param what is used, for messages
     */
    public Turnstile(String what) {
        this.what = what;
    }

    /**
     * Waits for this thread's turn and keeps it until what is returned is closed.
     *
     * @param asked throws to stop the waiting or the work
     * @return what ends it
     * @throws ClosedException if it is closed, before or while this waits
     * @throws IllegalStateException if the waiting thread is interrupted and {@code asked} says
     *     nothing to that
     */
    public Lease enter(Runnable asked) {
        take(asked);
        Runnable before = question;
        question =
                before == NO_QUESTION
                        ? asked
                        : () -> {
                            before.run();
                            asked.run();
                        };
        boolean[] out = {false};
        return () -> {
            if (!out[0]) {
                out[0] = true;
                question = before;
                leave();
            }
        };
    }

    /**
     * Comes in for one call, whose end is {@link #leave}.
     *
     * @throws ClosedException as {@link #enter}, or as {@link #poll}
     */
    public void begin() {
        take(NO_QUESTION);
        try {
            poll();
        } catch (Throwable e) {
            leave();
            throw e;
        }
    }

    /** Ends what {@link #begin} began. */
    public void leave() {
        if (--entries == 0) {
            question = NO_QUESTION;
            synchronized (this) {
                user = null;
                notifyAll();
            }
        }
    }

    /**
     * Asks whether the thread that is in must stop; does nothing for any other thread.
     *
     * @throws ClosedException if another thread closes this
     */
    public void poll() {
        if (inside()) {
            requireOpen();
            question.run();
        }
    }

    /**
     * Holds this to be open.
     *
     * @throws ClosedException if this is closed, or is being closed
     */
    public void requireOpen() {
        if (closing) {
            throw new ClosedException(what);
        }
    }

    /**
     * Gives something back, in this thread's turn; nothing if this is closed by then.
     *
     * @param work gives it back
     */
    public void giveBack(Runnable work) {
        synchronized (this) {
            if (!inside()) {
                awaitNobody();
                if (closed) {
                    return;
                }
                user = Thread.currentThread();
            }
            entries++;
        }
        try {
            work.run();
        } finally {
            leave();
        }
    }

    /**
     * Stops who is in, waits until that thread has left, then frees what was used. From now on
     * nobody comes in. Closing again does nothing more than wait for that.
     *
     * @param free frees it; called once
     * @throws IllegalStateException if this thread itself is in
     */
    public void close(Runnable free) {
        synchronized (this) {
            if (inside()) {
                throw new IllegalStateException(
                        what + " is in use by this thread, which cannot close it meanwhile");
            }
            closing = true;
            notifyAll();
            awaitNobody();
            if (closed) {
                return;
            }
            closed = true;
            user = Thread.currentThread();
            entries = 1;
        }
        try {
            free.run();
        } finally {
            leave();
        }
    }

    private boolean inside() {
        return user == Thread.currentThread();
    }

    private void take(Runnable asked) {
        if (inside()) {
            entries++;
            return;
        }
        Object ticket = new Object();
        boolean in = false;
        try {
            for (in = taken(ticket); !in; in = taken(ticket)) {
                asked.run();
                if (Thread.currentThread().isInterrupted()) {
                    asked.run(); // it may have come since it was asked, and means an end there
                    throw new IllegalStateException("interrupted while it waited for " + what);
                }
            }
        } finally {
            if (!in) {
                forget(ticket);
            }
        }
    }

    /** Comes in if it is the ticket's turn, else waits for some time or for a change. */
    private synchronized boolean taken(Object ticket) {
        requireOpen();
        if (!waiting.contains(ticket)) {
            waiting.add(ticket);
        } else if (user != null || waiting.peekFirst() != ticket) {
            try {
                wait(MILLIS_BETWEEN_QUESTIONS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            requireOpen();
        }
        if (user != null || waiting.peekFirst() != ticket) {
            return false;
        }
        waiting.removeFirst();
        user = Thread.currentThread();
        entries = 1;
        return true;
    }

    private synchronized void forget(Object ticket) {
        waiting.remove(ticket);
        notifyAll();
    }

    /** Not to be interrupted: what is given back or closed must be, whoever waits. */
    private synchronized void awaitNobody() {
        boolean interrupted = false;
        while (user != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
