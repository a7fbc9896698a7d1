package org.svgen.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench decode}: a whole autoencoder. */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        description = {
            "Decodes a video by an autoencoder of random weights, to know its speed without its"
                    + " checkpoint.",
            "",
            "From latents on the device to frames in the processor's memory. The table comes"
                    + " from one more round, whose operations wait for each other."
        })
final class DecodeBenchCommand implements Runnable {
    private final Output output;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|FILE",
            description = BenchConfigs.NAMES + ", or an autoencoder's config.json.")
    String config = "";

    @Mixin final SyntheticOption synthetic = new SyntheticOption();

    @Mixin final SizeOption size = new SizeOption();

    @Mixin final DeviceOption device = new DeviceOption();

    @Mixin final DtypeOption dtype = new DtypeOption();

    @Option(
            names = "--rounds",
            description = "Rounds behind the first, ${DEFAULT-VALUE} by default.")
    int rounds = 2;

    @Mixin final JsonOption json = new JsonOption();

    DecodeBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Checks.atLeast(0, "--rounds", rounds);
        DecodeBench.Setup setup =
                new DecodeBench.Setup(config, size.of(config), device.device, dtype.f32(), rounds);
        DecodeBench.Outcome outcome = DecodeBench.run(setup, output.notes());
        output.print(json, outcome, outcome.text());
    }
}
