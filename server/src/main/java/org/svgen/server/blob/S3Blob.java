package org.svgen.server.blob;

import java.io.IOException;
import java.io.InputStream;

/**
 * A file in a bucket as it was when it was opened. If another takes its place, what is read after
 * that is refused.
 *
 * @param object its name in the bucket
 * @param tag of its content
 */
record S3Blob(S3Bucket bucket, String object, String tag, long size) implements Blob {
    @Override
    public InputStream read(long from, long length) throws IOException {
        if (from < 0 || length < 0 || length > size - from) {
            throw new IllegalArgumentException(
                    "%d bytes from %d of %d".formatted(length, from, size));
        }
        return length == 0 ? InputStream.nullInputStream() : new S3Range(this, from, length);
    }

    /** Nothing is held: a stream has its own connection. */
    @Override
    public void close() {}
}
