package org.svgen.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench weights}: from the disk to the device. */
@Command(
        name = "weights",
        mixinStandardHelpOptions = true,
        description = {
            "How fast weights come from a file to a device, beside how fast the disk reads.",
            "",
            "Writes a file of random bytes, past the page cache, and deletes it."
        })
final class WeightsBenchCommand implements Runnable {
    private static final int PIECE_BYTES = 1 << 26;
    private static final int PIECES_IN_A_GIGABYTE = 16;

    private final Output output;

    @Option(names = "--gigabytes", description = "Size of the file, ${DEFAULT-VALUE} by default.")
    int gigabytes = 4;

    @Option(names = "--folder", description = "Where the file is written, here by default.")
    Path folder = Path.of(".");

    @Mixin final DeviceOption device = new DeviceOption();

    @Mixin final JsonOption json = new JsonOption();

    WeightsBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Checks.atLeast(1, "--gigabytes", gigabytes);
        Checks.that(Files.isDirectory(folder), "--folder %s: expected a folder".formatted(folder));
        try (Backend backend = Backends.open(device.device, output.notes())) {
            int pieces = Math.multiplyExact(gigabytes, PIECES_IN_A_GIGABYTE);
            WeightsBench.Outcome found = WeightsBench.run(backend, folder, pieces, PIECE_BYTES);
            output.print(json, found, List.of(found.text()));
        }
    }
}
