package org.svgen.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import org.svgen.server.wire.Problem;

/** Sends errors. */
final class Refusals {
    /** Of a body that nobody wants, so much is still read. */
    private static final long MOST_UNREAD = 16L << 20;

    private static final Duration LINGER = Duration.ofSeconds(2);

    private Refusals() {}

    /** Answers with an error, before or after the body was read. */
    static void send(Call call, Problem problem) {
        if (problem.status() == 401) {
            call.header("WWW-Authenticate", "Bearer");
        }
        problem.retryAfter()
                .ifPresent(seconds -> call.header("Retry-After", String.valueOf(seconds)));
        problem.retry().ifPresent(again -> call.header("x-should-retry", again.toString()));
        boolean unread = isUnread(call);
        if (unread) {
            call.header("Connection", "close");
        }
        call.json(problem.status(), problem.body());
        if (unread) {
            linger(call);
        }
    }

    private static boolean isUnread(Call call) {
        return (call.request().headers().contains(HeaderNames.TRANSFER_ENCODING)
                        || call.request().headers().contentLength().orElse(0) > 0)
                && !call.request().content().consumed();
    }

    /**
     * Reads on for a moment: a connection that is closed with bytes unread is reset, and many
     * clients then lose the answer. Not where the client waits to be told to go on.
     */
    private static void linger(Call call) {
        if (call.request().headers().containsToken(HeaderValues.EXPECT_100)) {
            return;
        }
        Watched.current().ifPresent(connection -> connection.waits(LINGER));
        long end = System.nanoTime() + LINGER.toNanos();
        byte[] nobodys = new byte[8192];
        long read = 0;
        try (InputStream body = call.request().content().inputStream()) {
            int bytes;
            while (read < MOST_UNREAD
                    && System.nanoTime() - end < 0
                    && (bytes = body.read(nobodys)) >= 0) {
                read += bytes;
            }
        } catch (IOException | RuntimeException e) {
            // The answer is sent, and the connection ends anyway.
            return;
        }
    }

    /** What went wrong and where, for a log: never the words of a request. */
    static String line(Exception e) {
        String where =
                Arrays.stream(e.getStackTrace())
                        .filter(frame -> frame.getClassName().startsWith("org.svgen."))
                        .findFirst()
                        .map(StackTraceElement::toString)
                        .orElse("unknown place");
        return "internal error: %s at %s".formatted(e.getClass().getName(), where);
    }
}
