package org.svgen.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.models.GivenModel;
import org.svgen.pipeline.ByteCount;
import org.svgen.pipeline.Fields;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What makes the videos of a service. */
final class ServeModels {
    @Option(
            names = "--model",
            paramLabel = "[NAME=]DIR|NAME|ORG/NAME|FILE",
            description =
                    "A model to serve, as 'svgen generate' takes it: a folder, a built-in model,"
                            + " ORG/NAME on the Hugging Face hub, downloaded if it is not here yet, or a"
                            + " single file. Requests call it NAME; without one, a folder or a file by"
                            + " its last name. May be given several times; requests that name none mean"
                            + " the first. Default: demo.")
    List<String> models = new ArrayList<>();

    @ArgGroup(exclusive = false, validate = false)
    ServeFiles files = new ServeFiles();

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
            paramLabel = "auto|cpu|cuda[:N[,N]]",
            description =
                    "Where to compute. Given several times, each device makes videos of its own at the"
                            + " same time; cuda:0,1 is one device of two GPUs. Default: auto, an NVIDIA GPU if there is one that can be"
                            + " used, else the CPU.")
    List<String> devices = new ArrayList<>();

    @Option(
            names = "--memory-limit",
            paramLabel = "BYTES",
            description =
                    "Use no more of a device's memory than this, such as 24G or 800M. Default: what is"
                            + " free.")
    @Nullable String memoryLimit;

    /**
     * A model to serve.
     *
     * @param name by which requests name it
     */
    record Served(String name, GivenModel model) {}

    /**
     * What was asked for, each once.
     *
     * @throws BadInputException if two have one name, or a part belongs to none
     */
    List<Served> served() {
        List<ServeFiles.Named> named =
                (models.isEmpty() ? List.of("demo") : new LinkedHashSet<>(models))
                        .stream().map(ServeFiles.Named::of).toList();
        List<String> names = named.stream().map(ServeModels::name).toList();
        requireApart(names);
        List<Served> served = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            GivenModel.Parts parts = files.parts(names.get(i), names);
            served.add(new Served(names.get(i), new GivenModel(named.get(i).words(), parts)));
        }
        return served;
    }

    private static void requireApart(List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new BadInputException(
                        "--model: two models would be called %s; NAME=MODEL calls one otherwise"
                                .formatted(name));
            }
        }
    }

    /** As requests call it: a folder and a file by their last name. */
    private static String name(ServeFiles.Named given) {
        return given.name().orElseGet(() -> lastName(given.words()));
    }

    private static String lastName(String words) {
        if (OtherLayout.isWeights(words)) {
            return String.valueOf(Path.of(words).getFileName()).replaceFirst("\\.\\w+$", "");
        }
        return words.startsWith("/") || words.startsWith(".")
                ? String.valueOf(Path.of(words).toAbsolutePath().normalize().getFileName())
                : words;
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
