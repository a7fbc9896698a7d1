package org.svgen.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.ByteCount;
import org.svgen.pipeline.Fields;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** What makes the videos of a service. */
final class ServeModels {
    @Option(
            names = "--model",
            paramLabel = "DIR|NAME|ORG/NAME",
            description =
                    "A model to serve, as 'svgen generate' takes it: a folder, a built-in model, or"
                            + " ORG/NAME on the Hugging Face hub, downloaded if it is not here yet."
                            + " May be given several times; requests that name none mean the first."
                            + " Default: demo.")
    List<String> models = new ArrayList<>();

    @Option(
            names = "--alias",
            paramLabel = "NAME=MODEL",
            description =
                    "Another name for a model, for clients that cannot say its own, such as"
                            + " sora-2=demo. May be given several times.")
    List<String> aliases = new ArrayList<>();

    @Option(
            names = "--fit-size",
            description =
                    "Make the nearest size that the model can, and say so, where it cannot make the"
                            + " one that is asked for. Without it such requests are refused.")
    boolean fitSize;

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|cuda[:N]",
            description =
                    "Where to compute. Given several times, each device makes videos of its own at the"
                            + " same time. Default: auto, an NVIDIA GPU if there is one that can be"
                            + " used, else the CPU.")
    List<String> devices = new ArrayList<>();

    @Option(
            names = "--memory-limit",
            paramLabel = "BYTES",
            description =
                    "Use no more of a device's memory than this, such as 24G or 800M. Default: what is"
                            + " free.")
    @Nullable String memoryLimit;

    /** What was asked for, each once. */
    List<String> models() {
        return models.isEmpty() ? List.of("demo") : List.copyOf(new LinkedHashSet<>(models));
    }

    List<String> devices() {
        return devices.isEmpty() ? List.of("auto") : List.copyOf(new LinkedHashSet<>(devices));
    }

    long memoryLimit() {
        return memoryLimit == null
                ? Long.MAX_VALUE
                : ByteCount.parse(Fields.MEMORY_LIMIT, memoryLimit);
    }

    /**
     * Other names of models.
     *
     * @param known names of the models that are served
     * @throws BadInputException if one stands for none of them
     */
    Map<String, String> aliases(List<String> known) {
        Map<String, String> aliases = new LinkedHashMap<>();
        for (String text : aliases()) {
            int equals = text.indexOf('=');
            String model = text.substring(equals + 1);
            if (equals < 1 || !known.contains(model)) {
                throw new BadInputException(
                        "--alias: expected NAME=MODEL, with a MODEL of %s, found '%s'"
                                .formatted(known, text));
            }
            aliases.put(text.substring(0, equals), model);
        }
        return aliases;
    }

    private List<String> aliases() {
        return aliases;
    }
}
