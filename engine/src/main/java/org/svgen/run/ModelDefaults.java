package org.svgen.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/**
 * Settings that a model's folder recommends in {@code svgen.json}, and its calibration, where it
 * has them.
 */
public final class ModelDefaults {
    private static final String FILE = "svgen.json";
    private static final List<Rule<?>> SIZES =
            List.of(Rules.WIDTH, Rules.HEIGHT, Rules.FRAMES, Rules.STEPS);

    private ModelDefaults() {}

    /**
     * {@return {@code absent}, changed by what the folder recommends}
     *
     * @param checkpoint the model
     * @param absent what holds where the folder says nothing
     * @param settings that the model's family has
     * @param check throws {@link BadInputException} if the model cannot make such a video
     */
    public static Defaults read(
            Checkpoint checkpoint,
            Defaults absent,
            List<Setting<?>> settings,
            Consumer<Request> check) {
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(absent, "absent");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(check, "check");
        RequestBuilder all = Request.builder(absent);
        settings.forEach(setting -> keep(setting, absent, all));
        Path calibration = checkpoint.folder().resolve(CalibrationFile.NAME);
        if (Files.exists(calibration)) {
            all.calibration(CalibrationFile.read(calibration));
        }
        Path file = checkpoint.folder().resolve(FILE);
        if (!Files.exists(file)) {
            return Defaults.of(all.build(), absent.prompts());
        }
        Config json = Config.read(file);
        Rules.RECOMMENDED.forEach(
                rule -> plain(json, rule).ifPresent(value -> all.set(rule.name(), value)));
        settings.forEach(setting -> read(json, setting, all));
        Request request = all.build();
        if (SIZES.stream().anyMatch(rule -> json.has(rule.key()))) {
            try {
                check.accept(request);
            } catch (BadInputException e) {
                throw new BadInputException(
                        "%s: %s".formatted(file, e.text(ModelDefaults::key)), e);
            }
        }
        return Defaults.of(
                request,
                json.has("prompts") ? List.copyOf(json.texts("prompts")) : absent.prompts());
    }

    /** So that defaults name every setting that the model has. */
    private static <T> void keep(Setting<T> setting, Defaults absent, RequestBuilder all) {
        all.set(setting, absent.settings().get(setting));
    }

    private static <T> void read(Config json, Setting<T> setting, RequestBuilder all) {
        plain(json, setting.rule())
                .ifPresent(value -> all.set(setting, setting.rule().read(value)));
    }

    private static Optional<Object> plain(Config json, Rule<?> rule) {
        String key = rule.key();
        if (!json.has(key)) {
            return Optional.empty();
        }
        Optional<Object> value = json.plain(key).filter(rule::reads);
        if (value.isEmpty()) {
            throw json.wrong(key, rule.expected());
        }
        return value;
    }

    /** As the file spells a field of a request. */
    private static String key(String field) {
        return '"' + Field.words(field, "_") + '"';
    }
}
