package org.svgen.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/**
 * Fills a folder with what a {@link ModelPreview} consists of, from the cache where it has a file.
 *
 * @param folder to fill
 * @param most bytes to fill it with
 */
record PreviewFetch(
        Cache cache, HubApi api, PullPlan plan, PullListener listener, Path folder, long most) {
    /** Ten times what the largest models have, most of it tokenizers. */
    static final long MAX_BYTES = 256L << 20;

    /** Returns when all is there. */
    void run() {
        AtomicLong bytes = new AtomicLong();
        List<AtOnce.Task> tasks =
                plan.files().stream().map(f -> (AtOnce.Task) () -> fetch(f, bytes)).toList();
        AtOnce.run(
                tasks,
                () -> {
                    if (listener.cancelled()) {
                        throw new PullStoppedException();
                    }
                });
    }

    private void fetch(PullPlan.File file, AtomicLong all) {
        Path to = folder.resolve(file.name());
        try {
            byte[] bytes = here(file).isPresent() ? local(file) : remote(file);
            if (all.addAndGet(bytes.length) > most) {
                throw new BadInputException(
                        "%s: expected configs, tokenizers and headers of at most %d bytes in all, found more"
                                .formatted(plan.id(), most));
            }
            Files.createDirectories(to.resolveSibling("."));
            Files.write(to, bytes);
        } catch (IOException e) {
            throw Cache.cannotWrite(to, e);
        }
    }

    private byte[] remote(PullPlan.File file) {
        RemoteFile remote = new RemoteFile(file.name(), file.size(), file.hash());
        return file.isWeights()
                ? api.header(plan.commit(), remote)
                : api.read(plan.commit(), remote);
    }

    private Optional<Path> here(PullPlan.File file) {
        return Stream.concat(
                        Stream.of(
                                plan.folder().resolve(file.name()),
                                cache.blob(plan.id(), file.hash())),
                        file.held().map(HeldBlob::blob).stream())
                .filter(path -> Snapshot.has(path, file.size()))
                .findFirst();
    }

    private byte[] local(PullPlan.File file) {
        Path path = here(file).orElseThrow();
        try (InputStream in = Files.newInputStream(path)) {
            if (!file.isWeights()) {
                return in.readAllBytes();
            }
            byte[] length = in.readNBytes(Long.BYTES);
            long json =
                    length.length < Long.BYTES
                            ? -1
                            : ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
            boolean sound = json >= 0 && json <= Math.min(file.size(), HubApi.MAX_HEADER_BYTES);
            byte[] header = in.readNBytes(sound ? (int) json : 0);
            return ByteBuffer.allocate(length.length + header.length)
                    .put(length)
                    .put(header)
                    .array();
        } catch (IOException e) {
            throw new BadInputException("%s: cannot be read: %s".formatted(path, Reasons.of(e)), e);
        }
    }
}
