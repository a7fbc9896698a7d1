package org.svgen.checkpoint.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/**
 * What stands before the numbers of a GGUF file.
 *
 * @param texts of the metadata, and its whole numbers as text
 * @param lists of whole numbers in the metadata that may be dimensions
 * @param tensors where they are, in the order of the file
 * @param start of the numbers in the file
 */
record GgufHeader(
        Map<String, String> texts,
        Map<String, List<Integer>> lists,
        Map<String, Place> tensors,
        long start) {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int MAX_TENSORS = 100_000;
    private static final int MAX_KEYS = 100_000;
    private static final int MAX_ITEMS = 10_000_000;
    private static final int MAX_DIMS = 8;
    private static final int ALIGNMENT = 32;
    private static final int MAX_ALIGNMENT = 1 << 20;
    private static final int TEXT = 8;
    private static final int LIST = 9;
    private static final int INT32 = 5;
    private static final int UINT32 = 4;

    /** Bytes of a value of each type; 0 where it has no such size. */
    private static final int[] BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    /**
     * Where a tensor is.
     *
     * @param type number of its type, which may be unknown
     * @param shape its dimensions, the slowest first
     * @param from its first byte, behind the start of the numbers
     */
    record Place(int type, Shape shape, long from) {}

    /**
     * Reads a header.
     *
     * @throws BadInputException if it is damaged or of another version
     * @throws IOException if it cannot be read, or ends too early
     */
    static GgufHeader read(Path file, GgufInput in) throws IOException {
        if (in.int32() != MAGIC) {
            throw in.wrong("GGUF", "something else");
        }
        int version = in.int32();
        if (version != 2 && version != 3) {
            throw in.wrong(
                    "version 2 or 3 of GGUF",
                    version == 3 << 24 ? "a big-endian file" : Integer.toUnsignedString(version));
        }
        int count = (int) in.count("a number of tensors", MAX_TENSORS);
        int keys = (int) in.count("a number of keys", MAX_KEYS);
        Values values = new Values(in);
        for (int i = 0; i < keys; i++) {
            values.read();
        }
        Map<String, Place> tensors = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.text();
            Place place = place(file, in, name, values);
            if (tensors.put(name, place) != null) {
                throw in.wrong("one tensor " + Untrusted.quoted(name), "two");
            }
        }
        long align = values.alignment;
        long start = Math.ceilDiv(in.position(), align) * align;
        return new GgufHeader(values.texts, values.lists, tensors, start);
    }

    private static Place place(Path file, GgufInput in, String name, Values values)
            throws IOException {
        int rank = in.int32();
        if (rank < 0 || rank > MAX_DIMS) {
            throw in.wrong(
                    "0 to %d dimensions of %s".formatted(MAX_DIMS, Untrusted.quoted(name)),
                    Integer.toUnsignedString(rank));
        }
        long[] dims = new long[rank];
        for (int i = rank - 1; i >= 0; i--) { // the fastest comes first
            dims[i] = in.count("a dimension of " + Untrusted.quoted(name), Integer.MAX_VALUE);
        }
        Shape shape = shape(file, name, dims);
        int type = in.int32();
        long from = in.count("a place of " + Untrusted.quoted(name), Long.MAX_VALUE / 2);
        List<Integer> original = values.lists.get("comfy.gguf.orig_shape." + name);
        return new Place(type, original == null ? shape : of(file, name, original, shape), from);
    }

    private static Shape shape(Path file, String name, long[] dims) {
        try {
            long elements = 1;
            for (long dim : dims) {
                elements = Math.multiplyExact(elements, dim);
            }
            return Shape.of(dims);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new BadInputException(
                    "%s: tensor %s: its dimensions are too large"
                            .formatted(file, Untrusted.quoted(name)),
                    e);
        }
    }

    /** The dimensions that a tool kept, which had made fewer of them. */
    private static Shape of(Path file, String name, List<Integer> original, Shape stored) {
        Shape shape = shape(file, name, original.stream().mapToLong(Integer::longValue).toArray());
        if (original.stream().anyMatch(dim -> dim < 0) || shape.elements() != stored.elements()) {
            throw new BadInputException(
                    "%s: tensor %s: expected %s to have as many numbers as the original %s"
                            .formatted(file, Untrusted.quoted(name), stored, original));
        }
        return shape;
    }

    /** The metadata: of much of it only the length matters. */
    private static final class Values {
        private final GgufInput in;
        private final Map<String, String> texts = new LinkedHashMap<>();
        private final Map<String, List<Integer>> lists = new LinkedHashMap<>();
        private int alignment = ALIGNMENT;

        Values(GgufInput in) {
            this.in = in;
        }

        void read() throws IOException {
            String key = in.text();
            int type = in.int32();
            switch (type) {
                case TEXT -> texts.put(key, in.text());
                case LIST -> list(key);
                case UINT32 -> {
                    int value = in.int32();
                    texts.put(key, Integer.toUnsignedString(value));
                    if (key.equals("general.alignment")) {
                        align(value);
                    }
                }
                default -> in.skip(bytes(type));
            }
        }

        private void align(int value) {
            if (value < 1 || value > MAX_ALIGNMENT || Integer.bitCount(value) != 1) {
                throw in.wrong(
                        "an alignment that is a power of two up to " + MAX_ALIGNMENT,
                        Integer.toUnsignedString(value));
            }
            alignment = value;
        }

        private void list(String key) throws IOException {
            int type = in.int32();
            long count = in.count("a length of a list", MAX_ITEMS);
            if (type == INT32 && count <= MAX_DIMS) {
                List<Integer> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(in.int32());
                }
                lists.put(key, List.copyOf(list));
            } else if (type == TEXT) {
                for (long i = 0; i < count; i++) {
                    in.skip(in.count("a length of a text", 1 << 20));
                }
            } else {
                in.skip(count * bytes(type));
            }
        }

        private int bytes(int type) {
            if (type < 0 || type >= BYTES.length || BYTES[type] == 0) {
                throw in.wrong(
                        "a type of value from 0 to " + (BYTES.length - 1),
                        Integer.toUnsignedString(type));
            }
            return BYTES[type];
        }
    }
}
