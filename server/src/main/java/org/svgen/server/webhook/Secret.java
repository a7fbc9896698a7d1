package org.svgen.server.webhook;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.svgen.tensor.BadInputException;

/**
 * What signs news, as Standard Webhooks has it: {@code whsec_} and 24 to 64 bytes in base64. The
 * receiver has the same.
 */
final class Secret {
    private static final String PREFIX = "whsec_";
    private static final String HMAC = "HmacSHA256";
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;
    private static final int NEW_BYTES = 32;

    private final SecretKeySpec key;

    private Secret(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, HMAC);
    }

    /**
     * @throws BadInputException if it has not that form; the message does not say the secret
     */
    static Secret parse(String text) {
        Objects.requireNonNull(text, "text");
        try {
            byte[] bytes =
                    text.startsWith(PREFIX)
                            ? Base64.getDecoder().decode(text.substring(PREFIX.length()))
                            : new byte[0];
            if (bytes.length >= LEAST_BYTES && bytes.length <= MOST_BYTES) {
                return new Secret(bytes);
            }
        } catch (IllegalArgumentException e) {
            // Told below, without the secret.
        }
        throw new BadInputException(
                "expected whsec_ and %d to %d bytes in base64, found something else"
                        .formatted(LEAST_BYTES, MOST_BYTES));
    }

    /** A new one, as text. */
    static String random() {
        byte[] bytes = new byte[NEW_BYTES];
        new SecureRandom().nextBytes(bytes);
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /** {@code v1,BASE64} of some bytes. */
    String sign(byte[] signed) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HmacSHA256", e);
        }
    }

    /** Says nothing of itself. */
    @Override
    public String toString() {
        return "a webhook secret";
    }
}
