package org.svgen.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** The beginning of a file: grows by appending, and becomes a blob once its hash is right. */
final class Partial implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final Path path;
    private final Content content;
    private final FileChannel channel;
    private ContentHash hash;
    private long size;
    private boolean resumed;
    private int restarts;

    private Partial(Path path, Content content, FileChannel channel) {
        this.path = path;
        this.content = content;
        this.channel = channel;
        this.hash = content.newHash();
    }

    /**
     * Opens what an earlier attempt left at {@code path}, or begins from nothing.
     *
     * @param wanted called now and then while what is there is hashed; throws to stop that
     */
    static Partial open(Path path, Content content, Runnable wanted) {
        try {
            Files.createDirectories(path.resolveSibling("."));
            Partial partial =
                    new Partial(
                            path,
                            content,
                            FileChannel.open(
                                    path,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.READ,
                                    StandardOpenOption.WRITE));
            try {
                partial.resume(wanted);
                return partial;
            } catch (IOException | RuntimeException e) {
                partial.close();
                throw e;
            }
        } catch (IOException e) {
            throw Cache.cannotWrite(path, e);
        }
    }

    private void resume(Runnable wanted) throws IOException {
        if (channel.size() > content.size()) {
            restart();
        }
        long there = channel.size();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (size < there) {
            wanted.run();
            int n = channel.read(buffer.clear().limit((int) Math.min(BUFFER, there - size)), size);
            if (n < 0) {
                break;
            }
            hash.update(buffer.array(), n);
            size += n;
        }
        resumed = size > 0;
    }

    /**
     * Fills it with the content of {@code other}, which may be damaged: as if an earlier attempt
     * had left it. If {@code other} cannot be read, it is empty.
     *
     * @param wanted called now and then; throws to stop
     */
    void copy(Path other, Runnable wanted) {
        restart();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(other)) {
            for (int n = in.read(buffer); n >= 0 && size < content.size(); n = in.read(buffer)) {
                wanted.run();
                append(buffer, (int) Math.min(n, content.size() - size));
            }
            resumed = true;
        } catch (IOException e) {
            restart();
        }
    }

    long size() {
        return size;
    }

    /** True if some of it is from an earlier attempt, of which nobody knows how it ended. */
    boolean resumed() {
        return resumed;
    }

    /** How often what was there had to be dropped. */
    int restarts() {
        return restarts;
    }

    void append(byte[] bytes, int count) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        try {
            long at = size;
            while (buffer.hasRemaining()) {
                at += channel.write(buffer, at);
            }
            hash.update(bytes, count);
            size = at;
        } catch (ClosedByInterruptException e) {
            throw Interruptions.stopped(e);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write %s: %s; what is here is kept, and the same command goes on"
                            .formatted(path, Reasons.of(e)),
                    e);
        }
    }

    void restart() {
        try {
            channel.truncate(0);
        } catch (IOException e) {
            throw Cache.cannotWrite(path, e);
        }
        hash = content.newHash();
        size = 0;
        resumed = false;
        restarts++;
    }

    /** The hash of all that was written; to be asked once. */
    String hash() {
        return hash.hex();
    }

    /** Makes it the file {@code blob}; on disk for good before anybody can see it. */
    void publish(Path blob) {
        try {
            channel.force(true);
            channel.close();
            Files.move(path, blob, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Cache.cannotWrite(blob, e);
        }
    }

    void delete() {
        close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw Cache.cannotWrite(path, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Cache.cannotWrite(path, e);
        }
    }
}
