package org.svgen.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.SafeTensorsHeader.Entry;
import org.svgen.files.Impostor;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Storage;
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

    /** Bytes of the header's length, which stands before it. */
    private static final int LENGTH = 8;

    private final Path source;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final @Nullable Map<Path, Long> sizes;
    private final List<MappedFile> files = new ArrayList<>();

    private record Place(Path file, Entry entry, Storage data) {}

    private SafeTensors(Path source, @Nullable Map<Path, Long> sizes) {
        this.source = source;
        this.sizes = sizes;
    }

    /**
     * Opens a {@code .safetensors} file, or the shards that a {@code .safetensors.index.json}
     * lists.
     *
     * @param fileOrIndex a .safetensors or .safetensors.index.json file
     * @return its tensors, in memory that is mapped and never freed
     * @throws BadInputException if a file is missing or damaged, naming it, the tensor and numbers
     */
    public static SafeTensors open(Path fileOrIndex) {
        return open(fileOrIndex, null);
    }

    /**
     * As above of files that are here up to the end of their headers only: tensors have shapes and
     * types, but no bytes.
     *
     * @param sizes of the whole files
     */
    static SafeTensors headers(Path fileOrIndex, Map<Path, Long> sizes) {
        return open(fileOrIndex, sizes);
    }

    private static SafeTensors open(Path fileOrIndex, @Nullable Map<Path, Long> sizes) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new SvgenException("safetensors are read on little-endian machines only");
        }
        SafeTensors tensors = new SafeTensors(fileOrIndex, sizes);
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

    /**
     * {@return the tensor of that name; its bytes belong to this object}
     *
     * @param name of a tensor
     * @throws BadInputException if it is of a type that is only counted
     */
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(places.get(name)).map(place -> tensor(name, place));
    }

    /** What the header says of a tensor. */
    Optional<Entry> entry(String name) {
        return Optional.ofNullable(places.get(name)).map(Place::entry);
    }

    /**
     * {@return the dimensions of a tensor of whatever type, empty if there is none}
     *
     * @param name of a tensor
     */
    public Optional<Shape> shape(String name) {
        return entry(name).map(Entry::shape);
    }

    /** {@return what the header says of all tensors, by name} */
    public Map<String, StoredTensor> stored() {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        places.forEach((name, place) -> {
            Entry e = place.entry;
            stored.put(name, new StoredTensor(e.type().toString(), e.shape(), e.bytes()));
        });
        return stored;
    }

    /** {@return the file or index that was opened} */
    public Path source() {
        return source;
    }

    /**
     * {@return the file that holds a tensor}
     *
     * @param name of a tensor
     */
    public Optional<Path> file(String name) {
        return Optional.ofNullable(places.get(name)).map(Place::file);
    }

    /** {@return the names of all tensors} */
    public Set<String> names() {
        return Collections.unmodifiableSet(places.keySet());
    }

    /** {@return the free texts in the headers; where shards disagree, those of the last one} */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** {@return files that are not as they were when they were opened, and what happened} */
    public List<String> changes() {
        return files.stream()
                .flatMap(f -> f.change().map(change -> f.path() + " " + change).stream())
                .toList();
    }

    /**
     * Holds the files to be those that were opened.
     *
     * @throws SvgenException if one is gone, or another took its name
     */
    public void requireInPlace() {
        files.forEach(MappedFile::requireInPlace);
    }

    @Override
    public void close() {
        Arenas.close(arena);
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
        Untrusted.requireFile(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            files.add(MappedFile.of(file));
            long size = sizes == null ? channel.size() : sizes.getOrDefault(file, channel.size());
            long headerBytes = headerBytes(file, channel, size);
            // Read, not mapped: a file that is cut meanwhile is reported like any other damage.
            byte[] json = read(channel, LENGTH, (int) headerBytes);
            long start = LENGTH + headerBytes;
            SafeTensorsHeader header = SafeTensorsHeader.parse(file, json, size - start);
            metadata.putAll(header.metadata());
            Storage data =
                    sizes == null
                            ? new HostStorage(
                                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena)
                                            .asSlice(start))
                            : Tensor.phantom(DType.U8, size - start).storage();
            Map<String, Place> found = new LinkedHashMap<>();
            header.entries().forEach((name, e) -> found.put(name, new Place(file, e, data)));
            return found;
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }

    private static long headerBytes(Path file, FileChannel channel, long size) throws IOException {
        byte[] head = read(channel, 0, (int) Math.min(channel.size(), Impostor.HEAD_BYTES));
        ForeignFile.refuse(file, head);
        if (head.length < LENGTH) {
            throw new BadInputException(
                    "%s: truncated: %d bytes, not even the 8 of the header's length"
                            .formatted(file, head.length));
        }
        long bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long rest = size - LENGTH;
        if (bytes < 0 || bytes > MAX_HEADER_BYTES || bytes > rest) {
            throw new BadInputException(
                    "%s: a header of %s bytes is announced, but %d follow and %d are allowed"
                            .formatted(file, Long.toUnsignedString(bytes), rest, MAX_HEADER_BYTES));
        }
        return bytes;
    }

    private static byte[] read(FileChannel channel, long from, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("it was cut while it was read");
            }
        }
        return bytes.array();
    }

    private Tensor tensor(String name, Place place) {
        DType dtype =
                place.entry
                        .type()
                        .dtype()
                        .orElseThrow(() ->
                                new BadInputException(
                                        "%s: tensor %s: %s is not supported"
                                                .formatted(
                                                        place.file,
                                                        Untrusted.quoted(name),
                                                        place.entry.type())));
        Place at = aligned(name, place, dtype);
        return new Tensor(dtype, at.entry.shape(), at.data, at.entry.from());
    }

    /** The format allows any offset; the rare tensor that lies across its elements is copied. */
    private synchronized Place aligned(String name, Place place, DType dtype) {
        Entry e = place.entry;
        if (!(place.data instanceof HostStorage)) {
            return place;
        }
        MemorySegment bytes = new Tensor(dtype, e.shape(), place.data, e.from()).host();
        if (bytes.address() % dtype.bytes() == 0) {
            return place;
        }
        MemorySegment copy = arena.allocate(Math.max(1, e.bytes()), dtype.bytes());
        copy.copyFrom(bytes);
        Entry moved = new Entry(e.type(), e.shape(), 0, e.bytes());
        Place there = new Place(place.file, moved, new HostStorage(copy));
        places.put(name, there);
        return there;
    }
}
