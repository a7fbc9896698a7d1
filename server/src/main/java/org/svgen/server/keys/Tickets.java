package org.svgen.server.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Short-lived words that open one video to be read. A browser cannot send a header with an event
 * stream, a picture or a video, and a key does not belong into an address, which logs keep. Nothing
 * is stored: a ticket is its end, signed with a secret of this process. Thread-safe.
 */
public final class Tickets {
    /** How long a ticket opens. */
    public static final Duration LIFE = Duration.ofSeconds(60);

    private static final String ALGORITHM = "HmacSHA256";
    private static final Pattern FORM = Pattern.compile("([0-9]{10,12})-([0-9a-f]{64})");

    private final InstantSource clock;
    private final SecretKeySpec secret;

    /**
     * With a new secret.
     *
     * @param clock that tells when tickets end
     */
    public Tickets(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.secret = new SecretKeySpec(random, ALGORITHM);
    }

    /**
     * A ticket.
     *
     * @param text to send as {@code ?ticket=}
     * @param expiresAt when it ends, in seconds since 1970
     */
    public record Ticket(String text, long expiresAt) {}

    /**
     * {@return a ticket for one video}
     *
     * @param video its id
     */
    public Ticket issue(String video) {
        long end = clock.instant().plus(LIFE).getEpochSecond();
        return new Ticket(end + "-" + HexFormat.of().formatHex(signature(video, end)), end);
    }

    /**
     * {@return whether a ticket opens a video now}
     *
     * @param video its id
     * @param ticket that a request brought
     */
    public boolean opens(String video, String ticket) {
        Matcher parts = FORM.matcher(ticket);
        if (!parts.matches()) {
            return false;
        }
        long end = Long.parseLong(parts.group(1));
        byte[] found = HexFormat.of().parseHex(parts.group(2));
        return MessageDigest.isEqual(signature(video, end), found)
                && clock.instant().getEpochSecond() < end;
    }

    private byte[] signature(String video, long end) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac.doFinal((video + "." + end).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
