package org.svgen.lab.study.file;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.svgen.checkpoint.NearestName;
import org.svgen.checkpoint.Untrusted;

/** Keys and values of which only some are known. */
final class Section {
    private static final int MOST_TYPOS = 4;
    private static final List<String> YES = List.of("yes", "true", "on");
    private static final List<String> NO = List.of("no", "false", "off");

    private final Yaml.Fields fields;

    private Section(Yaml.Fields fields) {
        this.fields = fields;
    }

    /**
     * @param name of what {@code yaml} belongs to
     * @throws org.svgen.tensor.BadInputException if it is something else, or has another key
     */
    static Section of(Yaml yaml, String name, Collection<String> known) {
        if (!(yaml instanceof Yaml.Fields fields)) {
            throw yaml.place().wrong(name, "keys with values", yaml);
        }
        fields.entries().forEach((key, entry) -> requireKnown(key, entry.key(), known));
        return new Section(fields);
    }

    /** An error that names what may have been meant, unless {@code key} is known. */
    static void requireKnown(String key, Place place, Collection<String> known) {
        if (!known.contains(key)) {
            String said = Untrusted.oneLine(key);
            throw place.wrong(
                    NearestName.of(key, known, Math.min(MOST_TYPOS, key.length() / 2))
                            .map(near -> "unknown key '%s'; did you mean %s?".formatted(said, near))
                            .orElseGet(() ->
                                    "unknown key '%s'; there are %s"
                                            .formatted(said, String.join(", ", known))));
        }
    }

    /** The value of a key, none where the key is missing or has no value. */
    Optional<Yaml> find(String key) {
        Yaml.Entry entry = fields.entries().get(key);
        return entry == null || entry.value() instanceof Yaml.Nothing
                ? Optional.empty()
                : Optional.of(entry.value());
    }

    /** The value of a key that must be there. */
    Yaml require(String key, String expected) {
        return find(key)
                .orElseThrow(() -> {
                    Yaml.Entry entry = fields.entries().get(key);
                    Place place = entry == null ? fields.place() : entry.key();
                    return place.wrong("%s: expected %s, found nothing".formatted(key, expected));
                });
    }

    /** A text; a number is one as it is written. */
    Optional<String> text(String key) {
        return find(key).map(yaml -> text(key, yaml));
    }

    static String text(String key, Yaml yaml) {
        if (yaml instanceof Yaml.Plain plain && !plain.text().isBlank()) {
            return plain.text();
        }
        throw yaml.place().wrong(key, "a text", yaml);
    }

    /** True, false, and what people write in their place. */
    boolean flag(String key, boolean absent) {
        return find(key)
                .map(yaml ->
                        asFlag(yaml).orElseThrow(() -> yaml.place().wrong(key, "yes or no", yaml)))
                .orElse(absent);
    }

    static Optional<Boolean> asFlag(Yaml yaml) {
        if (yaml instanceof Yaml.Plain plain) {
            if (YES.contains(plain.text())) {
                return Optional.of(true);
            }
            if (NO.contains(plain.text())) {
                return Optional.of(false);
            }
        }
        return Optional.empty();
    }

    /** A whole number from 1 to {@code most}, if it is one. */
    static OptionalInt asCount(Yaml yaml, int most) {
        return yaml instanceof Yaml.Plain plain
                        && plain.value() instanceof Integer count
                        && count >= 1
                        && count <= most
                ? OptionalInt.of(count)
                : OptionalInt.empty();
    }
}
