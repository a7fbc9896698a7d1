package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON object read by key and type, for example a component's {@code config.json}. A key whose
 * value is null counts as absent. Every method throws {@link BadInputException}, naming file, key,
 * what was expected and what was found.
 */
@SuppressWarnings("doclint:missing") // keys, ranges and defaults are named as they are meant
public final class Config {
    /** More than any model has, and few enough for their products to be computed with. */
    public static final int MAX_SIZE = 1 << 20;

    /** The most channels that a layer may have. */
    public static final int MAX_CHANNELS = 1 << 14;

    /** The largest base of rotary embeddings. */
    public static final double MAX_THETA = 1e12;

    private static final int MAX_LAYERS = 10_000;
    private static final double MAX_SCALE = 1e6;
    private static final int MAX_BYTES = 8 << 20;

    private final Path file;
    private final JsonNode node;

    /** What this describes, whatever it says itself; empty to go by that. */
    private final String loadedAs;

    private Config(Path file, JsonNode node, String loadedAs) {
        this.file = file;
        this.node = node;
        this.loadedAs = loadedAs;
    }

    /**
     * Reads {@code file}, which holds a JSON object of at most 8 MiB.
     *
     * @return the configuration
     */
    public static Config read(Path file) {
        return parse(file, Untrusted.bytes(file, MAX_BYTES));
    }

    /** {@return the same of bytes that lie elsewhere; {@code file} is what messages call them} */
    public static Config parse(Path file, byte[] json) {
        return new Config(file, Json.object(file, json), "");
    }

    /** {@return what is wrong with {@code file}, which is no JSON, and where} */
    public static BadInputException malformed(Path file, JacksonException e) {
        return Json.malformed(file, e);
    }

    /** {@return the same with other whole numbers or flags under some keys, which may be new} */
    public Config with(Map<String, ?> values) {
        ObjectNode other = (ObjectNode) node.deepCopy();
        values.forEach((key, value) -> {
            if (value instanceof Boolean flag) {
                other.put(key, flag);
            } else {
                other.put(key, ((Number) value).intValue());
            }
        });
        return new Config(file, other, loadedAs);
    }

