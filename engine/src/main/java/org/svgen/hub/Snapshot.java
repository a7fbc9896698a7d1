package org.svgen.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Puts blobs where a snapshot expects its files. */
final class Snapshot {
    private static final long PIECE = 1 << 24;

    private final Cache cache;
    private final PullPlan plan;
    private final boolean symlinks;

    Snapshot(Cache cache, PullPlan plan, boolean symlinks) {
        this.cache = cache;
        this.plan = plan;
        this.symlinks = symlinks;
    }

    Path pointer(PullPlan.File file) {
        return plan.folder().resolve(file.name());
    }

    Path blob(PullPlan.File file) {
        return cache.blob(plan.id(), file.hash());
    }

    /** True if the snapshot has the file, in its whole length. */
    static boolean has(Path file, long size) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == size;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Makes {@code file}'s blob appear in the snapshot: as a relative link, or where there are
     * none, as the file itself.
     *
     * @param fresh true if nobody else can have use for the blob yet
     * @param wanted called now and then while a file is copied; throws to stop that
     */
    void link(PullPlan.File file, boolean fresh, Runnable wanted) {
        Path pointer = pointer(file);
        Path blob = blob(file);
        try {
            Files.createDirectories(pointer.resolveSibling("."));
            if (symlinks && linked(blob, pointer)) {
                return;
            }
            if (fresh) {
                Files.move(blob, pointer, StandardCopyOption.ATOMIC_MOVE);
            } else {
                copied(blob, pointer, wanted);
            }
        } catch (IOException e) {
            throw Cache.cannotWrite(pointer, e);
        }
    }

    private static void copied(Path blob, Path pointer, Runnable wanted) throws IOException {
        Path copy = unique(blob);
        try {
            try (FileChannel from = FileChannel.open(blob, StandardOpenOption.READ);
                    FileChannel to =
                            FileChannel.open(
                                    copy,
                                    StandardOpenOption.CREATE_NEW,
                                    StandardOpenOption.WRITE)) {
                long size = from.size();
                for (long at = 0; at < size; ) {
                    wanted.run();
                    long moved = from.transferTo(at, Math.min(PIECE, size - at), to);
                    if (moved <= 0) {
                        throw new IOException("%s became shorter".formatted(blob));
                    }
                    at += moved;
                }
                to.force(true);
            }
            Files.move(copy, pointer, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(copy);
            throw e;
        }
    }

    private static boolean linked(Path blob, Path pointer) throws IOException {
        Path target = pointer.resolveSibling(".").normalize().relativize(blob);
        Path link = unique(blob);
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException | UnsupportedOperationException e) {
            // Windows without its developer mode, and some network and memory cards.
            return false;
        }
        try {
            // A link is moved as it is; whatever stood there, broken or not, gives way at once.
            Files.move(link, pointer, StandardCopyOption.ATOMIC_MOVE, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            Files.deleteIfExists(link);
            throw e;
        }
        return true;
    }

    /**
     * Where an unfinished blob grows. Not {@code HASH.incomplete}, to which older versions of
     * huggingface_hub append under a lock that Java cannot see.
     */
    static Path partial(Path blob) {
        return blob.resolveSibling(blob.getFileName() + ".svgen.incomplete");
    }

    /** The same for once, where nothing keeps others away; huggingface_hub names them like this. */
    static Path unique(Path blob) {
        String once = UUID.randomUUID().toString().substring(0, 8);
        return blob.resolveSibling("%s.%s.incomplete".formatted(blob.getFileName(), once));
    }
}
