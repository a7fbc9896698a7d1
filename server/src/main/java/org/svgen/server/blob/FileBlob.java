package org.svgen.server.blob;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** An open file of the system. Its bytes stay there until it is closed, also when it is deleted. */
final class FileBlob implements Blob {
    private final FileChannel channel;
    private final long size;

    private FileBlob(FileChannel channel, long size) {
        this.channel = channel;
        this.size = size;
    }

    static FileBlob of(FileChannel channel) throws IOException {
        try {
            return new FileBlob(channel, channel.size());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public InputStream read(long from, long length) {
        if (from < 0 || length < 0 || length > size - from) {
            throw new IllegalArgumentException(
                    "%d bytes from %d of %d".formatted(length, from, size));
        }
        return new Range(from, from + length);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Does not move the channel's own position, so that ranges may be read side by side. */
    private final class Range extends InputStream {
        private long next;
        private final long end;

        Range(long next, long end) {
            this.next = next;
            this.end = end;
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
            int most = (int) Math.min(length, end - next);
            int count = channel.read(ByteBuffer.wrap(bytes, offset, most), next);
            if (count < 0) {
                throw new EOFException("the file was cut while it was read");
            }
            next += count;
            return count;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, end - next);
        }
    }
}
