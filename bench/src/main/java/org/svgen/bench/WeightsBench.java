package org.svgen.bench;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.svgen.files.Scratch;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Storage;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** How fast weights come from a mapped file to a device, beside how fast the disk reads. */
final class WeightsBench {
    private static final int DIRECT_READ_ALIGNMENT = 4096;
    private static final int READERS = 4;

    private WeightsBench() {}

    /**
     * In GB/s.
     *
     * @param disk several threads, past the page cache
     * @param cold a file that nobody has read before, to the device
     * @param warm the same file again
     * @param coldPart of the disk's rate
     */
    record Outcome(
            String device, long bytes, double disk, double cold, double warm, double coldPart) {
        String text() {
            return "%s: %.1f GB; the disk reads %.2f GB/s; to the device %.2f (%.2f of that), again %.2f"
                    .formatted(device, bytes * 1e-9, disk, cold, coldPart, warm);
        }
    }

    /**
     * @param pieces of {@code pieceBytes}, a multiple of 4096, that the file has
     * @param folder on the disk in question
     * @throws SvgenException if the file cannot be written there past the page cache
     */
    static Outcome run(Backend backend, Path folder, int pieces, int pieceBytes) {
        long bytes = (long) pieces * pieceBytes;
        try (Scratch scratch = Scratch.in(folder, "svgen-bench")) {
            Path file = scratch.path().resolve("weights");
            write(file, pieces, pieceBytes);
            double disk = bytes / read(file, pieces, pieceBytes) * 1e-9;
            double cold = bytes / upload(backend, file, pieces, pieceBytes) * 1e-9;
            double warm = bytes / upload(backend, file, pieces, pieceBytes) * 1e-9;
            return new Outcome(backend.name(), bytes, disk, cold, warm, cold / disk);
        } catch (IOException e) {
            throw new SvgenException(
                    "%s: cannot be measured: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static FileChannel direct(Path file, OpenOption... access) throws IOException {
        Set<OpenOption> options = new HashSet<>(List.of(access));
        options.add(ExtendedOpenOption.DIRECT);
        return FileChannel.open(file, options);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes + DIRECT_READ_ALIGNMENT)
                .alignedSlice(DIRECT_READ_ALIGNMENT)
                .limit(bytes);
    }

    private static void write(Path file, int pieces, int pieceBytes) throws IOException {
        ByteBuffer random = buffer(pieceBytes);
        byte[] content = new byte[pieceBytes];
        new Random(1).nextBytes(content);
        random.put(content);
        try (FileChannel channel =
                direct(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < pieces; i++) {
                random.rewind();
                while (random.hasRemaining()) {
                    channel.write(random);
                }
            }
            channel.force(true);
        }
    }

    private static double read(Path file, int pieces, int pieceBytes) throws IOException {
        try (FileChannel channel = direct(file, StandardOpenOption.READ)) {
            long start = System.nanoTime();
            IntStream.range(0, READERS)
                    .mapToObj(reader ->
                            Thread.ofPlatform()
                                    .start(() -> readEvery(channel, reader, pieces, pieceBytes)))
                    .toList()
                    .forEach(WeightsBench::join);
            return (System.nanoTime() - start) * 1e-9;
        }
    }

    private static void readEvery(FileChannel channel, int first, int pieces, int pieceBytes) {
        ByteBuffer into = buffer(pieceBytes);
        for (int i = first; i < pieces; i += READERS) {
            try {
                channel.read(into.rewind(), (long) i * pieceBytes);
            } catch (IOException e) {
                throw new SvgenException("cannot read: " + e.getMessage(), e);
            }
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static double upload(Backend backend, Path file, int pieces, int pieceBytes)
            throws IOException {
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(file)) {
            MemorySegment mapped = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            Storage storage = backend.allocate(pieceBytes);
            try {
                Tensor there = new Tensor(DType.U8, Shape.of(pieceBytes), storage, 0);
                backend.synchronize();
                long start = System.nanoTime();
                for (int i = 0; i < pieces; i++) {
                    MemorySegment piece = mapped.asSlice((long) i * pieceBytes, pieceBytes);
                    backend.write(Tensor.of(DType.U8, piece, pieceBytes), there);
                }
                backend.synchronize();
                return (System.nanoTime() - start) * 1e-9;
            } finally {
                backend.release(storage);
            }
        }
    }
}
