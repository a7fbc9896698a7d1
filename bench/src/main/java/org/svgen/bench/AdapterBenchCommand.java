package org.svgen.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench adapters}: what adapters cost when weights are loaded. */
@Command(
        name = "adapters",
        mixinStandardHelpOptions = true,
        description = {
            "How long a transformer takes to load, by itself and with an adapter (LoRA) merged, and"
                    + " to change one adapter for another, as a session does.",
            "",
            "Writes the transformer and two adapters with random weights, and deletes them. The"
                    + " files come from memory where there is enough of it: bench weights says what"
                    + " the disk does."
        })
final class AdapterBenchCommand implements Runnable {
    private final Output output;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "NAME|FOLDER",
            description = BenchConfigs.NAMES + ", or a model's folder, whose weights are not read.")
    String config = "";

    @Option(names = "--rank", description = "Of the adapters, ${DEFAULT-VALUE} by default.")
    int rank = 64;

    @Option(names = "--folder", description = "Where the files are written, here by default.")
    Path folder = Path.of(".");

    @Mixin final DeviceOption device = new DeviceOption();

    @Mixin final JsonOption json = new JsonOption();

    AdapterBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Checks.atLeast(1, "--rank", rank);
        Checks.that(Files.isDirectory(folder), "--folder %s: expected a folder".formatted(folder));
        AdapterBench.Outcome found =
                AdapterBench.run(
                        new AdapterBench.Setup(config, folder, rank, device.device),
                        output.notes());
        output.print(json, found, found.text());
    }
}
