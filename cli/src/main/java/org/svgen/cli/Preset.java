package org.svgen.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.tensor.BadInputException;

/** Settings that models and adapters for few steps were trained with. */
enum Preset {
    /** Wan distilled to four steps by LightX2V: 1000, 750, 500 and 250 of 1000, shifted by 5. */
    DISTILL_4(4, "auto", 5, 1, "(4[ _-]?steps?|lightx2v|lightning)"),
    /** FastHunyuan: six steps, its guidance built in. */
    FAST_HUNYUAN(6, "auto", 17, 6, "fast-?hunyuan"),
    /** FastWan 2.1: three times that the model is told, each behind fresh noise. */
    FAST_WAN(3, "1000,757,522", 8, 1, "fast-?wan"),
    /** FastWan 2.2 of 5B. */
    FAST_WAN_5B(3, "1000,757,522", 5, 1, "fast-?wan-?2[._]?2");

    /** The narrowest first. */
    private static final List<Preset> TOLD =
            List.of(FAST_HUNYUAN, FAST_WAN_5B, FAST_WAN, DISTILL_4);

    private static final double SPLIT_GUIDANCE_OFF = 1;

    private final int steps;
    private final String times;
    private final double shift;
    private final double guidance;
    private final Pattern names;

    Preset(int steps, String times, double shift, double guidance, String names) {
        this.steps = steps;
        this.times = times;
        this.shift = shift;
        this.guidance = guidance;
        this.names = Pattern.compile("(?i).*" + names + ".*");
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

    /** The one that names of models and files tell. */
    static Optional<Preset> toldBy(List<String> names) {
        return TOLD.stream()
                .filter(preset ->
                        names.stream().anyMatch(name -> preset.names.matcher(name).matches()))
                .findFirst();
    }

    /**
     * What the model recommends, with all of this in its place. A model without a flow to shift
     * goes its own way from pure noise, which is as even.
     *
     * @throws BadInputException if this is a list of times, and the model takes none
     */
    Defaults over(Defaults model) {
        RequestBuilder request = Request.builder(model);
        request.set("steps", steps);
        request.set("guidance", guidance);
        request.set("denseSteps", 1);
        request.set("cache", "none");
        Map<String, Object> settings = model.settings().values();
        if (flows(model)) {
            request.set("shift", shift);
            request.set("timesteps", times);
            request.set("sampler", lists() ? "dmd" : "euler");
        } else if (lists()) {
            throw new BadInputException(
                    "--preset %s: expected a model that takes a list of times (Wan, HunyuanVideo)"
                            .formatted(this));
        }
        if (settings.get("guidance2") instanceof Number) {
            request.set("guidance2", SPLIT_GUIDANCE_OFF);
        }
        return Defaults.of(request.build(), model.prompts());
    }

    private static boolean flows(Defaults model) {
        return model.settings().values().containsKey("sampler");
    }

    private boolean lists() {
        return !times.equals("auto");
    }

    /** What it is for a model, for people. */
    String words(Defaults model) {
        return "%d steps%s%s, guidance %s, the first step dense%s"
                .formatted(
                        steps,
                        lists() ? " at " + times : "",
                        flows(model) ? ", shift " + Text.number(shift) : "",
                        Text.number(guidance),
                        !flows(model)
                                ? ""
                                : lists()
                                        ? ", fresh noise at each"
                                        : ", in straight lines from pure noise");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
