package org.svgen.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Keeps the reason of the first write that failed, which a PrintStream above would swallow. */
final class WatchedStream extends FilterOutputStream {
    private volatile String failure = "";

    WatchedStream(OutputStream stream) {
        super(stream);
    }

    /** Empty if nothing failed. */
    String failure() {
        return failure;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
        try {
            out.write(bytes, from, count);
        } catch (IOException e) {
            if (failure.isEmpty()) {
                failure = String.valueOf(e.getMessage());
            }
            throw e;
        }
    }
}
