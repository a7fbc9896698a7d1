package org.svgen.server.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * A body that must come at a pace: each byte bought a little time. The connection of one that is
 * slower ends.
 */
final class Paced extends FilterInputStream {
    private static final Duration START = Duration.ofSeconds(30);
    private static final long NANOS_PER_BYTE = 1_000_000_000L / (16 << 10);

    private final long begun = System.nanoTime();
    private long bytes;

    Paced(InputStream body) {
        super(body);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        Duration spent = Duration.ofNanos(System.nanoTime() - begun);
        Duration allowed = START.plusNanos(bytes * NANOS_PER_BYTE);
        Watched.current().ifPresent(connection -> connection.waits(allowed.minus(spent)));
        int read = super.read(into, from, length);
        bytes += Math.max(0, read);
        Watched.current().ifPresent(Watched::goesOn);
        return read;
    }
}
