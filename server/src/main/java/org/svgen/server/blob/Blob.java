package org.svgen.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/**
 * A file that is open. What {@link #read(long, long) read} has given can be read to its end, even
 * if the file is replaced or deleted meanwhile; bytes of two files are never mixed.
 */
public interface Blob extends AutoCloseable {
    /** {@return its length in bytes} */
    long size();

    /**
     * Reads a part of it. Several may be read, one behind the other.
     *
     * @param from first byte
     * @param length number of bytes, which must all be there
     * @return those bytes
     * @throws NoSuchFileException if the file has been deleted since, and its bytes are gone
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
