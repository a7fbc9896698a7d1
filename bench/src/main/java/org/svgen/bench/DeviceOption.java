package org.svgen.bench;

import picocli.CommandLine.Option;

/** Where it is measured. */
final class DeviceOption {
    @Option(names = "--device", description = "auto, cpu or cuda[:N].")
    String device = "auto";
}
