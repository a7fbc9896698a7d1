package org.svgen.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/**
 * The tensors of a safetensors file, or of all the files that an index names, mapped into memory:
 * nothing is read before it is used, and tensors are valid until {@link #close}.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafeTensors implements AutoCloseable {
    static final int MAX_HEADER_BYTES = 100_000_000;
    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path source;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private record Place(Path file, Tensor tensor) {}

    private SafeTensors(Path source) {
        this.source = source;
    }

    /**
     * Opens a {@code .safetensors} file, or the shards that a {@code .safetensors.index.json}
     * lists.
     *
     * @throws BadInputException if a file is missing or damaged, naming it, the tensor and numbers
     */
    public static SafeTensors open(Path fileOrIndex) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new SvgenException("safetensors are read on little-endian machines only");
        }
        SafeTensors tensors = new SafeTensors(fileOrIndex);
        try {
            if (fileOrIndex.toString().endsWith(".json")) {
                tensors.mapShards(fileOrIndex);
            } else {
                tensors.places.putAll(tensors.map(fileOrIndex));
            }
            return tensors;
        } catch (RuntimeException | Error e) {
            tensors.close();
            throw e;
        }
    }

    /** The tensor of that name; its bytes belong to this object. */
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(places.get(name)).map(p -> aligned(name, p).tensor);
    }

    /** The file or index that was opened. */
    public Path source() {
        return source;
    }

    /** The file that holds a tensor. */
    public Optional<Path> file(String name) {
        return Optional.ofNullable(places.get(name)).map(Place::file);
    }

    public Set<String> names() {
        return Collections.unmodifiableSet(places.keySet());
    }

    /** The free texts in the headers; where shards disagree, those of the last one. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public void close() {
        arena.close();
    }

    private void mapShards(Path index) {
        Map<String, String> shardOf = ShardIndex.read(index);
        Map<String, Map<String, Place>> shards = new HashMap<>();
        shardOf.forEach((name, shard) -> {
            Place place =
                    shards.computeIfAbsent(shard, s -> map(index.resolveSibling(s))).get(name);
            if (place == null) {
                throw new BadInputException(
                        "%s: tensor %s is not in %s, the file that the index names"
                                .formatted(index, Untrusted.quoted(name), shard));
            }
            places.put(name, place);
        });
    }

    private Map<String, Place> map(Path file) {
        MemorySegment all = mapFile(file);
        if (all.byteSize() < LENGTH.byteSize()) {
            throw new BadInputException(
                    "%s: truncated: %d bytes, not even the 8 of the header's length"
                            .formatted(file, all.byteSize()));
        }
        long headerBytes = all.get(LENGTH, 0);
        long rest = all.byteSize() - LENGTH.byteSize();
        if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES || headerBytes > rest) {
            throw new BadInputException(
                    "%s: a header of %s bytes is announced, but %d follow and %d are allowed"
                            .formatted(
                                    file,
                                    Long.toUnsignedString(headerBytes),
                                    rest,
                                    MAX_HEADER_BYTES));
        }
        byte[] json = all.asSlice(LENGTH.byteSize(), headerBytes).toArray(ValueLayout.JAVA_BYTE);
        SafeTensorsHeader header = SafeTensorsHeader.parse(file, json, rest - headerBytes);
        metadata.putAll(header.metadata());
        HostStorage data = new HostStorage(all.asSlice(LENGTH.byteSize() + headerBytes));
        Map<String, Place> found = new LinkedHashMap<>();
        header.entries()
                .forEach((name, e) ->
                        found.put(
                                name,
                                new Place(file, new Tensor(e.dtype(), e.shape(), data, e.from()))));
        return found;
    }

    private MemorySegment mapFile(Path file) {
        Untrusted.requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }

    /** The format allows any offset; the rare tensor that lies across its elements is copied. */
    private synchronized Place aligned(String name, Place place) {
        MemorySegment bytes = place.tensor.host();
        if (bytes.address() % place.tensor.dtype().bytes() == 0) {
            return place;
        }
        Tensor copy = Tensor.zeros(arena, place.tensor.dtype(), place.tensor.shape().dims());
        copy.host().copyFrom(bytes);
        Place moved = new Place(place.file, copy);
        places.put(name, moved);
        return moved;
    }
}
