package org.svgen.server.blob;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A part of a file. Where a connection breaks, another goes on at the same byte. */
final class S3Range extends InputStream {
    /** Without a byte in between. */
    private static final int TRIES = 3;

    private final S3Blob blob;
    private final long end;
    private long next;
    private @Nullable ResponseInputStream<GetObjectResponse> open;

    /** Begins to read at once, so that the bytes are there even if the file is deleted. */
    S3Range(S3Blob blob, long from, long length) throws IOException {
        this.blob = blob;
        this.next = from;
        this.end = from + length;
        this.open = request();
    }

    private ResponseInputStream<GetObjectResponse> request() throws IOException {
        try {
            ResponseInputStream<GetObjectResponse> stream =
                    blob.bucket()
                            .client()
                            .getObject(get ->
                                    get.bucket(blob.bucket().name())
                                            .key(blob.object())
                                            .ifMatch(blob.tag())
                                            .range("bytes=%d-%d".formatted(next, end - 1)));
            if (!blob.tag().equals(stream.response().eTag())) {
                stream.abort(); // a server that does not know If-Match
                throw replaced(null);
            }
            return stream;
        } catch (S3Exception e) {
            throw switch (e.statusCode()) {
                case S3Bucket.NOT_FOUND -> new NoSuchFileException(blob.object());
                case S3Bucket.CHANGED -> replaced(e);
                default -> blob.bucket().away(e);
            };
        } catch (SdkException e) {
            throw blob.bucket().away(e);
        }
    }

    private BlobsAwayException replaced(@Nullable Exception e) {
        return new BlobsAwayException(
                "%s: %s was replaced while it was read"
                        .formatted(blob.bucket().address(), blob.object()),
                e);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (next == end) {
            return -1;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                int count = some(bytes, offset, (int) Math.min(length, end - next));
                next += count;
                return count;
            } catch (BlobsAwayException | NoSuchFileException e) {
                throw e;
            } catch (IOException | SdkException e) {
                close();
                if (attempt == TRIES) {
                    throw new BlobsAwayException(
                            "%s: %s breaks off".formatted(blob.bucket().address(), blob.object()),
                            e);
                }
            }
        }
    }

    private int some(byte[] bytes, int offset, int length) throws IOException {
        ResponseInputStream<GetObjectResponse> stream = open;
        if (stream == null) {
            stream = request();
            open = stream;
        }
        int count = stream.read(bytes, offset, length);
        if (count < 0) {
            throw new EOFException("the connection was closed");
        }
        return count;
    }

    /** Drops the connection if more would come. */
    @Override
    public void close() throws IOException {
        ResponseInputStream<GetObjectResponse> stream = open;
        open = null;
        if (stream == null) {
            return;
        }
        if (next < end) {
            stream.abort();
        } else {
            stream.close();
        }
    }
}
