package org.svgen.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The content of an answer, as it comes. Unlike the JDK's stream, it can be waited for with limits:
 * see {@link Waiting} and {@link Pace}. One thread reads.
 */
final class Body implements BodySubscriber<Body>, AutoCloseable {
    private static final int FIRST_BUFFER = 1 << 14;

    private final Waiting waiting;
    private final Pace pace;
    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> here = new ArrayDeque<>();
    private volatile @Nullable Subscription subscription;
    private volatile boolean closed;
    private boolean ended;

    /**
     * What the connection hands over.
     *
     * @param last true if nothing follows
     * @param failure why nothing follows; null if that was all
     */
    private record Piece(List<ByteBuffer> bytes, boolean last, @Nullable Throwable failure) {}

    Body(Waiting waiting) {
        this.waiting = waiting;
        this.pace = new Pace(waiting.patience());
    }

    @Override
    public CompletionStage<Body> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public void onSubscribe(Subscription started) {
        subscription = started;
        if (closed) {
            started.cancel();
        } else {
            started.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> bytes) {
        pieces.add(new Piece(bytes, false, null));
    }

    @Override
    public void onError(Throwable failure) {
        pieces.add(new Piece(List.of(), true, failure));
    }

    @Override
    public void onComplete() {
        pieces.add(new Piece(List.of(), true, null));
    }

    /**
     * Waits for bytes and copies some of them.
     *
     * @return how many; -1 at the end
     * @throws IOException if the connection broke or is too slow
     * @throws PullStoppedException if somebody wants to stop
     */
    int read(byte[] into) throws IOException, InterruptedException {
        waiting.check();
        while (!ended || !here.isEmpty()) {
            ByteBuffer first = here.peek();
            if (first == null) {
                take(next());
            } else if (!first.hasRemaining()) {
                here.remove();
            } else {
                int count = Math.min(into.length, first.remaining());
                first.get(into, 0, count);
                return count;
            }
        }
        return -1;
    }

    /**
     * All that is left.
     *
     * @param most bytes that it may be
     * @throws WrongAnswerException if there is more
     */
    byte[] readAll(int most) throws IOException, InterruptedException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[FIRST_BUFFER];
        for (int n = read(buffer); n >= 0; n = read(buffer)) {
            if (n > most - all.size()) {
                throw new WrongAnswerException(
                        "the answer is longer than %d bytes, the most that it may have"
                                .formatted(most));
            }
            all.write(buffer, 0, n);
        }
        return all.toByteArray();
    }

    /**
     * The first {@code count} bytes; what follows is not asked for.
     *
     * @throws IOException if there are fewer
     */
    byte[] readFirst(int count) throws IOException, InterruptedException {
        byte[] all = new byte[count];
        byte[] buffer = new byte[FIRST_BUFFER];
        for (int at = 0; at < count; ) {
            int n = read(buffer);
            if (n < 0) {
                throw new IOException("%d of %d bytes came".formatted(at, count));
            }
            System.arraycopy(buffer, 0, all, at, Math.min(n, count - at));
            at += n;
        }
        return all;
    }

    private Piece next() throws IOException, InterruptedException {
        while (true) {
            long began = System.nanoTime();
            Piece piece = pieces.poll(Waiting.SLICE_MILLIS, TimeUnit.MILLISECONDS);
            pace.waited(System.nanoTime() - began);
            if (piece != null) {
                return piece;
            }
            waiting.check();
        }
    }

    private void take(Piece piece) throws IOException {
        ended = piece.last;
        if (piece.failure != null) {
            throw Http.failure(piece.failure);
        }
        here.addAll(piece.bytes);
        pace.came(piece.bytes.stream().mapToLong(ByteBuffer::remaining).sum());
        Subscription source = subscription;
        if (!ended && source != null) {
            source.request(1);
        }
    }

    /** Ends the connection unless all has come. */
    @Override
    public void close() {
        closed = true;
        Subscription source = subscription;
        if (source != null) {
            source.cancel();
        }
    }
}
