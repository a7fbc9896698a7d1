package org.svgen.server.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.svgen.server.wire.Body;
import org.svgen.server.wire.BodyLimits;
import org.svgen.server.wire.BodyReader;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;
import org.svgen.server.wire.Spool;
import org.svgen.server.wire.Wish;
import org.svgen.server.wire.WishReader;

/** Reads bodies of requests. Few large ones at a time, since they are in memory. */
final class Bodies {
    private static final long LARGE = 1 << 20;
    private static final int LARGE_AT_ONCE = 4;
    private static final int WAIT_SECONDS = 20;

    private final BodyLimits limits;
    private final Path folder;
    private final BodyReader reader;
    private final Semaphore large = new Semaphore(LARGE_AT_ONCE, true);

    /**
     * @param folder for what is under way
     */
    Bodies(BodyLimits limits, Path folder) {
        this.limits = limits;
        this.folder = folder;
        this.reader = new BodyReader(limits);
    }

    Spool spool() {
        return new Spool(folder);
    }

    Wish wish(Body body) {
        return WishReader.read(body, limits);
    }

    /**
     * @throws Refusal if it cannot be taken
     */
    Body read(Call call, Spool spool) throws IOException {
        String type = call.header("Content-Type").orElse("");
        boolean chunked = call.header("Transfer-Encoding").isPresent();
        long length = chunked ? -1 : call.request().headers().contentLength().orElse(0);
        reader.requireSize(type, length);
        if (!chunked && length <= LARGE) {
            return read(call, type, length, spool);
        }
        if (!tryLarge()) {
            throw new Refusal(Problem.unavailable("too many large requests at once", WAIT_SECONDS));
        }
        try {
            return read(call, type, length, spool);
        } finally {
            large.release();
        }
    }

    private boolean tryLarge() {
        try {
            return large.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Body read(Call call, String type, long length, Spool spool) throws IOException {
        InputStream body =
                length == 0
                        ? InputStream.nullInputStream()
                        : new Paced(call.request().content().inputStream());
        return reader.read(type, length, body, spool);
    }
}
