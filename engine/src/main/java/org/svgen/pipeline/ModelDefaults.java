package org.svgen.pipeline;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;

/** Settings that a model's folder recommends in {@code svgen.json}, where it has one. */
public final class ModelDefaults {
    /** Sparse attention where nothing else is recommended. */
    public static final AttentionSettings ATTENTION =
            new AttentionSettings(
                    AttentionSettings.Mode.SVG,
                    0.3,
                    new Amount.Fraction(0.25),
                    new Amount.Fraction(0.03),
                    Double.POSITIVE_INFINITY,
                    64);

    private static final String FILE = "svgen.json";

    private ModelDefaults() {}

    /** {@code absent}, changed by what the folder recommends. */
    public static Defaults read(Checkpoint checkpoint, Defaults absent) {
        Path file = checkpoint.folder().resolve(FILE);
        if (!Files.exists(file)) {
            return absent;
        }
        Config json = Config.read(file);
        AttentionSettings attention = absent.attention();
        return new Defaults(
                json.positive("width", absent.width()),
                json.positive("height", absent.height()),
                json.positive("frames", absent.frames()),
                json.number("fps", absent.fps()),
                json.positive("steps", absent.steps()),
                json.number("guidance", absent.guidance()),
                json.flag("dynamic_guidance", absent.dynamicGuidance()),
                new AttentionSettings(
                        attention.mode(),
                        json.number("density", attention.density()),
                        amount(json, "dense_steps", attention.denseSteps()),
                        amount(json, "dense_layers", attention.denseLayers()),
                        json.number("head_tolerance", attention.headTolerance()),
                        json.positive("sampled_rows", attention.sampledRows())),
                json.has("prompts") ? List.copyOf(json.texts("prompts")) : absent.prompts());
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
