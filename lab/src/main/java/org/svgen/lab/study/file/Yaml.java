package org.svgen.lab.study.file;

import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Untrusted;

/** A value in a YAML file, and where it stands. */
sealed interface Yaml {
    /** Where it begins. */
    Place place();

    /** What it is, for messages. */
    String said();

    /**
     * @param value a {@link Boolean}, a {@link Number} or a {@link String}
     * @param text as it was written
     */
    record Plain(Object value, String text, Place place) implements Yaml {
        @Override
        public String said() {
            return value instanceof String ? "'%s'".formatted(Untrusted.oneLine(text)) : text;
        }
    }

    /** A key without a value, or {@code null}. */
    record Nothing(Place place) implements Yaml {
        @Override
        public String said() {
            return "nothing";
        }
    }

    /** A list. */
    record Items(List<Yaml> items, Place place) implements Yaml {
        @Override
        public String said() {
            return items.isEmpty() ? "an empty list" : "a list";
        }
    }

    /** Keys and their values, in the order of the file. */
    record Fields(Map<String, Entry> entries, Place place) implements Yaml {
        @Override
        public String said() {
            return "keys with values";
        }
    }

    /**
     * @param key where the key stands
     */
    record Entry(Place key, Yaml value) {}
}
