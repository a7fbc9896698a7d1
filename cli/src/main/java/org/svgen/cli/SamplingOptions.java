package org.svgen.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** How the noise becomes a video; null leaves it to the model. */
final class SamplingOptions {
    private static final String AUTO = "auto";

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Denoising steps: more is slower and finer. Default: the model's own.")
    @Nullable Integer steps;

    @Option(
            names = "--preset",
            paramLabel = "auto|none|NAME",
            defaultValue = "auto",
            description =
                    "Steps, shift, sampler, guidance and dense steps of models for few steps: distill-4"
                            + " (Wan by LightX2V), fast-hunyuan, fast-wan or fast-wan-5b. What other options say counts more."
                            + " Default: ${DEFAULT-VALUE}, by the names of the model's and adapters'"
                            + " files, which is said.")
    String preset = AUTO;

    @Option(
            names = "--guidance",
            paramLabel = "SCALE",
            description =
                    "How strongly the prompt steers. With CogVideoX and Wan (classifier-free guidance)"
                            + " 1 turns it off and halves the work; HunyuanVideo has it built in."
                            + " Default: the model's own.")
    @Nullable Double guidance;

    @Option(
            names = "--seed",
            paramLabel = "N|random",
            defaultValue = "0",
            converter = SeedConverter.class,
            description =
                    "Any whole number from -2^63 to 2^64 - 1, as in torch; the same seed and settings give"
                            + " the same video. random: draw one, which is said and kept in the recipe."
                            + " Default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(
            names = "--latents",
            paramLabel = "FILE.safetensors",
            description = "Begin with the noise in tensor \"latents\" instead of the seed's.")
    @Nullable Path latents;

    /**
     * The preset that is asked for, or that names tell.
     *
     * @param names of the model and of adapters' files
     * @param model what it recommends
     * @param notes gets the reason of one that nobody asked for
     * @throws BadInputException if there is no preset of that name
     */
    Optional<Preset> preset(List<String> names, Defaults model, Consumer<String> notes) {
        if (preset.equals("none")) {
            return Optional.empty();
        }
        if (!preset.equals(AUTO)) {
            return Optional.of(Preset.of(preset));
        }
        Optional<Preset> told = Preset.toldBy(names);
        told.ifPresent(found ->
                notes.accept(
                        "preset %s, as the names say: %s; --preset none leaves it out"
                                .formatted(found, found.words(model))));
        return told;
    }

    void addTo(Given given) {
        given.add(Rules.STEPS, steps);
        given.add(Rules.GUIDANCE, guidance);
        given.add(Rules.SEED, seed);
    }
}
