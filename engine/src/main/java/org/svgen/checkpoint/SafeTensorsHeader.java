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
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The JSON header of a safetensors file, checked as strictly as the format's own library does:
 * every tensor's bytes follow from its shape and type, and together they tile the data without
 * overlap, gap or rest.
 */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    private static final int HIGHEST_RANK = 32;

    /** Where a tensor's bytes lie, relative to the data: {@code from} included, {@code to} not. */
    record Entry(DType dtype, Shape shape, long from, long to) {}

    /**
     * @param dataBytes what the file holds behind its header
     * @throws BadInputException naming the file, the tensor and what is wrong with it
     */
    static SafeTensorsHeader parse(Path file, byte[] json, long dataBytes) {
        try (JsonParser parser = Json.parser(json)) {
            Reader reader = new Reader(file, parser, dataBytes);
            SafeTensorsHeader header = reader.header();
            reader.checkTiling(header.entries);
            return header;
        } catch (JacksonException e) {
            throw Json.malformed(file, e);
        }
    }

    private record Reader(Path file, JsonParser parser, long dataBytes) {

        SafeTensorsHeader header() {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw bad("the header is not a JSON object");
            }
            Map<String, Entry> entries = new LinkedHashMap<>();
            Map<String, String> metadata = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (value != JsonToken.START_OBJECT) {
                    throw bad("%s: expected an object, found %s", Untrusted.quoted(name), value);
                } else if (name.equals("__metadata__")) {
                    metadata(metadata);
                } else {
                    entries.put(name, entry(name));
                }
            }
            if (parser.nextToken() != null) {
                throw bad("text follows the header's JSON object");
            }
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

        private Entry entry(String name) {
            DType dtype = null;
            long[] dims = null;
            long[] offsets = null;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String key = parser.currentName();
                parser.nextToken();
                switch (key) {
                    case "dtype" -> dtype = dtype(name);
                    case "shape" -> dims = naturals(name, key);
                    case "data_offsets" -> offsets = naturals(name, key);
                    default -> throw bad("%s: unknown key %s", tensor(name), Untrusted.quoted(key));
                }
            }
            if (dtype == null || dims == null || offsets == null) {
                throw bad("%s: dtype, shape or data_offsets is missing", tensor(name));
            }
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw bad(
                        "%s: data_offsets are %s, expected [begin, end]",
                        tensor(name), Arrays.toString(offsets));
            }
            checkSize(name, dtype, dims, offsets);
            return new Entry(dtype, Shape.of(dims), offsets[0], offsets[1]);
        }

        private DType dtype(String name) {
            String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : "";
            return DType.ofSafetensors(text)
                    .orElseThrow(() ->
                            bad(
                                    "%s: unknown dtype %s, known are %s",
                                    tensor(name), Untrusted.quoted(text), List.of(DType.values())));
        }

        private long[] naturals(String name, String key) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw bad("%s: %s is not a list", tensor(name), key);
            }
            long[] found = new long[HIGHEST_RANK];
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
                if (n == HIGHEST_RANK) {
                    throw bad("%s: %s has more than %d numbers", tensor(name), key, HIGHEST_RANK);
                }
                found[n++] = parser.getLongValue();
            }
            return Arrays.copyOf(found, n);
        }

        private void checkSize(String name, DType dtype, long[] dims, long[] offsets) {
            long expected;
            try {
                expected = Math.multiplyExact(Shape.of(dims).elements(), (long) dtype.bytes());
            } catch (ArithmeticException e) {
                throw bad("%s: shape %s overflows", tensor(name), Arrays.toString(dims));
            }
            long found = offsets[1] - offsets[0];
            if (found != expected) {
                throw bad(
                        "%s: %s %s takes %d bytes, but data_offsets %s span %d",
                        tensor(name),
                        dtype,
                        Arrays.toString(dims),
                        expected,
                        Arrays.toString(offsets),
                        found);
            }
            if (offsets[1] > dataBytes) {
                throw bad(
                        "%s ends at byte %d of the data, but the file holds only %d (truncated?)",
                        tensor(name), offsets[1], dataBytes);
            }
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
