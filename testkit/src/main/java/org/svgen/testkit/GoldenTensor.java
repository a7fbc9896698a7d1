package org.svgen.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.svgen.tensor.BFloat16;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * A tensor of a golden file. This reader trusts its input and shares no code with the product's,
 * which is under test.
 */
public record GoldenTensor(DType dtype, Shape shape, byte[] data) {

    static Map<String, GoldenTensor> read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = Math.toIntExact(buffer.getLong(0));
            String json = new String(bytes, 8, headerLength, StandardCharsets.UTF_8);
            Map<String, GoldenTensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> e : new ObjectMapper().readTree(json).properties()) {
                if (e.getKey().equals("__metadata__")) {
                    continue;
                }
                JsonNode node = e.getValue();
                long[] dims = new long[node.get("shape").size()];
                for (int i = 0; i < dims.length; i++) {
                    dims[i] = node.get("shape").get(i).asLong();
                }
                int from = 8 + headerLength + node.get("data_offsets").get(0).asInt();
                int to = 8 + headerLength + node.get("data_offsets").get(1).asInt();
                byte[] data = java.util.Arrays.copyOfRange(bytes, from, to);
                DType dtype = DType.ofSafetensors(node.get("dtype").asString()).orElseThrow();
                tensors.put(e.getKey(), new GoldenTensor(dtype, Shape.of(dims), data));
            }
            return tensors;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The elements of an F32 or BF16 tensor. */
    public float[] floats() {
        ByteBuffer buffer = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        float[] out = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < out.length; i++) {
            out[i] =
                    switch (dtype) {
                        case F32 -> buffer.getFloat(4 * i);
                        case BF16 -> BFloat16.toFloat(buffer.getShort(2 * i));
                        default -> throw new IllegalStateException("not float: " + dtype);
                    };
        }
        return out;
    }

    /** The elements of an I64 tensor. */
    public long[] longs() {
        long[] out = new long[Math.toIntExact(shape.elements())];
        ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(out);
        return out;
    }

    /** A copy in host memory of {@code arena}, with the golden's own type. */
    public Tensor tensor(Arena arena) {
        MemorySegment segment = arena.allocate(Math.max(1, data.length), 64);
        MemorySegment.copy(
                data, 0, segment, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, data.length);
        return Tensor.of(dtype, segment, shape.dims());
    }

    /** A copy in host memory of {@code arena}, as F32. */
    public Tensor f32(Arena arena) {
        return Tensor.of(arena, floats(), shape.dims());
    }
}
