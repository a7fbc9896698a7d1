package org.svgen.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.cli.disk.KeptFile;
import org.svgen.cli.disk.ModelFolders;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.PlainJson;
import org.svgen.run.EightBits;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.BackendProvider;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Workspace;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code svgen doctor}: what this machine has, and what of it will be used. */
@Command(
        name = "doctor",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description =
                "Says what was found here (Java, memory, processor, GPUs, libraries) and what will"
                        + " be used.",
        footer = {"", "Examples:", "  svgen doctor", "  svgen doctor --json"})
final class DoctorCommand implements Callable<Integer> {
    private final Environment environment;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Option(
            names = "--verbose",
            description =
                    "Print too which kernels the device has for each operation, in the order in"
                            + " which they are asked, and what each takes.")
    boolean verbose;

    DoctorCommand(Environment environment) {
        this.environment = environment;
    }

    /**
     * @param usedDevice what {@code --device auto} takes, or null if nothing can compute
     * @param kernels of that device: for each operation that has several, what each takes
     * @param attentionKinds what {@code --attention} takes
     * @param eightBitAttention channels of heads to which that device attends in 8 bits
     * @param eightBitsMissing why there are none, or null
     * @param eightBitProducts whether that device has products in 8 bits
     * @param eightBitProductsMissing why not, or null
     * @param modelFolders those that SVGEN_MODELS names
     * @param readySeconds from the start of the process to the end of that device's first operation
     */
    private record Findings(
            String svgen,
            String java,
            String system,
            long memoryBytes,
            List<DeviceKind> devices,
            @Nullable String usedDevice,
            @Nullable String usedDescription,
            Map<String, List<String>> kernels,
            List<String> attentionKinds,
            List<Integer> eightBitAttention,
            @Nullable String eightBitsMissing,
            boolean eightBitProducts,
            @Nullable String eightBitProductsMissing,
            List<ModelFolder> modelFolders,
            @Nullable Double readySeconds) {
        String text(boolean verbose) {
            StringBuilder text = new StringBuilder();
            line(text, "svgen", svgen);
            line(text, "java", java);
            line(text, "system", system);
            line(text, "memory", Text.bytes(memoryBytes));
            for (DeviceKind kind : devices) {
                line(text, kind.kind, kind.unavailable == null ? "usable" : kind.unavailable);
                kind.findings.forEach((name, value) -> {
                    if (!value.equals(kind.unavailable)) {
                        line(text, "  " + name, value);
                    }
                });
            }
            line(
                    text,
                    "used",
                    usedDevice == null
                            ? "nothing: no device can compute here"
                            : usedDevice + ", " + usedDescription);
            if (usedDevice != null) {
                line(text, "attention", String.join(", ", attentionKinds));
                line(text, "", "in 8 bits: " + eightBits());
                line(
                        text,
                        "products",
                        "in 8 bits: "
                                + (eightBitProducts ? "yes" : "no, " + eightBitProductsMissing));
            }
            if (verbose) {
                kernels.forEach((operation, lines) -> {
                    line(text, "kernels", "of " + operation);
                    lines.forEach(kernel -> line(text, "", "- " + kernel));
                });
            }
            modelFolders.forEach(folder -> line(text, "models", folder.text()));
            if (readySeconds != null) {
                line(text, "ready", "%.2f s after the start".formatted(readySeconds));
            }
            return text.toString().stripTrailing();
        }

        private String eightBits() {
            return eightBitAttention.isEmpty()
                    ? "no, %s".formatted(eightBitsMissing)
                    : "heads of %s channels, all keys or bands of them"
                            .formatted(
                                    eightBitAttention.stream()
                                            .map(String::valueOf)
                                            .collect(Collectors.joining(" and ")));
        }

        private static void line(StringBuilder text, String name, String value) {
            text.append("%-12s %s%n".formatted(name, value));
        }
    }

    /**
     * A folder in which files are found by their names.
     *
     * @param files of weights in it
     * @param problem why none are found there; null if they are
     */
    private record ModelFolder(String folder, int files, long bytes, @Nullable String problem) {
        static ModelFolder of(Path root) {
            List<String> notes = new ArrayList<>();
            List<KeptFile> files = new ModelFolders(List.of(root)).walk(notes::add).files();
            long bytes = files.stream().mapToLong(kept -> kept.file().toFile().length()).sum();
            return new ModelFolder(
                    root.toString(),
                    files.size(),
                    bytes,
                    notes.isEmpty() ? null : notes.getFirst());
        }

        String text() {
            return problem == null
                    ? "%s: %s, %s".formatted(folder, Text.some(files, "file"), Text.bytes(bytes))
                    : problem;
        }
    }

    /**
     * @param unavailable why it cannot be used, or null
     */
    private record DeviceKind(
            String kind, @Nullable String unavailable, Map<String, String> findings) {
        static DeviceKind of(BackendProvider provider) {
            Optional<String> reason = provider.unavailable();
            return new DeviceKind(provider.kind(), reason.orElse(null), provider.findings());
        }
    }

    @Override
    public Integer call() {
        List<ModelFolder> folders =
                ModelFolders.of(environment.variables()).roots().stream()
                        .map(ModelFolder::of)
                        .toList();
        Findings findings = find(folders);
        environment
                .console()
                .out()
                .println(json ? PlainJson.pretty(findings) : findings.text(verbose));
        return findings.usedDevice == null ? ExitCode.FAILED : ExitCode.DONE;
    }

    private static Findings find(List<ModelFolder> folders) {
        List<DeviceKind> devices = new ArrayList<>();
        boolean usable = false;
        for (BackendProvider provider : Backends.all()) {
            DeviceKind kind = DeviceKind.of(provider);
            devices.add(kind);
            usable |= kind.unavailable == null;
        }
        String name = null;
        String description = null;
        Double ready = null;
        Map<String, List<String>> kernels = Map.of();
        List<Integer> eightBits = List.of();
        String missing = null;
        Optional<String> missingProducts = Optional.empty();
        if (usable) {
            try (Backend backend = Backends.open("auto", note -> {})) {
                name = backend.name();
                description = backend.description();
                kernels = backend.kernels();
                DType layers = backend.activation();
                missingProducts = EightBits.missingProducts(backend, layers);
                eightBits =
                        EightBits.HEAD_DIMS.stream()
                                .filter(d -> EightBits.missing(backend, layers, d).isEmpty())
                                .toList();
                if (eightBits.isEmpty()) {
                    missing =
                            EightBits.missing(backend, layers, EightBits.HEAD_DIMS.getFirst())
                                    .orElse(null);
                }
                ready = firstOperation(backend);
            }
        }
        return new Findings(
                Version.text(),
                "%s, %s".formatted(Runtime.version(), System.getProperty("java.vm.name")),
                "%s %s, %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")),
                memory(),
                devices,
                name,
                description,
                kernels,
                Arrays.stream(AttentionSettings.Mode.values()).map(Object::toString).toList(),
                eightBits,
                missing,
                name != null && missingProducts.isEmpty(),
                missingProducts.orElse(null),
                folders,
                ready);
    }

    /** Seconds from the start of the process until the device has done something. */
    private static double firstOperation(Backend backend) {
        try (Workspace workspace = new Workspace(backend, Float.BYTES)) {
            backend.ops().fill(1, workspace.allocate(DType.F32, 1));
            backend.synchronize();
        }
        long start = ManagementFactory.getRuntimeMXBean().getStartTime();
        return (System.currentTimeMillis() - start) * 1e-3;
    }

    private static long memory() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.OperatingSystemMXBean known
                ? known.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }
}
