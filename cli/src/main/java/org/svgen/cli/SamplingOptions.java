package org.svgen.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Rules;
import picocli.CommandLine.Option;

/** How the noise becomes a video; null leaves it to the model. */
final class SamplingOptions {
    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Denoising steps: more is slower and finer. Default: the model's own.")
    @Nullable Integer steps;

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

    void addTo(Given given) {
        given.add(Rules.STEPS, steps);
        given.add(Rules.GUIDANCE, guidance);
        given.add(Rules.SEED, seed);
    }
}
