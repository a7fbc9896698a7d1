package org.svgen.server.work;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/**
 * Watches that a disk keeps some room: below that nothing new is taken and runs wait, so that what
 * was taken can be finished. Thread-safe.
 */
public final class DiskReserve {
    private static final long MOST = 1L << 30; // bytes
    private static final double SHARE = 0.05; // of a small disk
    private static final long MILLIS_BETWEEN_LOOKS = 500;

    private final Space space;
    private final OptionalLong reserve;

    /** How much room a disk has. */
    public interface Space {
        /**
         * {@return bytes that can still be written}
         *
         * @throws IOException if it cannot be told
         */
        long free() throws IOException;

        /**
         * {@return bytes of the disk}
         *
         * @throws IOException if it cannot be told
         */
        long total() throws IOException;

        /**
         * {@return the room of the disk on which a folder lies}
         *
         * @param folder that is there
         */
        static Space of(Path folder) {
            Objects.requireNonNull(folder, "folder");
            return new Space() {
                @Override
                public long free() throws IOException {
                    return store().getUsableSpace();
                }

                @Override
                public long total() throws IOException {
                    return store().getTotalSpace();
                }

                private FileStore store() throws IOException {
                    return Files.getFileStore(folder);
                }
            };
        }
    }

    /**
     * Watches a disk.
     *
     * @param space of the disk
     * @param reserve bytes to keep free; none for 1 GiB, or 5 % of a smaller disk
     */
    public DiskReserve(Space space, OptionalLong reserve) {
        this.space = Objects.requireNonNull(space, "space");
        this.reserve = Objects.requireNonNull(reserve, "reserve");
    }

    /** {@return what is wrong, in one line, if there is less room than that} */
    public Optional<String> full() {
        try {
            long free = space.free();
            long kept =
                    reserve.isPresent()
                            ? reserve.getAsLong()
                            : Math.min(MOST, (long) (SHARE * space.total()));
            return free >= kept
                    ? Optional.empty()
                    : Optional.of(
                            "the disk is nearly full: %d MB are free, %d MB are kept in reserve"
                                    .formatted(free / 1_000_000, kept / 1_000_000));
        } catch (IOException e) {
            return Optional.empty(); // not every file system says
        }
    }

    /**
     * Waits for room.
     *
     * @param giveUp asked now and then
     * @return false if it gave up
     */
    boolean await(BooleanSupplier giveUp) {
        while (full().isPresent()) {
            if (giveUp.getAsBoolean()) {
                return false;
            }
            try {
                Thread.sleep(MILLIS_BETWEEN_LOOKS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
