package org.svgen.server.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.models.RequestNames;
import org.svgen.setting.Rule;

/**
 * Reads what a request asks for. It takes the names of OpenAI's videos, of SGLang, of vLLM-Omni and
 * our own. Where a field is there more than once, the outermost holds: top level, then {@code
 * video_params}, then {@code extra_body} and {@code extra_params}.
 */
public final class WishReader {
    /** Fields of other servers that have no effect here, which the answer says. */
    private static final Set<String> IGNORED =
            Set.of(
                    "diffusers_kwargs",
                    "enable_frame_interpolation",
                    "enable_teacache",
                    "flow_shift",
                    "frame_interpolation_exp",
                    "frame_interpolation_model_path",
                    "frame_interpolation_scale",
                    "generate_sound",
                    "generator_device",
                    "lora",
                    "output_compression",
                    "output_path",
                    "output_quality",
                    "quality",
                    "true_cfg_scale",
                    "user");

    private static final List<String> LAYERS =
            List.of("video_params", "extra_body", "extra_params");
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})[xX]([1-9][0-9]{0,5})");

    private final int promptCharacters;
    private final Map<String, GivenValue> given = new LinkedHashMap<>();
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private final Map<String, String> sent = new LinkedHashMap<>();
    private final List<String> ignored = new ArrayList<>();
    private final PictureFields pictures = new PictureFields();
    private @Nullable GivenValue size;

    private WishReader(int promptCharacters) {
        this.promptCharacters = promptCharacters;
    }

    /**
     * {@return what a body asks for}
     *
     * @param body of the request
     * @param limits of what it may bring
     * @throws Refusal naming the first field that is wrong, or that nobody knows
     */
    public static Wish read(Body body, BodyLimits limits) {
        return new WishReader(limits.promptCharacters()).wish(body);
    }

    private Wish wish(Body body) {
        collect(body);
        Optional<String> prompt = take("prompt").map(this::prompt);
        Optional<String> model = take("model").map(GivenValue::text);
        take("size").ifPresent(this::size);
        OptionalDouble length = seconds(take("seconds"));
        Wish.Extras extras =
                new Wish.Extras(
                        take("priority")
                                .map(value -> OptionalInt.of(value.whole(-10, 10)))
                                .orElseGet(OptionalInt::empty),
                        take("webhook_url").map(GivenValue::text),
                        take("metadata").map(Metadata::of),
                        ignored);
        body.files().forEach(pictures::file);
        given.values().forEach(this::rest);
        pictures.found().forEach((name, source) -> sent.put(name, source.sent()));
        requireOneSize();
        return new Wish(prompt, model, settings, sent, length, pictures.found(), extras);
    }

    private void collect(Body body) {
        body.fields()
                .forEach((name, value) -> {
                    if (!LAYERS.contains(name)) {
                        given.put(name, new GivenValue(name, value));
                    }
                });
        for (String layer : LAYERS) {
            Object value = body.fields().get(layer);
            if (value != null) {
                object(new GivenValue(layer, value))
                        .forEach((name, inner) ->
                                given.putIfAbsent(name, new GivenValue(layer + "." + name, inner)));
            }
        }
        given.values().removeIf(value -> value.value() == null);
    }

    /** Forms have objects as texts of JSON. */
    private static Map<String, Object> object(GivenValue layer) {
        if (layer.value() instanceof String json) {
            try {
                return Json.object(json.getBytes(StandardCharsets.UTF_8));
            } catch (Refusal e) {
                throw layer.wrong("a JSON object");
            }
        }
        return layer.object();
    }

    private Optional<GivenValue> take(String name) {
        return Optional.ofNullable(given.remove(name));
    }

    private String prompt(GivenValue value) {
        sent.put("prompt", value.sent());
        String text = value.text();
        if (text.isBlank()) {
            throw new Refusal(Problem.value(value.sent(), "prompt: it is empty"));
        }
        int characters = text.codePointCount(0, text.length());
        if (characters > promptCharacters) {
            throw new Refusal(
                    Problem.value(
                            value.sent(),
                            "prompt: expected at most %d characters, found %d"
                                    .formatted(promptCharacters, characters)));
        }
        return text;
    }

    private void size(GivenValue value) {
        Matcher parts = SIZE.matcher(value.text());
        if (!parts.matches()) {
            throw value.wrong("WIDTHxHEIGHT, such as 640x480");
        }
        size = value;
        set("width", value.sent(), Integer.valueOf(parts.group(1)));
        set("height", value.sent(), Integer.valueOf(parts.group(2)));
    }

    private static OptionalDouble seconds(Optional<GivenValue> value) {
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        double seconds = value.get().number();
        if (seconds <= 0 || seconds > 3600) {
            throw value.get().wrong("a number above 0 and up to 3600");
        }
        return OptionalDouble.of(seconds);
    }

    /** What is left: settings, pictures, and what is unknown. */
    private void rest(GivenValue value) {
        String name = value.sent().substring(value.sent().lastIndexOf('.') + 1);
        Rule<?> rule = RequestNames.rules().get(name);
        if (pictures.take(name, value)) {
            return;
        }
        if (rule != null) {
            plain(rule, value);
        } else if (IGNORED.contains(name)) {
            ignored.add("ignored: " + name);
        } else {
            throw new Refusal(
                    Problem.value(
                            value.sent(), "%s: no such field is known".formatted(value.sent())));
        }
    }

    private void plain(Rule<?> rule, GivenValue value) {
        Object plain = value.setting(rule);
        Object before = settings.get(rule.name());
        if (before != null && !before.equals(plain)) {
            throw new Refusal(
                    Problem.value(
                            value.sent(),
                            "%s: %s says something else"
                                    .formatted(value.sent(), sent.get(rule.name()))));
        }
        set(rule.name(), before == null ? value.sent() : sent.get(rule.name()), plain);
    }

    private void set(String setting, @Nullable String field, Object plain) {
        settings.put(setting, plain);
        sent.put(setting, String.valueOf(field));
    }

    /** One side alone, without a size, would take the other from the model, and stretch. */
    private void requireOneSize() {
        boolean width = settings.containsKey("width");
        boolean height = settings.containsKey("height");
        if (size == null && width != height) {
            String missing = width ? "height" : "width";
            throw new Refusal(
                    Problem.value(
                            missing,
                            "%s: it is missing, %s is there"
                                    .formatted(missing, width ? "width" : "height")));
        }
    }
}
