package org.svgen.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen models}: what there is to choose from. */
@Command(
        name = "models",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Lists the models that come with svgen, or those that a folder holds.",
            "",
            "Each with its size, what it does when not told otherwise, and prompts to try; or with"
                    + " the reason why it cannot be run."
        },
        footer = {
            "",
            "Examples:",
            "  svgen models",
            "  svgen models ~/.cache/huggingface/hub --json"
        })
final class ModelsCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description =
                    "A model's folder, or one with models in it or a few levels below, such as a"
                            + " Hugging Face cache.")
    @Nullable Path folder;

    @Option(names = "--json", description = "Print a JSON list.")
    boolean json;

    ModelsCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        List<ModelEntry> entries = new ArrayList<>();
        try (Backend backend = Backends.open("cpu", note -> {})) {
            for (Path path : folder == null ? ModelLocator.builtIn() : ModelLocator.below(folder)) {
                String name = folder == null ? String.valueOf(path.getFileName()) : path.toString();
                entries.add(ModelEntry.of(name, path, environment.opener(), backend));
            }
        }
        if (entries.isEmpty() && folder != null) {
            throw new BadInputException(
                    "%s: expected models in diffusers' layout, found no %s"
                            .formatted(folder, ModelLocator.INDEX));
        }
        if (json) {
            environment.console().out().println(Json.pretty(entries));
        } else {
            entries.forEach(e -> environment.console().out().println(e.text()));
        }
        return Main.DONE;
    }
}
