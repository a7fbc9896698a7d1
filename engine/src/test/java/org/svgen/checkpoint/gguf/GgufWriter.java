package org.svgen.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes GGUF files by the letter of the format, for tests. */
public final class GgufWriter {
    private static final int ALIGNMENT = 32;

    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final List<Stored> tensors = new ArrayList<>();
    private int keys;
    public int version = 3;

    private record Stored(String name, int type, long[] dims, byte[] bytes) {}

    public GgufWriter text(String key, String value) {
        key(key, 8);
        text(values, value);
        return this;
    }

    public GgufWriter number(String key, int value) {
        key(key, 4);
        int32(values, value);
        return this;
    }

    /** Sizes, the slowest first, as the tensor had them before it was flattened. */
    public GgufWriter originalShape(String tensor, int... dims) {
        key("comfy.gguf.orig_shape." + tensor, 9);
        int32(values, 5);
        int64(values, dims.length);
        for (int dim : dims) {
            int32(values, dim);
        }
        return this;
    }

    /** What a tokenizer leaves there: texts, scores, and numbers of every other kind. */
    public GgufWriter tokenizer() {
        key("tokenizer.ggml.tokens", 9);
        int32(values, 8);
        int64(values, 2);
        text(values, "a");
        text(values, "\u2581b");
        key("tokenizer.ggml.scores", 9);
        int32(values, 6);
        int64(values, 2);
        int64(values, 0);
        int[] bytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        for (int type = 0; type < bytes.length; type++) {
            if (bytes[type] > 0) {
                key("n" + type, type);
                values.writeBytes(new byte[bytes[type]]);
            }
        }
        return this;
    }

    /**
     * @param type its number in ggml
     * @param dims the slowest first
     */
    public GgufWriter tensor(String name, int type, byte[] bytes, long... dims) {
        tensors.add(new Stored(name, type, dims, bytes));
        return this;
    }

    private void key(String key, int type) {
        keys++;
        text(values, key);
        int32(values, type);
    }

    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        int32(out, version);
        int64(out, tensors.size());
        int64(out, keys);
        out.writeBytes(values.toByteArray());
        long at = 0;
        for (Stored tensor : tensors) {
            text(out, tensor.name);
            int32(out, tensor.dims.length);
            for (int i = tensor.dims.length - 1; i >= 0; i--) {
                int64(out, tensor.dims[i]);
            }
            int32(out, tensor.type);
            int64(out, at);
            at += Math.ceilDiv(tensor.bytes.length, ALIGNMENT) * ALIGNMENT;
        }
        for (Stored tensor : tensors) {
            out.writeBytes(new byte[-out.size() & ALIGNMENT - 1]);
            out.writeBytes(tensor.bytes);
        }
        return out.toByteArray();
    }

    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int64(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void int32(ByteArrayOutputStream out, int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    private static void int64(ByteArrayOutputStream out, long value) {
        out.writeBytes(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
}
