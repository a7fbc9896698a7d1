package org.svgen.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.tensor.BadInputException;

/** Settings that models and adapters for few steps were trained with. */
enum Preset {
    /** Wan distilled to four steps by LightX2V: 1000, 750, 500 and 250 of 1000, shifted by 5. */
    DISTILL_4(4, 5, 1),
    /** FastHunyuan: six steps, its guidance built in. */
    FAST_HUNYUAN(6, 17, 6);

    private static final Pattern FOUR_STEPS =
            Pattern.compile("(?i).*(4[ _-]?steps?|lightx2v|lightning).*");
    private static final Pattern FAST = Pattern.compile("(?i).*fasthunyuan.*");
    private static final double SPLIT_GUIDANCE_OFF = 1;

    private final int steps;
    private final double shift;
    private final double guidance;

    Preset(int steps, double shift, double guidance) {
        this.steps = steps;
        this.shift = shift;
        this.guidance = guidance;
    }

    /**
     * The preset of a name.
     *
     * @throws BadInputException if there is none
     */
    static Preset of(String name) {
        return Arrays.stream(values())
                .filter(preset -> preset.toString().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException(
                                "--preset: expected auto, none, %s, found '%s'"
                                        .formatted(
                                                Arrays.stream(values())
                                                        .map(Preset::toString)
                                                        .collect(Collectors.joining(", ")),
                                                name)));
    }

    /** The one that names of files tell. */
    static Optional<Preset> toldBy(List<String> files) {
        if (files.stream().anyMatch(file -> FAST.matcher(file).matches())) {
            return Optional.of(FAST_HUNYUAN);
        }
        return files.stream().anyMatch(file -> FOUR_STEPS.matcher(file).matches())
                ? Optional.of(DISTILL_4)
                : Optional.empty();
    }

    /** Sets all of it, but not what options say beside it. */
    void into(RequestBuilder request, Defaults model) {
        request.set("steps", steps);
        request.set("guidance", guidance);
        request.set("denseSteps", 1);
        request.set("shift", shift);
        request.set("sampler", "euler");
        if (model.settings().keyed().get("guidance_2") instanceof Number) {
            request.set("guidance2", SPLIT_GUIDANCE_OFF);
        }
    }

    /** What it is, for people. */
    String words() {
        return "%d steps, shift %s, guidance %s, the first step dense, in straight lines from pure noise"
                .formatted(steps, Text.number(shift), Text.number(guidance));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
