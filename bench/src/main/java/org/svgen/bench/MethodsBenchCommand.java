package org.svgen.bench;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench methods}: how far each kind of attention is from dense attention. */
@Command(
        name = "methods",
        mixinStandardHelpOptions = true,
        description = {
            "How far each kind of attention is from dense attention by itself, at one density and at"
                    + " a model's size: five steps of five layers of four heads, on queries, keys"
                    + " and values that are drawn with the structure of a video's.",
            "",
            "It takes minutes where videos take hours. The table is in Markdown."
        })
final class MethodsBenchCommand implements Runnable {
    private final Output output;

    @Option(
            names = "--shape",
            paramLabel = "NAME",
            description = "One of " + AttentionShape.NAMES + "; ${DEFAULT-VALUE} by default.")
    String shape = "hunyuan-720p";

    @Mixin final DensityOption density = new DensityOption();

    @Mixin final DeviceOption device = new DeviceOption();

    @Mixin final JsonOption json = new JsonOption();

    MethodsBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        MethodsBench.Outcome outcome =
                MethodsBench.run(
                        AttentionShape.of(shape), density.checked(), device.device, output.notes());
        output.print(json, outcome, outcome.text());
    }
}
