package org.svgen.lab.heads;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.media.Images;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;

/**
 * One picture of what sparse attention decided in a run: the kind of each head and the width of its
 * band, in each layer, at each step, in each branch of guidance, and how much steps and layers
 * missed. It is made of the report alone, so runs are the same with and without it.
 */
public final class HeadMap {
    private static final List<Rule<?>> SETTINGS =
            List.of(
                    Rules.ATTENTION,
                    Rules.DENSITY,
                    Rules.BUDGET,
                    Rules.MAX_ERROR,
                    Rules.DENSE_STEPS,
                    Rules.DENSE_LAYERS,
                    Rules.HEAD_TOLERANCE,
                    Rules.SAMPLED_ROWS,
                    Rules.WIDTH,
                    Rules.HEIGHT,
                    Rules.FRAMES,
                    Rules.STEPS,
                    Rules.GUIDANCE,
                    Rules.SEED);

    private final List<String> settings;
    private final Report report;
    private final HeadChoices choices;

    private HeadMap(List<String> settings, Report report) {
        this.settings = settings;
        this.report = report;
        this.choices = HeadChoices.of(report);
    }

    /**
     * {@return the map of a run; none if all its attention was dense, by its mode or in the
     * warm-up, so that there are no kinds of heads to show}
     *
     * @param result of the run
     */
    public static Optional<HeadMap> of(Result result) {
        Objects.requireNonNull(result, "result");
        return of(result.recipe(), result.report());
    }

    /**
     * As above, of a run whose frames are gone.
     *
     * @param recipe of the run
     * @param report of the run
     * @return the map, or none
     */
    public static Optional<HeadMap> of(Recipe recipe, Report report) {
        Objects.requireNonNull(recipe, "recipe");
        Objects.requireNonNull(report, "report");
        HeadMap map = new HeadMap(settings(recipe), report);
        return map.choices.isEmpty() ? Optional.empty() : Optional.of(map);
    }

    private static List<String> settings(Recipe recipe) {
        Map<String, @Nullable Object> values = recipe.values();
        return SETTINGS.stream()
                .map(Rule::key)
                .filter(key -> values.get(key) != null)
                .map(key -> key.replace('_', ' ') + " " + values.get(key))
                .toList();
    }

    /**
     * Writes a PNG.
     *
     * @param out the file
     * @throws org.svgen.tensor.SvgenException if it cannot be written
     */
    public void write(Path out) {
        Objects.requireNonNull(out, "out");
        Images.write(out, draw());
    }

    private BufferedImage draw() {
        return new HeadMapPicture(choices, HeadMapLayout.of(choices), Errors.of(report))
                .draw(report.model() + ": what each head attends to", settings);
    }
}
