package org.svgen.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Ends transfers that have stopped to move; a read of an HTTP body would wait for ever. */
final class StallWatch {
    private final Set<Transfer> transfers = ConcurrentHashMap.newKeySet();
    private final Duration patience;

    StallWatch(Duration patience) {
        this.patience = patience;
    }

    /** A body being read; {@link #read} tells if it was given up. */
    final class Transfer implements AutoCloseable {
        private final InputStream in;
        private volatile long lastBytes = System.nanoTime();
        private volatile boolean stalled;

        private Transfer(InputStream in) {
            this.in = in;
        }

        int read(byte[] buffer) throws IOException {
            try {
                int n = in.read(buffer);
                lastBytes = System.nanoTime();
                return n;
            } catch (IOException e) {
                throw stalled
                        ? new IOException("no data for %d s".formatted(patience.toSeconds()), e)
                        : e;
            }
        }

        @Override
        public void close() {
            transfers.remove(this);
        }
    }

    Transfer begin(InputStream in) {
        Transfer transfer = new Transfer(in);
        transfers.add(transfer);
        return transfer;
    }

    /** To be called now and then. */
    void sweep() {
        long now = System.nanoTime();
        for (Transfer transfer : transfers) {
            if (now - transfer.lastBytes > patience.toNanos()) {
                transfer.stalled = true;
                try {
                    transfer.in.close();
                } catch (IOException e) {
                    // Closed enough for the reader to notice.
                }
            }
        }
    }
}