    /** {@return the same with whole numbers under those keys that are not there or null} */
    public Config withAbsent(Map<String, Integer> values) {
        return with(
                values.entrySet().stream()
                        .filter(value -> !has(value.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    /** {@return the file that was read, for messages} */
    public Path file() {
        return file;
    }

    /** {@return all keys, in the order of the file} */
    public List<String> keys() {
        return List.copyOf(node.propertyNames());
    }

    /** {@return true if the key is there and not null} */
    public boolean has(String key) {
        return find(key) != null;
    }

    /** {@return a whole number, both ends of its range included} */
    public int intIn(String key, int from, int to) {
        return require(
                key,
                "a whole number from %d to %d".formatted(from, to),
                n -> isInt(n) && n.asInt() >= from && n.asInt() <= to,
                JsonNode::asInt);
    }

    /** {@return a whole number, both ends of its range included} */
    public int intIn(String key, int from, int to, int absent) {
        return has(key) ? intIn(key, from, to) : absent;
    }

    /** {@return a size or a count: 1 or more, and so few that sizes made of it do not overflow} */
    public int positive(String key) {
        return intIn(key, 1, MAX_SIZE);
    }

    /** {@return a size or a count} */
    public int positive(String key, int absent) {
        return has(key) ? positive(key) : absent;
    }

    /** {@return a size or a count, or empty if the key is missing or null} */
    public OptionalInt optionalPositive(String key) {
        return has(key) ? OptionalInt.of(positive(key)) : OptionalInt.empty();
    }

    /** {@return a number of layers, or of blocks} */
    public int layers(String key) {
        return intIn(key, 1, MAX_LAYERS);
    }

    /** {@return a number of layers, or of blocks} */
    public int layers(String key, int absent) {
        return has(key) ? layers(key) : absent;
    }

    /** {@return a number of channels} */
    public int channels(String key, int absent) {
        return intIn(key, 1, MAX_CHANNELS, absent);
    }

    /** {@return a number} */
    public double number(String key) {
        return require(key, "a number", JsonNode::isNumber, JsonNode::asDouble);
    }

    /** {@return a number, both ends of its range included} */
    public double numberIn(String key, double from, double to) {
        return require(
                key,
                "a number from %s to %s".formatted(decimal(from), decimal(to)),
                n -> isIn(n, from, to),
                JsonNode::asDouble);
    }

    /** {@return a number, both ends of its range included} */
    public double numberIn(String key, double from, double to, double absent) {
        return has(key) ? numberIn(key, from, to) : absent;
    }

    /** {@return what something is multiplied or divided by: neither 0 nor out of all proportion} */
    public double scale(String key, double absent) {
        return numberIn(key, 1 / MAX_SCALE, MAX_SCALE, absent);
    }

    /** {@return what is added to a variance before something is divided by its root} */
    public double epsilon(String key, double absent) {
        return numberIn(key, 0, 1, absent);
    }

    /** {@return true or false} */
    public boolean flag(String key) {
        return require(key, "true or false", JsonNode::isBoolean, JsonNode::asBoolean);
    }

    /** {@return true or false} */
    public boolean flag(String key, boolean absent) {
        return has(key) ? flag(key) : absent;
    }

    /**
     * {@return the value as Java has it: a {@link Boolean}, an {@link Integer}, a {@link Double} or
     * a {@link String}; none if the key is missing or null, or the value is a list or an object}
     */
    public Optional<Object> plain(String key) {
        JsonNode value = find(key);
        if (value == null || value.isContainer()) {
            return Optional.empty();
        }
        if (value.isNumber()) {
            return Optional.of(isInt(value) ? (Object) value.asInt() : (Object) value.asDouble());
        }
        return Optional.of(value.isBoolean() ? (Object) value.asBoolean() : value.asString());
    }

    /** {@return a text} */
    public String text(String key) {
        return require(key, "a text", JsonNode::isString, JsonNode::asString);
    }

    /** {@return a text} */
    public String text(String key, String absent) {
        return has(key) ? text(key) : absent;
    }

    /** {@return a text, or empty if the key is missing or null} */
    public Optional<String> optionalText(String key) {
        return has(key) ? Optional.of(text(key)) : Optional.empty();
    }

    /** {@return a list of whole numbers} */
    public List<Integer> integers(String key) {
        return list(key, "whole numbers", Config::isInt, JsonNode::asInt);
    }

    /** {@return a list of numbers, both ends of their range included} */
    public List<Double> numbersIn(String key, double from, double to) {
        return list(
                key,
                "numbers from %s to %s".formatted(decimal(from), decimal(to)),
                n -> isIn(n, from, to),
                JsonNode::asDouble);
    }

    /** {@return a list of pairs of numbers} */
    public List<List<Double>> pairs(String key) {
        return list(
                key,
                "pairs of numbers",
                n -> n.isArray() && n.size() == 2 && n.get(0).isNumber() && n.get(1).isNumber(),
                n -> List.of(n.get(0).asDouble(), n.get(1).asDouble()));
    }

    /** {@return a list of true or false} */
    public List<Boolean> flags(String key) {
        return list(key, "true or false", JsonNode::isBoolean, JsonNode::asBoolean);
    }

    /** {@return a list of texts} */
    public List<String> texts(String key) {
        return list(key, "texts", JsonNode::isString, JsonNode::asString);
    }

    /** {@return the object under {@code key}, if the key is there and not null} */
    public Optional<Config> section(String key) {
        JsonNode value = find(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!value.isObject()) {
            throw wrong(key, "an object");
        }
        return Optional.of(new Config(file, value, ""));
    }

    /** {@return true if the value of {@code key} is an object} */
    public boolean isSection(String key) {
        return node.path(key).isObject();
    }

    /** The same as the configuration of a {@code className}, as diffusers loads it. */
    Config as(String className) {
        return new Config(file, node, className);
    }

    /**
     * {@return the class that this configures: the one that it is loaded as, or else that it says
     * itself}
     */
    public String className() {
        return loadedAs.isEmpty()
                ? statedClass()
                        .orElseThrow(() ->
                                new BadInputException(
                                        file
                                                + ": expected \"_class_name\" or \"architectures\", found neither"))
                : loadedAs;
    }

    /** The class that a component says it is: {@code _class_name} or the first architecture. */
    Optional<String> statedClass() {
        if (has("_class_name")) {
            return optionalText("_class_name");
        }
        return has("architectures")
                ? texts("architectures").stream().findFirst()
                : optionalText("tokenizer_class");
    }

    /**
     * Checks that this component is of one of {@code known} classes.
     *
     * @return its class
     */
    public String requireClass(List<String> known) {
        String found = className();
        if (!known.contains(found)) {
            throw new BadInputException(
                    "%s: unknown class %s, known here: %s"
                            .formatted(file, Untrusted.quoted(found), String.join(", ", known)));
        }
        return found;
    }

    /** Checks the width of {@code heads} heads of dimension {@code dim}. */
    public void requireWidth(String key, int heads, int dim) {
        if ((long) heads * dim > MAX_SIZE) {
            throw wrong(key, "at most %d heads of dimension %d".formatted(MAX_SIZE / dim, dim));
        }
    }

    /**
     * An error about the value of {@code key}, for rules that only the caller knows.
     *
     * @return the error, to throw
     */
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

    /** True of a list that begins with a text. */
    boolean isListFromText(String key) {
        return node.path(key).path(0).isString();
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

    private static boolean isIn(JsonNode value, double from, double to) {
        return value.isNumber() && value.asDouble() >= from && value.asDouble() <= to;
    }

    /** {@code 4}, {@code 0.5}. */
    private static String decimal(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static boolean isInt(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToInt();
    }

    private @Nullable JsonNode find(String key) {
        JsonNode value = node.get(key);
        return value == null || value.isNull() ? null : value;
    }
}
