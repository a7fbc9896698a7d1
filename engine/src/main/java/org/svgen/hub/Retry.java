package org.svgen.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/** Decides whether, and when, to try again what failed; gives up after some failures in a row. */
final class Retry {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final long SLICE_MILLIS = 100;

    private final HubSettings settings;
    private final PullListener listener;
    private final String subject;
    private final String advice;
    private final int connections;
    private int failures;

    /**
     * @param subject what messages begin with
     * @param advice what the message says in the end, if all is in vain
     */
    Retry(HubSettings settings, PullListener listener, String subject, String advice) {
        this(settings, listener, subject, advice, settings.attempts());
    }

    /**
     * @param connections how often to try where there is no connection at all
     */
    Retry(
            HubSettings settings,
            PullListener listener,
            String subject,
            String advice,
            int connections) {
        this.settings = settings;
        this.listener = listener;
        this.subject = subject;
        this.advice = advice;
        this.connections = connections;
    }

    /** It went well for a while: failures are counted anew. */
    void progressed() {
        failures = 0;
    }

    /**
     * Returns when it is time for the next attempt.
     *
     * @throws SvgenException if there should be none
     */
    void after(IOException e) throws InterruptedException {
        failures++;
        Duration wait = wait(e);
        boolean hopeless = e instanceof SSLException || wait.compareTo(LONGEST_WAIT) > 0;
        int attempts = isUnreachable(e) ? connections : settings.attempts();
        if (hopeless || failures >= attempts) {
            throw givenUp(e);
        }
        listener.note(
                "%s: %s; trying again in %s s"
                        .formatted(subject, reason(e), Math.max(1, wait.toSeconds())));
        long until = System.nanoTime() + wait.toNanos();
        while (System.nanoTime() < until) {
            if (listener.cancelled()) {
                throw new PullStoppedException();
            }
            Thread.sleep(Math.clamp((until - System.nanoTime()) / 1_000_000, 1, SLICE_MILLIS));
        }
    }

    private static boolean isUnreachable(IOException e) {
        return e instanceof ConnectException
                || e instanceof UnknownHostException
                || e instanceof HttpConnectTimeoutException;
    }

    private Duration wait(IOException e) {
        Duration asked = e instanceof TransientException t ? t.askedToWait() : null;
        if (asked != null) {
            return asked;
        }
        long millis = settings.pause().toMillis() << Math.min(failures - 1, 10);
        // Apart from each other, or many clients would come back all at once.
        return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 4 + 1));
    }

    private SvgenException givenUp(IOException e) {
        String text =
                "%s: %s%s; %s"
                        .formatted(
                                subject,
                                reason(e),
                                failures == 1 ? "" : ", %d times in a row".formatted(failures),
                                advice);
        // The hub's own trouble is nobody's bad input; a connection is the user's to mend.
        return e instanceof TransientException
                ? new SvgenException(text, e)
                : new BadInputException(text, e);
    }

    /** Why, for people; the JDK leaves many of these without words. */
    private String reason(IOException e) {
        return switch (e) {
            case TransientException t -> String.valueOf(t.getMessage());
            case SSLException t -> "no safe connection: " + oneLine(t.getMessage());
            case ConnectException t when causedBy(t, UnresolvedAddressException.class) ->
                    "host not found";
            case UnknownHostException _ -> "host not found";
            case ConnectException _ -> "cannot connect";
            case HttpTimeoutException _ ->
                    "no answer for %d s".formatted(settings.patience().toSeconds());
            default -> "the connection broke (%s)".formatted(oneLine(e.getMessage()));
        };
    }

    private static boolean causedBy(Throwable e, Class<? extends Throwable> type) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "no reason given" : Untrusted.oneLine(text);
    }
}
