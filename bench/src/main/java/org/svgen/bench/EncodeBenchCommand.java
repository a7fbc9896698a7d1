package org.svgen.bench;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench encode}: the encoders of texts and pictures. */
@Command(
        name = "encode",
        mixinStandardHelpOptions = true,
        description = {
            "Encodes prompts, and a picture where the model has an encoder for it, by encoders of"
                    + " random weights: as many prompts as the model needs for a video.",
            "",
            "From tokens and pixels to embeddings on the device. The tables come from one more"
                    + " round, whose operations wait for each other."
        })
final class EncodeBenchCommand implements Runnable {
    private final Output output;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|FOLDER|FILE",
            description =
                    BenchConfigs.NAMES
                            + ", a model's folder, whose weights are not read, or an encoder's"
                            + " config.json.")
    String config = "";

    @Mixin final SyntheticOption synthetic = new SyntheticOption();

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description =
                    "Of a prompt, all of which are computed; CLIP takes as many of them as it"
                            + " knows places for. By default what the model takes at most.")
    @Nullable Integer tokens;

    @Mixin final DeviceOption device = new DeviceOption();

    @Mixin final DtypeOption dtype = new DtypeOption();

    @Option(
            names = "--rounds",
            description = "Rounds behind the first, ${DEFAULT-VALUE} by default.")
    int rounds = 10;

    @Mixin final JsonOption json = new JsonOption();

    EncodeBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Checks.atLeast(0, "--rounds", rounds);
        Checks.that(
                tokens == null || (tokens >= 1 && tokens <= EncoderUse.MOST),
                "--tokens %d: expected 1 to %d".formatted(tokens, EncoderUse.MOST));
        EncodeBench.Setup setup =
                new EncodeBench.Setup(config, tokens, device.device, dtype.f32(), rounds);
        EncodeBench.Outcome outcome = EncodeBench.run(setup, output.notes());
        output.print(json, outcome, outcome.text());
    }
}
