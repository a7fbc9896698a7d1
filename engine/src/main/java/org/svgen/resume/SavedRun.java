package org.svgen.resume;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.files.Durable;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/**
 * Takes the state of a run, and writes it. Tensors are looked at where they are and fetched piece
 * by piece as they are written, so that neither the device nor the host needs room for them.
 */
public final class SavedRun implements State {
    private static final long PIECE_BYTES = 1 << 24;

    private final Backend backend;
    private final String prefix;
    private final Map<String, Object> values;
    private final Map<String, Tensor> tensors;

    /**
     * Nothing taken yet.
     *
     * @param backend has the tensors
     */
    public SavedRun(Backend backend) {
        this(backend, "", new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    private SavedRun(
            Backend backend,
            String prefix,
            Map<String, Object> values,
            Map<String, Tensor> tensors) {
        this.backend = backend;
        this.prefix = prefix;
        this.values = values;
        this.tensors = tensors;
    }

    /** {@return how many bytes the tensors have} */
    public long bytes() {
        return tensors.values().stream().mapToLong(Tensor::bytes).sum();
    }

    /**
     * Writes what was taken, whole or not at all.
     *
     * @param file in place of what is there
     * @param info its header
     */
    public void write(Path file, CheckpointInfo info) {
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        // Wide types first, so that every tensor is aligned to its elements.
        ordered.sort(Comparator.comparingInt(e -> -e.getValue().dtype().bytes()));
        Durable.write(file, temporary -> write(temporary, info, ordered));
    }

    private void write(Path file, CheckpointInfo info, List<Map.Entry<String, Tensor>> ordered)
            throws IOException {
        Header header = Header.of(info, values, ordered);
        try (FileChannel out =
                        FileChannel.open(
                                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                Arena arena = Arena.ofShared()) {
            Checksum sum = header.begin();
            out.position(header.bytes());
            Tensor buffer = Tensor.zeros(arena, DType.U8, PIECE_BYTES);
            for (Map.Entry<String, Tensor> e : ordered) {
                write(e.getValue(), buffer, sum, out);
            }
            out.position(0);
            writeFully(out, header.signed(sum));
        }
    }

    private void write(Tensor tensor, Tensor buffer, Checksum sum, FileChannel out)
            throws IOException {
        Tensor flat = tensor.reshape(tensor.elements());
        long each = PIECE_BYTES / tensor.dtype().bytes();
        for (long from = 0; from < flat.elements(); from += each) {
            Tensor piece = flat.rows(from, Math.min(from + each, flat.elements()));
            ByteBuffer bytes = fetched(piece, buffer).host().asByteBuffer();
            sum.add(bytes.duplicate());
            writeFully(out, bytes);
        }
    }

    private Tensor fetched(Tensor piece, Tensor buffer) {
        if (piece.storage() instanceof HostStorage) {
            return piece;
        }
        Tensor host = new Tensor(piece.dtype(), piece.shape(), buffer.storage(), 0);
        backend.download(piece, host);
        return host;
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    @Override
    public State part(String name) {
        return new SavedRun(backend, prefix + name + '.', values, tensors);
    }

    @Override
    public long whole(String name, long now) {
        values.put(prefix + name, now);
        return now;
    }

    @Override
    public double number(String name, double now) {
        values.put(prefix + name, Double.isFinite(now) ? now : Double.toString(now));
        return now;
    }

    @Override
    public List<String> texts(String name, List<String> now) {
        values.put(prefix + name, now);
        return now;
    }

    @Override
    public long[] wholes(String name, long... now) {
        tensors.put(prefix + name, Arrays.of(now));
        return now;
    }

    @Override
    public double[] numbers(String name, double... now) {
        tensors.put(prefix + name, Arrays.of(now));
        return now;
    }

    @Override
    public void tensor(String name, Tensor tensor) {
        tensors.put(prefix + name, tensor);
    }
}
