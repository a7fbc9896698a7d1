package org.svgen.server.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** By which an answer is found again in a log. Not secret, so no secure numbers are spent. */
final class RequestIds {
    private RequestIds() {}

    static String next() {
        byte[] random = new byte[12];
        ThreadLocalRandom.current().nextBytes(random);
        return "req_" + HexFormat.of().formatHex(random);
    }
}
