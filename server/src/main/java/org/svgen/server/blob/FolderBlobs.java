package org.svgen.server.blob;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.svgen.files.Disk;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** Files of jobs in a folder, which several machines may share. */
public final class FolderBlobs implements Blobs {
    private static final String UNFINISHED = ".unfinished";

    /** What is this old was left by a process that died; no write takes so long. */
    private static final Duration LEFT_OVER = Duration.ofDays(1);

    /** As many may remove a folder while it is made: those who do are few. */
    private static final int ATTEMPTS = 50;

    private final Path folder;
    private final Path unfinished;

    private FolderBlobs(Path folder) {
        this.folder = folder;
        this.unfinished = folder.resolve(UNFINISHED);
    }

    /**
     * Opens a folder, and removes what processes left there that died long ago.
     *
     * @param folder made if need be
     * @return the files in it
     * @throws BadInputException if it cannot be made or written
     */
    public static FolderBlobs open(Path folder) {
        Objects.requireNonNull(folder, "folder");
        FolderBlobs blobs = new FolderBlobs(folder.toAbsolutePath());
        try {
            Files.createDirectories(blobs.unfinished);
            blobs.removeLeftovers();
            Files.delete(Files.createTempFile(blobs.unfinished, "try", ""));
            return blobs;
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: files of jobs cannot be kept there (%s)".formatted(folder, Reasons.of(e)),
                    e);
        }
    }

    private void removeLeftovers() throws IOException {
        Instant limit = Instant.now().minus(LEFT_OVER);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(unfinished)) {
            for (Path file : files) {
                try {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
                        Files.deleteIfExists(file);
                    }
                } catch (NoSuchFileException e) {
                    // Its writer is done.
                }
            }
        }
    }

    @Override
    public long put(BlobKey key, InputStream content) throws IOException {
        Objects.requireNonNull(content, "content");
        Path temporary = unfinished.resolve(UUID.randomUUID().toString());
        try {
            long bytes = Files.copy(content, temporary);
            Disk.flush(temporary);
            publish(temporary, path(key));
            return bytes;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    @Override
    public long put(BlobKey key, Path file) throws IOException {
        Disk.flush(file);
        long bytes = Files.size(file);
        try {
            publish(file, path(key));
        } catch (AtomicMoveNotSupportedException e) { // it is on another disk
            try (InputStream content = Files.newInputStream(file)) {
                put(key, content);
            }
            Files.delete(file);
        }
        return bytes;
    }

    /** Whoever removes the folder in between makes it be made again. */
    private void publish(Path whole, Path target) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                makeFolder(target.resolveSibling(""));
                Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
                break;
            } catch (NoSuchFileException | FileAlreadyExistsException e) {
                // The latter is what createDirectories says of a folder that goes as it looks.
                if (attempt == ATTEMPTS || Files.notExists(whole)) {
                    throw e;
                }
            }
        }
        Disk.flushNames(target.resolveSibling(""));
    }

    /** With its name on the disk, and those of the folders that it is in. */
    private void makeFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Path parent = path.resolveSibling("");
            if (!path.equals(folder)) {
                makeFolder(parent);
            }
            Files.createDirectories(path);
            Disk.flushNames(parent);
        }
    }

    private Path path(BlobKey key) {
        return folder.resolve(key.value());
    }

    @Override
    public Optional<Blob> open(BlobKey key) throws IOException {
        try {
            Path path = path(key);
            if (Files.isDirectory(path)) {
                return Optional.empty();
            }
            return Optional.of(FileBlob.of(FileChannel.open(path, StandardOpenOption.READ)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public OptionalLong size(BlobKey key) throws IOException {
        try {
            Path path = path(key);
            return Files.isDirectory(path)
                    ? OptionalLong.empty()
                    : OptionalLong.of(Files.size(path));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void delete(BlobKey key) throws IOException {
        Path path = path(key);
        if (!Files.isDirectory(path) && Files.deleteIfExists(path)) {
            Disk.flushNames(path.resolveSibling(""));
        }
    }

    @Override
    public void deleteAll(String folder) throws IOException {
        Path path = path(new BlobKey(folder));
        if (Files.isDirectory(path)) {
            Disk.delete(path);
            Disk.flushNames(path.resolveSibling(""));
        }
    }

    @Override
    public List<BlobKey> list(String folder) throws IOException {
        Path path = path(new BlobKey(folder));
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> this.folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .map(BlobKey::new)
                    .toList();
        }
    }

    @Override
    public OptionalLong free() throws IOException {
        return OptionalLong.of(Files.getFileStore(folder).getUsableSpace());
    }

    @Override
    public Optional<Path> folder() {
        return Optional.of(folder);
    }

    /** Nothing is held. */
    @Override
    public void close() {}
}
