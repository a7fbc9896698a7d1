package org.svgen.checkpoint.gguf;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.CodedTensor;
import org.svgen.checkpoint.HostTensor;
import org.svgen.checkpoint.MappedFile;
import org.svgen.checkpoint.MappedTensor;
import org.svgen.checkpoint.StoredTensor;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.gguf.GgufHeader.Place;
import org.svgen.tensor.Arenas;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * The tensors of a GGUF file, mapped into memory: nothing is read before it is used, and tensors
 * are valid until {@link #close}. Those in blocks of few bits become floats row by row.
 *
 * @see <a href="https://github.com/ggml-org/ggml">the format</a>
 */
public final class Gguf implements AutoCloseable {
    private static final int BUFFER = 1 << 16;

    private final Path path;
    private final MappedFile mapped;
    private final GgufHeader header;
    private final MemorySegment data;
    private final Arena arena = Arena.ofShared();

    private Gguf(Path path, MappedFile mapped, GgufHeader header) throws IOException {
        this.path = path;
        this.mapped = mapped;
        this.header = header;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            data =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena)
                            .asSlice(Math.min(header.start(), size));
        } catch (IOException | RuntimeException | Error e) {
            Arenas.close(arena);
            throw e;
        }
    }

    /**
     * Opens a file.
     *
     * @param file of the format
     * @return its tensors
     * @throws BadInputException if it is missing, damaged or cut, naming it and the tensor
     */
    public static Gguf open(Path file) {
        Untrusted.requireFile(file);
        try {
            MappedFile mapped = MappedFile.of(file);
            Gguf gguf = new Gguf(file, mapped, header(file));
            try {
                gguf.header.tensors().forEach(gguf::requireWhole);
                return gguf;
            } catch (RuntimeException e) {
                gguf.close();
                throw e;
            }
        } catch (EOFException e) {
            throw new BadInputException(
                    "%s: truncated: it ends within its header".formatted(file), e);
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }

    private static GgufHeader header(Path file) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
            return GgufHeader.read(file, new GgufInput(file, in));
        }
    }

    /** A type that is not read is of no known size; it is refused where it is used. */
    private void requireWhole(String name, Place place) {
        Optional<BlockType> type = BlockType.of(place.type());
        if (type.isEmpty()) {
            return;
        }
        Shape shape = place.shape();
        if (shape.elements() % type.get().numbers() != 0) {
            throw wrong(
                    name,
                    "expected a multiple of %d numbers, as %s has them in a block, found shape %s"
                            .formatted(type.get().numbers(), type.get(), shape));
        }
        long bytes = bytes(type.get(), shape);
        if (place.from() > data.byteSize() - bytes) {
            throw wrong(
                    name,
                    "truncated: it has %d bytes from byte %d of the numbers on, but there are %d"
                            .formatted(bytes, place.from(), data.byteSize()));
        }
    }

    private static long bytes(BlockType type, Shape shape) {
        return shape.elements() / type.numbers() * type.bytes();
    }

    /** {@return the file} */
    public Path path() {
        return path;
    }

    /** {@return the file as it was when it was opened} */
    public MappedFile mapped() {
        return mapped;
    }

    /** {@return the texts of its metadata, and its whole numbers as text} */
    public Map<String, String> texts() {
        return Collections.unmodifiableMap(header.texts());
    }

    /** {@return the dimensions of all tensors by name, the slowest first} */
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        header.tensors().forEach((name, place) -> shapes.put(name, place.shape()));
        return shapes;
    }

    /** {@return what the header says of all tensors, by name} */
    public Map<String, StoredTensor> stored() {
        Map<String, StoredTensor> stored = new LinkedHashMap<>();
        header.tensors().forEach((name, place) -> stored.put(name, stored(place)));
        return stored;
    }

    private static StoredTensor stored(Place place) {
        return BlockType.of(place.type())
                .map(type ->
                        new StoredTensor(
                                type.plain().map(DType::toString).orElse(type.name()),
                                place.shape(),
                                bytes(type, place.shape())))
                .orElseGet(() -> new StoredTensor("ggml type " + place.type(), place.shape(), 0));
    }

    /**
     * {@return a tensor, or empty if there is none of that name}
     *
     * @param name of a tensor
     * @throws BadInputException if it is of a type that is not read
     */
    public Optional<HostTensor> find(String name) {
        return Optional.ofNullable(header.tensors().get(name)).map(place -> tensor(name, place));
    }

    private HostTensor tensor(String name, Place place) {
        BlockType type =
                BlockType.of(place.type())
                        .orElseThrow(() ->
                                wrong(
                                        name,
                                        "expected a type of %s, found number %d of ggml's types"
                                                .formatted(BlockType.known(), place.type())));
        MemorySegment bytes = data.asSlice(place.from(), bytes(type, place.shape()));
        Optional<DType> plain = type.plain();
        if (plain.isPresent()) {
            return new MappedTensor(
                    new Tensor(
                            plain.get(),
                            place.shape(),
                            new HostStorage(aligned(bytes, plain.get())),
                            0));
        }
        Tensor blocks = Tensor.of(DType.U8, bytes, bytes.byteSize());
        return new CodedTensor(blocks, type.blocks(), null, place.shape());
    }

    /** The format aligns tensors; the rare file that does not has them copied. */
    private MemorySegment aligned(MemorySegment bytes, DType type) {
        if (bytes.address() % type.bytes() == 0) {
            return bytes;
        }
        return arena.allocate(Math.max(1, bytes.byteSize()), type.bytes()).copyFrom(bytes);
    }

    private BadInputException wrong(String name, String what) {
        return new BadInputException(
                "%s: tensor %s: %s".formatted(path, Untrusted.quoted(name), what));
    }

    @Override
    public void close() {
        Arenas.close(arena);
    }
}
