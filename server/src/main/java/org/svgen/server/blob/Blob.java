package org.svgen.server.blob;

import java.io.IOException;
import java.io.InputStream;

/** A file that is open: it can be read to its end, even if it is deleted meanwhile. */
public interface Blob extends AutoCloseable {
    /** {@return its length in bytes} */
    long size();

    /**
     * Reads a part of it. Several may be read, one behind the other.
     *
     * @param from first byte
     * @param length number of bytes, which must all be there
     * @return those bytes
     * @throws IOException if they cannot be read
     */
    InputStream read(long from, long length) throws IOException;

    /**
     * {@return all of it}
     *
     * @throws IOException if it cannot be read
     */
    default InputStream read() throws IOException {
        return read(0, size());
    }

    @Override
    void close() throws IOException;
}
