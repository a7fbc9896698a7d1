package org.svgen.hub;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.svgen.tensor.SvgenException;

/**
 * Fetches one file, however often the connection breaks, and goes on where an earlier attempt
 * ended.
 */
final class Transfer {
    private static final int BUFFER = 1 << 18;

    /** After such a part of a file, but no less than the least step, failures count from zero. */
    private static final long STEPS_PER_FILE = 256;

    private static final long MIN_STEP_BYTES = 1 << 16;

    private final HubSettings settings;
    private final PullListener listener;
    private final Http http;
    private final Source source;
    private final Content content;
    private final AtomicLong done;

    /** Where a file comes from. */
    interface Source {
        /** {@return what messages begin with} */
        String label();

        /** {@return who sends it, for messages: {@code the hub}} */
        String sender();

        /** {@return what to do if the sender is at fault} */
        String elsewhere();

        URI address();

        /** {@return how often to try what looks hopeless, of so many attempts} */
        default Retry.Tries tries(int attempts) {
            return new Retry.Tries(attempts, attempts);
        }

        /** {@return the error of a file that has another hash than it should} */
        SvgenException wrongContent(String message);

        /**
         * Returns if an answer is good.
         *
         * @throws TransientException if it may be good later
         * @throws SvgenException if it will not be
         */
        void check(Http.Answer answer) throws IOException;
    }

    /**
     * @param done is kept at the bytes that are on disk
     */
    Transfer(
            HubSettings settings,
            PullListener listener,
            Http http,
            Source source,
            Content content,
            AtomicLong done) {
        this.settings = settings;
        this.listener = listener;
        this.http = http;
        this.source = source;
        this.content = content;
        this.done = done;
    }

    /** Returns when {@code partial} is all that it should be. */
    void into(Partial partial) throws InterruptedException {
        while (true) {
            fill(partial);
            String found = partial.hash();
            if (found.equals(content.hash())) {
                return;
            }
            boolean resumed = partial.resumed();
            partial.restart();
            done.set(0);
            if (!resumed) {
                partial.delete();
                throw source.wrongContent(
                        "%s: wrong content: expected hash %s, found %s; deleted, the same command downloads it again"
                                .formatted(source.label(), content.hash(), found));
            }
            listener.note(source.label() + ": what was here was damaged; downloading it again");
        }
    }

    private void fill(Partial partial) throws InterruptedException {
        int attempts = settings.patience().attempts();
        Retry retry =
                new Retry(
                        settings,
                        listener,
                        source.label(),
                        new Retry.Advice(
                                "what is here is kept, and the same command goes on",
                                source.elsewhere()),
                        source.tries(attempts));
        // Never counted down: what comes a second time, after a restart, is no progress.
        long mark = partial.size();
        long step = Math.max(MIN_STEP_BYTES, content.size() / STEPS_PER_FILE);
        while (partial.size() < content.size()) {
            try {
                transfer(partial);
            } catch (IOException e) {
                if (partial.size() - mark >= step) {
                    mark = partial.size();
                    retry.progressed();
                }
                if (partial.restarts() > attempts) {
                    throw new SvgenException(
                            "%s: the connection breaks, and %s sends only the whole file; given up after %d attempts"
                                    .formatted(source.label(), source.sender(), attempts),
                            e);
                }
                retry.after(e);
            }
        }
    }

    /** Appends what one answer brings; returns early only by an exception. */
    private void transfer(Partial partial) throws IOException, InterruptedException {
        long at = partial.size();
        Map<String, String> range = at == 0 ? Map.of() : Map.of("Range", "bytes=" + at + "-");
        try (Http.Answer answer = http.get(source.address(), range, null)) {
            if (answer.status() == 416) {
                Extent.require(Extent.totalOfNone(answer), content.size());
                partial.restart();
                throw new WrongAnswerException(source.sender() + " cannot go on where we stopped");
            }
            source.check(answer);
            answer.requirePlain();
            Extent extent = Extent.of(answer);
            extent.require(content.size());
            if (extent.from() == 0 && at > 0) {
                partial.restart();
            } else if (extent.from() != at) {
                throw new WrongAnswerException(
                        "expected the part from byte %d, found that from byte %d"
                                .formatted(at, extent.from()));
            }
            copy(answer.body(), partial);
        }
        if (partial.size() < content.size()) {
            throw new IOException("%d of %d bytes came".formatted(partial.size(), content.size()));
        }
    }

    private void copy(Body body, Partial partial) throws IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER];
        done.set(partial.size());
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            if (n > content.size() - partial.size()) {
                partial.restart();
                throw new WrongAnswerException(
                        "expected %d bytes, but %s sends more"
                                .formatted(content.size(), source.sender()));
            }
            partial.append(buffer, n);
            done.set(partial.size());
        }
    }
}
