package org.svgen.server.http;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.svgen.server.store.Idempotency;
import org.svgen.server.wire.Body;
import org.svgen.server.wire.BodyHash;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/** Keys by which a request that is sent twice makes one video, and those that are being taken. */
final class IdempotencyKeys {
    private static final String HEADER = "Idempotency-Key";
    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /** What is given back when the request is decided, before it is answered. */
    interface Held extends AutoCloseable {
        Optional<Idempotency> idempotency();

        @Override
        void close();
    }

    /**
     * Takes the key of a request.
     *
     * @param about what else the answer depends on: the job that is varied
     * @throws Refusal if it is none, or the first request with it is not decided yet
     */
    Held take(Call call, String about, Body body) {
        Optional<String> key = call.header(HEADER);
        if (key.isEmpty()) {
            return held(Optional.empty(), "");
        }
        if (!FORM.matcher(key.get()).matches()) {
            throw new Refusal(
                    Problem.value(
                            HEADER, HEADER + ": expected 1 to 255 visible characters of ASCII"));
        }
        String name = call.caller().name() + "\n" + key.get();
        if (!underWay.add(name)) {
            throw new Refusal(
                    Problem.conflict(
                            "idempotency_key_in_use",
                            "the first request with this Idempotency-Key is still being taken",
                            true));
        }
        return held(Optional.of(new Idempotency(key.get(), BodyHash.of(about, body))), name);
    }

    private Held held(Optional<Idempotency> idempotency, String name) {
        return new Held() {
            @Override
            public Optional<Idempotency> idempotency() {
                return idempotency;
            }

            @Override
            public void close() {
                underWay.remove(name);
            }
        };
    }
}
