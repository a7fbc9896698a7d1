package org.svgen.hub;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
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

/**
 * Decides whether, and when, to try again what failed. Gives up after some failures in a row, and
 * after the second answer that does not fit, whatever went well between them.
 */
final class Retry {
    private static final Duration MAX_WAIT = Duration.ofMinutes(5);
    private static final int MAX_WRONG_ANSWERS = 2;

    /** What to do about answers of a hub that do not fit. */
    static final String OTHER_HUB = "the hub is at fault: try again later, or another HF_ENDPOINT";

    private final HubSettings settings;
    private final PullListener listener;
    private final String subject;
    private final Advice advice;
    private final Tries tries;
    private int failures;
    private int wrong;

    /**
     * How often to try in vain what costs the user time and hardly becomes better.
     *
     * @param unreachable where there is no connection
     * @param silent where there is one, but no answer
     */
    record Tries(int unreachable, int silent) {}

    /**
     * What the message says in the end, if all is in vain.
     *
     * @param wrongAnswers if that was for answers that do not fit
     */
    record Advice(String usual, String wrongAnswers) {}

    /**
     * @param subject what messages begin with
     */
    Retry(HubSettings settings, PullListener listener, String subject, Advice advice, Tries tries) {
        this.settings = settings;
        this.listener = listener;
        this.subject = subject;
        this.advice = advice;
        this.tries = tries;
    }

    /** Much of the file has come: failures count from zero again. */
    void progressed() {
        failures = 0;
    }

    /**
     * Returns when it is time for the next attempt.
     *
     * @throws SvgenException if there should be none
     */
    void after(IOException e) throws InterruptedException {
        if (listener.cancelled()) {
            throw new PullStoppedException();
        }
        if (Thread.interrupted()) {
            // What failed may have failed because somebody stops, and closes what we read from.
            throw new InterruptedException();
        }
        failures++;
        if (e instanceof WrongAnswerException) {
            wrong++;
        }
        Duration wait = wait(e);
        boolean hopeless =
                isUntrusted(e) || e instanceof TooSlowException || wait.compareTo(MAX_WAIT) > 0;
        if (hopeless || failures >= most(e) || wrong >= MAX_WRONG_ANSWERS) {
            throw givenUp(e, wait);
        }
        listener.note(
                "%s: %s; trying again in %s s"
                        .formatted(subject, reason(e), Math.max(1, wait.toSeconds())));
        long until = System.nanoTime() + wait.toNanos();
        while (System.nanoTime() < until) {
            if (listener.cancelled()) {
                throw new PullStoppedException();
            }
            Thread.sleep(
                    Math.clamp((until - System.nanoTime()) / 1_000_000, 1, Waiting.SLICE_MILLIS));
        }
    }

    private int most(IOException e) {
        return switch (e) {
            case ConnectException _, UnknownHostException _, HttpConnectTimeoutException _ ->
                    tries.unreachable;
            case HttpTimeoutException _, StalledException _ -> tries.silent;
            default -> settings.patience().attempts();
        };
    }

    private Duration wait(IOException e) {
        Duration asked = e instanceof TransientException t ? t.askedToWait() : null;
        if (asked != null) {
            return asked;
        }
        long millis = settings.patience().pause().toMillis() << Math.min(failures - 1, 10);
        // Apart from each other, or many clients would come back all at once.
        return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 4 + 1));
    }

    private SvgenException givenUp(IOException e, Duration wait) {
        String asked = wait.compareTo(MAX_WAIT) > 0 ? ", come back in " + rough(wait) : "";
        String text =
                "%s: %s%s%s; %s"
                        .formatted(
                                subject,
                                reason(e),
                                asked,
                                failures == 1 ? "" : ", %d times in a row".formatted(failures),
                                e instanceof WrongAnswerException
                                        ? advice.wrongAnswers
                                        : advice.usual);
        // The hub's own trouble is nobody's bad input; a connection is the user's to mend.
        return e instanceof TransientException || e instanceof WrongAnswerException
                ? new SvgenException(text, e)
                : new BadInputException(text, e);
    }

    /** As exact as anybody wants to know it. */
    private static String rough(Duration wait) {
        return wait.toHours() < 3
                ? wait.toMinutes() + " minutes"
                : wait.toDays() < 3 ? wait.toHours() + " hours" : wait.toDays() + " days";
    }

    /** Why, for people; the JDK leaves many of these without words. */
    private String reason(IOException e) {
        return switch (e) {
            case TransientException t -> String.valueOf(t.getMessage());
            case WrongAnswerException t -> String.valueOf(t.getMessage());
            case StalledException t -> String.valueOf(t.getMessage());
            case TooSlowException t -> String.valueOf(t.getMessage());
            case SSLException t when isUntrusted(t) ->
                    "no safe connection: " + oneLine(t.getMessage());
            case ConnectException t when causedBy(t, UnresolvedAddressException.class) ->
                    "host not found";
            case UnknownHostException _ -> "host not found";
            case ConnectException _ -> "cannot connect";
            case HttpTimeoutException _ ->
                    "no answer for %d s".formatted(settings.patience().silence().toSeconds());
            default -> "the connection broke (%s)".formatted(oneLine(e.getMessage()));
        };
    }

    /**
     * A certificate or protocol that is wrong stays so; a connection that broke may be good again.
     */
    private static boolean isUntrusted(IOException e) {
        boolean broke =
                causedBy(e, EOFException.class)
                        || causedBy(e, SocketException.class)
                        || String.valueOf(e.getMessage()).contains("close_notify");
        return e instanceof SSLException && !broke;
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
