package org.svgen.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.svgen.files.Staged;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files that every reader of the format takes. */
public final class SafeTensorsWriter {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final int ALIGNMENT = 8;
    private static final long CHUNK = 1 << 30;

    private SafeTensorsWriter() {}

    /**
     * Writes {@code tensors}, which are in host memory, so that {@code file} appears whole or not
     * at all.
     *
     * @param file the file
     * @param tensors in host memory, by name
     * @param metadata free texts for the header
     * @throws org.svgen.tensor.SvgenException if the file cannot be written; a {@link
     *     BadInputException} if its disk is full or the place takes no files
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        List<Map.Entry<String, Tensor>> ordered = ordered(tensors);
        Staged.write(
                file,
                temporary -> {
                    writeAll(temporary, ordered, metadata);
                    requireReadable(temporary, tensors);
                });
    }

    /** Its reader checks the header against the length; here the names are checked too. */
    private static void requireReadable(Path file, Map<String, Tensor> tensors) throws IOException {
        try (SafeTensors back = SafeTensors.open(file)) {
            if (!Set.copyOf(back.names()).equals(tensors.keySet())) {
                throw new IOException(
                        "expected tensors %s, found %s".formatted(tensors.keySet(), back.names()));
            }
        } catch (BadInputException e) {
            throw new IOException("it does not read back: " + e.getMessage(), e);
        }
    }

    /** Wide types first, so that every tensor is aligned to its elements. */
    private static List<Map.Entry<String, Tensor>> ordered(Map<String, Tensor> tensors) {
        List<Map.Entry<String, Tensor>> list = new ArrayList<>(tensors.entrySet());
        list.sort(
                Comparator.<Map.Entry<String, Tensor>>comparingInt(
                                e -> -e.getValue().dtype().bytes())
                        .thenComparing(Map.Entry::getKey));
        return list;
    }

    private static void writeAll(
            Path file, List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(tensors, metadata);
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer head = ByteBuffer.allocate(Long.BYTES + header.length);
            head.order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).put(header).flip();
            writeFully(out, head);
            for (Map.Entry<String, Tensor> e : tensors) {
                MemorySegment bytes = e.getValue().host();
                for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
                    long n = Math.min(CHUNK, bytes.byteSize() - at);
                    writeFully(out, bytes.asSlice(at, n).asByteBuffer());
                }
            }
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static byte[] header(
            List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) {
        ObjectNode root = MAPPER.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode texts = root.putObject("__metadata__");
            metadata.forEach(texts::put);
        }
        long at = 0;
        for (Map.Entry<String, Tensor> e : tensors) {
            Tensor tensor = e.getValue();
            ObjectNode entry = root.putObject(e.getKey());
            entry.put("dtype", tensor.dtype().name());
            ArrayNode shape = entry.putArray("shape");
            Arrays.stream(tensor.shape().dims()).forEach(shape::add);
            entry.putArray("data_offsets").add(at).add(at + tensor.bytes());
            at += tensor.bytes();
        }
        byte[] json = MAPPER.writeValueAsBytes(root);
        byte[] padded = Arrays.copyOf(json, Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }
}
