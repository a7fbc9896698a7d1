package org.svgen.media;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.bytedeco.javacv.Seekable;
import org.jspecify.annotations.Nullable;

/**
 * The file that FFmpeg writes a video to. FFmpeg's muxers, and JavaCV around them, lose the errors
 * of writes, those of the index above all; so this keeps the first for {@link #requireWritten}.
 */
final class RecordedFile extends OutputStream implements Seekable {
    private static final int FROM_BEGIN = 0; // SEEK_SET

    private final RandomAccessFile file;
    private @Nullable IOException failure;

    RecordedFile(Path path) throws IOException {
        file = new RandomAccessFile(path.toFile(), "rw");
        try {
            file.setLength(0);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        attempt(() -> file.write(bytes, from, count));
    }

    @Override
    public void seek(long offset, int whence) {
        attempt(() -> {
            if (whence != FROM_BEGIN) {
                throw new IOException("FFmpeg seeks from elsewhere than the begin: " + whence);
            }
            file.seek(offset);
        });
    }

    @Override
    public void close() {
        attempt(file::close);
    }

    private interface Action {
        void run() throws IOException;
    }

    /** Exceptions would end in native code, which has no use for them. */
    private void attempt(Action action) {
        try {
            if (failure == null) {
                action.run();
            }
        } catch (IOException e) {
            failure = e;
            closeQuietly();
        }
    }

    private void closeQuietly() {
        try {
            file.close();
        } catch (IOException e) {
            // The first failure is the one that is reported.
        }
    }

    /**
     * @throws IOException the first that anything here met
     */
    void requireWritten() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** FFmpeg takes it for the name of the file. */
    @Override
    public String toString() {
        return "video";
    }
}
