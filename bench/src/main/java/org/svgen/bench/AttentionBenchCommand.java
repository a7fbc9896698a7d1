package org.svgen.bench;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Rules;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code svgen bench attention}: dense against the matrix product, bands against dense; or a
 * model's sparse step.
 */
@Command(
        name = "attention",
        mixinStandardHelpOptions = true,
        description = {
            "Dense attention against a matrix product and bands against it on the CPU, or with"
                    + " --shape a model's attention on any device.",
            "",
            "With --shape: the attention step of a model, with the norm, rotation and layout of"
                    + " queries, keys and values, and the profile of heads."
        })
final class AttentionBenchCommand implements Runnable {
    private static final int TOKENS = 3632;
    private static final int HEADS = 6;
    private static final int HEAD_DIM = 64;

    private final Output output;

    @Option(
            names = "--shape",
            paramLabel = "NAME",
            description = "One of " + AttentionShape.NAMES + ".")
    @Nullable String shape;

    @Option(names = "--device", description = "With --shape: auto, cpu or cuda[:N].")
    @Nullable String device;

    @Option(names = "--tokens", description = "Tokens, 3632 by default.")
    @Nullable Integer tokens;

    @Option(names = "--heads", description = "Heads, 6 by default.")
    @Nullable Integer heads;

    @Option(names = "--head-dim", description = "Channels of a head, 64 by default.")
    @Nullable Integer headDim;

    @Option(
            names = "--density",
            split = ",",
            defaultValue = "0.2,0.3,0.5",
            description = "Kept fractions of pairs, ${DEFAULT-VALUE} by default.")
    List<Double> densities = List.of();

    @Option(names = "--rounds", description = "Turns that each has, ${DEFAULT-VALUE} by default.")
    int rounds = 15;

    @Mixin final AttentionDtypeOption precision = new AttentionDtypeOption();

    @Mixin final JsonOption json = new JsonOption();

    AttentionBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        densities.forEach(Rules.DENSITY::require);
        precision.checked();
        if (shape == null) {
            plain();
        } else {
            step(shape);
        }
    }

    private void plain() {
        Checks.that(device == null, "--device: expected only with --shape");
        Checks.that(
                !precision.checked().eightBits(),
                "--attention-dtype: expected 8 bits only with --shape");
        AttentionBench.Setup setup =
                new AttentionBench.Setup(
                        Objects.requireNonNullElse(tokens, TOKENS),
                        Objects.requireNonNullElse(heads, HEADS),
                        Objects.requireNonNullElse(headDim, HEAD_DIM));
        Checks.that(
                Stream.of(setup.tokens(), setup.heads(), setup.headDim(), rounds)
                        .allMatch(number -> number > 0),
                "--tokens, --heads, --head-dim and --rounds: expected at least 1");
        AttentionBench.Outcome outcome = AttentionBench.run(setup, densities, rounds);
        output.print(json, outcome, outcome.text());
    }

    private void step(String name) {
        Checks.that(
                tokens == null && heads == null && headDim == null,
                "--tokens, --heads and --head-dim: a --shape has its own");
        Checks.atLeast(1, "--rounds", rounds);
        AttentionStepBench.Outcome outcome =
                AttentionStepBench.run(
                        AttentionShape.of(name),
                        densities,
                        precision.checked(),
                        Objects.requireNonNullElse(device, "auto"),
                        rounds,
                        output.notes());
        output.print(json, outcome, outcome.text());
    }
}
