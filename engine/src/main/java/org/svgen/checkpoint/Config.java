package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import tools.jackson.databind.JsonNode;

/**
 * A JSON object read by key and type, for example a component's {@code config.json}. A key whose
 * value is null counts as absent. Every method throws {@link BadInputException}, naming file, key,
 * what was expected and what was found.
 */
public final class Config {
    private static final int MAX_BYTES = 8 << 20;

    private final Path file;
    private final JsonNode node;

    private Config(Path file, JsonNode node) {
        this.file = file;
        this.node = node;
    }

    /** Reads {@code file}, which holds a JSON object of at most 8 MiB. */
    public static Config read(Path file) {
        return parse(file, Untrusted.bytes(file, MAX_BYTES));
    }

    /** The same of bytes that lie elsewhere; {@code file} is what messages call them. */
    public static Config parse(Path file, byte[] json) {
        return new Config(file, Json.object(file, json));
    }

    public Path file() {
        return file;
    }

    /** All keys, in the order of the file. */
    public List<String> keys() {
        return List.copyOf(node.propertyNames());
    }

    /** True if the key is there and not null. */
    public boolean has(String key) {
        return find(key) != null;
    }

    public int integer(String key) {
        return require(key, "a whole number", Config::isInt, JsonNode::asInt);
    }

    public int integer(String key, int absent) {
        return has(key) ? integer(key) : absent;
    }

    /** A whole number of 1 or more: a size, a count. */
    public int positive(String key) {
        return require(
                key,
                "a whole number of at least 1",
                n -> isInt(n) && n.asInt() >= 1,
                JsonNode::asInt);
    }

    public int positive(String key, int absent) {
        return has(key) ? positive(key) : absent;
    }

    public OptionalInt optionalInteger(String key) {
        return has(key) ? OptionalInt.of(integer(key)) : OptionalInt.empty();
    }

    public double number(String key) {
        return require(key, "a number", JsonNode::isNumber, JsonNode::asDouble);
    }

    public double number(String key, double absent) {
        return has(key) ? number(key) : absent;
    }

    public OptionalDouble optionalNumber(String key) {
        return has(key) ? OptionalDouble.of(number(key)) : OptionalDouble.empty();
    }

    public boolean flag(String key) {
        return require(key, "true or false", JsonNode::isBoolean, JsonNode::asBoolean);
    }

    public boolean flag(String key, boolean absent) {
        return has(key) ? flag(key) : absent;
    }

    public String text(String key) {
        return require(key, "a text", JsonNode::isString, JsonNode::asString);
    }

    public String text(String key, String absent) {
        return has(key) ? text(key) : absent;
    }

    public Optional<String> optionalText(String key) {
        return has(key) ? Optional.of(text(key)) : Optional.empty();
    }

    /** A list of whole numbers. */
    public List<Integer> integers(String key) {
        return list(key, "whole numbers", Config::isInt, JsonNode::asInt);
    }

    public List<Double> numbers(String key) {
        return list(key, "numbers", JsonNode::isNumber, JsonNode::asDouble);
    }

    public List<String> texts(String key) {
        return list(key, "texts", JsonNode::isString, JsonNode::asString);
    }

    public List<Boolean> flags(String key) {
        return list(key, "true or false", JsonNode::isBoolean, JsonNode::asBoolean);
    }

    /** The object under {@code key}, if the key is there and not null. */
    public Optional<Config> section(String key) {
        JsonNode value = find(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw wrong(key, "an object");
        }
        return Optional.of(new Config(file, value));
    }

    /** True if the value of {@code key} is an object. */
    public boolean isSection(String key) {
        return node.path(key).isObject();
    }

    /** The class that a component says it is: {@code _class_name} or the first architecture. */
    public String className() {
        if (has("_class_name")) {
            return text("_class_name");
        }
        List<String> architectures = has("architectures") ? texts("architectures") : List.of();
        if (architectures.isEmpty()) {
            throw new BadInputException(
                    file + ": expected \"_class_name\" or \"architectures\", found neither");
        }
        return architectures.getFirst();
    }

    /**
     * Checks that this component is of one of {@code known} classes.
     *
     * @return its class
     */
    public String requireClass(String... known) {
        String found = className();
        if (!List.of(known).contains(found)) {
            throw new BadInputException(
                    "%s: unknown class %s, known here: %s"
                            .formatted(file, Untrusted.quoted(found), String.join(", ", known)));
        }
        return found;
    }

    /** An error about the value of {@code key}, for rules that only the caller knows. */
    public BadInputException wrong(String key, String expected) {
        JsonNode value = find(key);
        return new BadInputException(
                "%s: %s: expected %s, found %s"
                        .formatted(
                                file,
                                Untrusted.quoted(key),
                                expected,
                                value == null ? "nothing" : Json.kind(value)));
    }

    /** The value as JSON on one line, if the key is there and not null. */
    Optional<String> shown(String key) {
        return Optional.ofNullable(find(key)).map(value -> Untrusted.oneLine(value.toString()));
    }

    boolean isList(String key) {
        return node.path(key).isArray();
    }

    /** Nulls only, or empty. */
    boolean isListOfNulls(String key) {
        return isList(key) && node.path(key).valueStream().allMatch(JsonNode::isNull);
    }

    private <T> T require(
            String key, String expected, Predicate<JsonNode> is, Function<JsonNode, T> as) {
        JsonNode value = find(key);
        if (value == null || !is.test(value)) {
            throw wrong(key, expected);
        }
        return as.apply(value);
    }

    private <T> List<T> list(
            String key, String expected, Predicate<JsonNode> is, Function<JsonNode, T> as) {
        JsonNode value = find(key);
        if (value == null || !value.isArray() || !value.valueStream().allMatch(is)) {
            throw wrong(key, "a list of " + expected);
        }
        return value.valueStream().map(as).toList();
    }

    private static boolean isInt(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt();
    }

    private @Nullable JsonNode find(String key) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? null : value;
    }
}
