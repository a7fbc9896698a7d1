package org.svgen.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/** Settings that a model's folder recommends in {@code svgen.json}, where it has one. */
public final class ModelDefaults {
    private static final String FILE = "svgen.json";
    private static final List<String> SIZES = List.of("width", "height", "frames", "steps");

    private ModelDefaults() {}

    /**
     * {@return {@code absent}, changed by what the folder recommends}
     *
     * @param checkpoint the model
     * @param absent what holds where the folder says nothing
     * @param check throws {@link BadInputException} if the model cannot make such a video
     */
    public static Defaults read(Checkpoint checkpoint, Defaults absent, Consumer<Request> check) {
        Objects.requireNonNull(checkpoint, "checkpoint");
        Objects.requireNonNull(absent, "absent");
        Objects.requireNonNull(check, "check");
        Path file = checkpoint.folder().resolve(FILE);
        if (!Files.exists(file)) {
            return absent;
        }
        Config json = Config.read(file);
        Defaults read = read(json, absent);
        if (SIZES.stream().anyMatch(json::has)) {
            try {
                check.accept(Request.of("", read));
            } catch (BadInputException e) {
                throw new BadInputException(
                        "%s: %s".formatted(file, e.text(ModelDefaults::key)), e);
            }
        }
        return read;
    }

    private static Defaults read(Config json, Defaults absent) {
        AttentionSettings attention = absent.attention();
        return new Defaults(
                json.positive("width", absent.width()),
                json.positive("height", absent.height()),
                json.positive("frames", absent.frames()),
                json.numberIn("fps", 0.001, 1000, absent.fps()),
                json.positive("steps", absent.steps()),
                json.numberIn("guidance", 0, 1000, absent.guidance()),
                json.flag("dynamic_guidance", absent.dynamicGuidance()),
                new AttentionSettings(
                        attention.mode(),
                        json.numberIn("density", 0.001, 1, attention.density()),
                        amount(json, "dense_steps", attention.denseSteps()),
                        amount(json, "dense_layers", attention.denseLayers()),
                        json.numberIn("head_tolerance", 0, 1e6, attention.headTolerance()),
                        json.positive("sampled_rows", attention.sampledRows())),
                json.has("prompts") ? List.copyOf(json.texts("prompts")) : absent.prompts());
    }

    /** As the file spells a field of a request. */
    private static String key(String field) {
        return '"' + Field.words(field, "_") + '"';
    }

    /** Whole numbers are counts; others are fractions. */
    private static Amount amount(Config json, String key, Amount absent) {
        if (!json.has(key)) {
            return absent;
        }
        double value = json.number(key);
        if (value >= 0 && value <= 1 && value != Math.rint(value)) {
            return new Amount.Fraction(value);
        }
        if (value >= 0 && value == Math.rint(value) && value < 1e6) {
            return new Amount.Count((int) value);
        }
        throw json.wrong(key, "a count or a fraction");
    }
}
