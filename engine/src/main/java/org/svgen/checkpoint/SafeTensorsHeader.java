package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The JSON header of a safetensors file, checked as strictly as the format's own library does, and
 * no more so: every tensor's bytes follow from its shape and type, and together they tile the data
 * without overlap, gap or rest. Of a name that is there twice, the last counts.
 */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    private static final int USUAL_RANK = 8;

    /** Where a tensor's bytes lie, relative to the data: {@code from} included, {@code to} not. */
    record Entry(StoredType type, Shape shape, long from, long to) {
        long bytes() {
            return to - from;
        }
    }

    /**
     * @param dataBytes what the file holds behind its header
     * @throws BadInputException naming the file, the tensor and what is wrong with it
     */
    static SafeTensorsHeader parse(Path file, byte[] json, long dataBytes) {
        try (JsonParser parser = Json.utf8Parser(json)) {
            Reader reader = new Reader(file, parser, dataBytes);
            SafeTensorsHeader header = reader.header();
            reader.checkTiling(header.entries);
            return header;
        } catch (JacksonException e) {
            throw Json.malformed(file, e);
        }
    }

    /** An entry as it stands there; one of the same name may follow and take its place. */
    @SuppressWarnings("ArrayRecordComponent") // nobody else gets to see them
    private record Stated(StoredType type, long[] dims, long[] offsets) {}

    private record Reader(Path file, JsonParser parser, long dataBytes) {

        SafeTensorsHeader header() {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("the header is not a JSON object");
            }
            Map<String, Stated> stated = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            boolean described = false;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                boolean description = name.equals("__metadata__");
                if (description && described) {
                    throw bad("\"__metadata__\" is there twice");
                }
                described |= description;
                if (description && value == JsonToken.VALUE_NULL) {
                    continue;
                }
                if (value != JsonToken.START_OBJECT) {
                    throw bad("%s: expected an object, found %s", Untrusted.quoted(name), value);
                } else if (description) {
                    metadata(metadata);
                } else {
                    stated.put(name, stated(name));
                }
            }
            if (parser.nextToken() != null) {
                throw bad("text follows the header's JSON object");
            }
            Map<String, Entry> entries = new LinkedHashMap<>();
            stated.forEach((name, entry) -> entries.put(name, checked(name, entry)));
            return new SafeTensorsHeader(entries, metadata);
        }

        private void metadata(Map<String, String> into) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                if (parser.nextToken() != JsonToken.VALUE_STRING) {
                    throw bad("metadata %s: expected a text", Untrusted.quoted(key));
                }
                into.put(key, parser.getString());
            }
        }

        private Stated stated(String name) {
            StoredType type = null;
            long[] dims = null;
            long[] offsets = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "dtype" -> type = once(name, key, type, type(name));
                    case "shape" -> dims = once(name, key, dims, naturals(name, key));
                    case "data_offsets" -> offsets = once(name, key, offsets, naturals(name, key));
                    default -> parser.skipChildren(); // others may say more than the format asks
                }
            }
            if (type == null || dims == null || offsets == null) {
                throw bad("%s: dtype, shape or data_offsets is missing", tensor(name));
            }
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw bad(
                        "%s: data_offsets are %s, expected [begin, end]",
                        tensor(name), shown(offsets));
            }
            return new Stated(type, dims, offsets);
        }

        private <T> T once(String name, String key, @Nullable T before, T value) {
            if (before != null) {
                throw bad("%s: %s is there twice", tensor(name), key);
            }
            return value;
        }

        private StoredType type(String name) {
            String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : "";
            return StoredType.of(text)
                    .orElseThrow(() ->
                            bad(
                                    "%s: unknown dtype %s, known are %s",
                                    tensor(name),
                                    Untrusted.quoted(text),
                                    List.of(StoredType.values())));
        }

        private long[] naturals(String name, String key) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw bad("%s: %s is not a list", tensor(name), key);
            }
            long[] found = new long[USUAL_RANK];
            int n = 0;
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                boolean fits =
                        parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                                && parser.getLongValue() >= 0;
                if (!fits) {
                    throw bad(
                            "%s: %s holds %s, expected whole numbers from 0 to 2^63 - 1",
                            tensor(name),
                            key,
                            Untrusted.quoted(String.valueOf(parser.getString())));
                }
                if (n == found.length) {
                    found = Arrays.copyOf(found, 2 * n);
                }
                found[n++] = parser.getLongValue();
            }
            return Arrays.copyOf(found, n);
        }

        private Entry checked(String name, Stated stated) {
            StoredType type = stated.type;
            long[] dims = stated.dims;
            long[] offsets = stated.offsets;
            long bits;
            try {
                bits = Math.multiplyExact(Shape.of(dims).elements(), (long) type.bits());
            } catch (ArithmeticException e) {
                throw bad("%s: shape %s overflows", tensor(name), shown(dims));
            }
            if (bits % Byte.SIZE != 0) {
                throw bad("%s: %s %s ends within a byte", tensor(name), type, shown(dims));
            }
            long expected = bits / Byte.SIZE;
            long found = offsets[1] - offsets[0];
            if (found != expected) {
                throw bad(
                        "%s: %s %s takes %d bytes, but data_offsets %s span %d",
                        tensor(name), type, shown(dims), expected, shown(offsets), found);
            }
            if (offsets[1] > dataBytes) {
                throw bad(
                        "%s ends at byte %d of the data, but the file holds only %d (truncated?)",
                        tensor(name), offsets[1], dataBytes);
            }
            return new Entry(type, Shape.of(dims), offsets[0], offsets[1]);
        }

        void checkTiling(Map<String, Entry> entries) {
            List<Map.Entry<String, Entry>> ordered = new ArrayList<>(entries.entrySet());
            ordered.sort(
                    Comparator.<Map.Entry<String, Entry>>comparingLong(e -> e.getValue().from)
                            .thenComparingLong(e -> e.getValue().to));
            long end = 0;
            String before = null;
            for (Map.Entry<String, Entry> e : ordered) {
                long from = e.getValue().from;
                if (from < end) {
                    throw bad(
                            "%s begins at byte %d, which overlaps %s ending at %d",
                            tensor(e.getKey()), from, place(before), end);
                }
                if (from > end) {
                    throw bad(
                            "%s begins at byte %d, which leaves a gap behind %s ending at %d",
                            tensor(e.getKey()), from, place(before), end);
                }
                end = e.getValue().to;
                before = e.getKey();
            }
            if (end != dataBytes) {
                throw bad(
                        "%d bytes of data, but %s, the last, ends at %d",
                        dataBytes, place(before), end);
            }
        }

        private static String shown(long[] dims) {
            return Untrusted.oneLine(Arrays.toString(dims));
        }

        private static String place(@Nullable String name) {
            return name == null ? "the header" : tensor(name);
        }

        private static String tensor(String name) {
            return "tensor " + Untrusted.quoted(name);
        }

        @SuppressWarnings("AnnotateFormatMethod") // would need a library of annotations
        private BadInputException bad(String format, Object... args) {
            return new BadInputException(file + ": " + format.formatted(args));
        }
    }
}
