package org.svgen.pipeline;

import java.util.List;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.setting.Rule;
import org.svgen.setting.Values;
import org.svgen.tensor.DType;

/** What the fields take that requests to all models have. */
public final class Rules {
    /** What the video shows. */
    public static final Rule<String> PROMPT = new Rule<>(Fields.PROMPT, Values.texts());

    /** What guidance leads away from. */
    public static final Rule<String> NEGATIVE_PROMPT =
            new Rule<>(Fields.NEGATIVE_PROMPT, Values.texts());

    /** Width in pixels. */
    public static final Rule<Integer> WIDTH = new Rule<>(Fields.WIDTH, Values.wholeFrom(1));

    /** Height in pixels. */
    public static final Rule<Integer> HEIGHT = new Rule<>(Fields.HEIGHT, Values.wholeFrom(1));

    /** Number of frames. */
    public static final Rule<Integer> FRAMES = new Rule<>(Fields.FRAMES, Values.wholeFrom(1));

    /** Frames per second. */
    public static final Rule<Double> FPS = new Rule<>(Fields.FPS, Values.numbersAbove(0, 1000));

    /** Denoising steps; the model's scheduler has a most of its own. */
    public static final Rule<Integer> STEPS = new Rule<>(Fields.STEPS, Values.wholeFrom(1));

    /** How strongly the prompt steers. */
    public static final Rule<Double> GUIDANCE =
            new Rule<>(Fields.GUIDANCE, Values.numbers(0, 1000));

    /** 64 bits as torch takes them. */
    public static final Rule<Long> SEED = new Rule<>(Fields.SEED, new SeedValues());

    /** What noise and latents are computed in. */
    public static final Rule<DType> DTYPE =
            new Rule<>(Fields.DTYPE, Values.of(List.of(DType.F32, DType.BF16)));

    /** Mode of attention. */
    public static final Rule<Mode> ATTENTION =
            new Rule<>(Fields.ATTENTION, Values.of(List.of(Mode.values())));

    /** Fraction of pairs that sparse calls keep. */
    public static final Rule<Double> DENSITY =
            new Rule<>(Fields.DENSITY, Values.numbersAbove(0, 1));

    /** Leading steps that attend densely. */
    public static final Rule<Amount> DENSE_STEPS = new Rule<>(Fields.DENSE_STEPS, new Amounts());

    /** Leading layers that attend densely. */
    public static final Rule<Amount> DENSE_LAYERS = new Rule<>(Fields.DENSE_LAYERS, new Amounts());

    /** How much worse than dense a head may be; infinity leaves none dense. */
    public static final Rule<Double> HEAD_TOLERANCE =
            new Rule<>(Fields.HEAD_TOLERANCE, Values.numbers(0, Double.POSITIVE_INFINITY));

    /** Query rows by which heads are told apart. */
    public static final Rule<Integer> SAMPLED_ROWS =
            new Rule<>(Fields.SAMPLED_ROWS, Values.wholeFrom(1));

    /** Those that a model can recommend a value for. */
    public static final List<Rule<?>> RECOMMENDED =
            List.of(
                    WIDTH,
                    HEIGHT,
                    FRAMES,
                    FPS,
                    STEPS,
                    GUIDANCE,
                    DENSITY,
                    DENSE_STEPS,
                    DENSE_LAYERS,
                    HEAD_TOLERANCE,
                    SAMPLED_ROWS);

    private Rules() {}

    /** {@return all of them} */
    public static List<Rule<?>> all() {
        return RequestPart.ALL.stream().<Rule<?>>map(RequestPart::rule).toList();
    }
}
