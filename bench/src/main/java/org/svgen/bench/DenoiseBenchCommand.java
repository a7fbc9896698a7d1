package org.svgen.bench;

import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench denoise}: a whole denoiser. */
@Command(
        name = "denoise",
        mixinStandardHelpOptions = true,
        description = {
            "Passes of a whole denoiser of random weights, to know its speed without its"
                    + " checkpoint.",
            "",
            "CogVideoX and Wan run both guidance branches in one pass, Wan the prompt's alone with"
                    + " --guidance 1. The table behind the medians comes from one more pass, whose"
                    + " operations wait for each other."
        })
final class DenoiseBenchCommand implements Runnable {
    private static final Amount NO_WARM_UP = new Amount.Count(0);

    private final Output output;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|FILE",
            description = BenchConfigs.NAMES + ", or a transformer's config.json.")
    String config = "";

    @Mixin final SyntheticOption synthetic = new SyntheticOption();

    @Mixin final SparseOptions sparse = new SparseOptions();

    @Mixin final SizeOption size = new SizeOption();

    @Mixin final DeviceOption device = new DeviceOption();

    @Mixin final ProductsOption dtype = new ProductsOption();

    @Option(
            names = "--guidance",
            description = "How strongly the prompt steers, ${DEFAULT-VALUE} by default.")
    String guidance = "6";

    @Option(
            names = "--rounds",
            description = "Passes behind the first, ${DEFAULT-VALUE} by default.")
    int rounds = 3;

    @Option(
            names = "--errors",
            description =
                    "Also compare the token stream behind each block with a pass of the same weights"
                            + " in full precision, at 256 tokens.")
    boolean errors;

    @Mixin final JsonOption json = new JsonOption();

    DenoiseBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Checks.atLeast(1, "--rounds", rounds);
        ProductsOption.Layers layers = dtype.checked();
        AttentionSettings attention = sparse.settings(NO_WARM_UP, NO_WARM_UP);
        DenoiseBench.Setup setup =
                new DenoiseBench.Setup(
                        config, request(attention, layers), device.device, layers, rounds, errors);
        DenoiseBench.Outcome outcome = DenoiseBench.run(setup, output.notes());
        output.print(json, outcome, outcome.text());
    }

    private Request request(AttentionSettings attention, ProductsOption.Layers layers) {
        return layers.addTo(
                        size.of(config).request(attention).toBuilder()
                                .guidance(Rules.GUIDANCE.parse(guidance)))
                .build();
    }
}
