package org.svgen.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.svgen.tensor.BadInputException;

/**
 * Fills a folder with what a {@link ModelPreview} consists of, from the cache where it has a file.
 *
 * @param folder to fill
 */
record PreviewFetch(Cache cache, HubApi api, PullPlan plan, PullListener listener, Path folder) {
    /** Returns when all is there. */
    void run() {
        List<AtOnce.Task> tasks =
                plan.files().stream().map(f -> (AtOnce.Task) () -> fetch(f)).toList();
        AtOnce.run(
                tasks,
                () -> {
                    if (listener.cancelled()) {
                        throw new PullStoppedException();
                    }
                });
    }

    private void fetch(PullPlan.File file) {
        Path to = folder.resolve(file.name());
        try {
            byte[] bytes = here(file).isPresent() ? local(file) : remote(file);
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
        return Stream.of(plan.folder().resolve(file.name()), cache.blob(plan.id(), file.hash()))
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
            boolean sound = json >= 0 && json <= Math.min(file.size(), HubApi.MOST_HEADER);
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
