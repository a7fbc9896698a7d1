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
            "  svgen models demo",
            "  svgen models ~/.cache/huggingface/hub --json"
        })
final class ModelsCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME|DIR",
            description =
                    "A built-in model, a model's folder, or a folder with models in it or a few"
                            + " levels below, such as a Hugging Face cache.")
    @Nullable String which;

    @Option(names = "--json", description = "Print a JSON list.")
    boolean json;

    ModelsCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        List<ModelEntry> entries = new ArrayList<>();
        try (Backend backend = Backends.open("cpu", note -> {})) {
            for (Path path : folders()) {
                boolean builtIn = ModelLocator.builtIn().contains(path);
                String name = builtIn ? String.valueOf(path.getFileName()) : path.toString();
                entries.add(ModelEntry.of(name, path, environment.opener(), backend));
            }
        }
        if (json) {
            environment.console().out().println(Json.pretty(entries));
        } else {
            entries.forEach(e -> environment.console().out().println(e.text()));
        }
        return Main.DONE;
    }

    private List<Path> folders() {
        if (which == null) {
            return ModelLocator.builtIn();
        }
        String name = which;
        List<Path> named =
                ModelLocator.builtIn().stream()
                        .filter(path -> path.getFileName().toString().equals(name))
                        .toList();
        List<Path> found = named.isEmpty() ? ModelLocator.below(Path.of(name)) : named;
        if (found.isEmpty()) {
            throw new BadInputException(
                    "%s: expected models in diffusers' layout, found no %s"
                            .formatted(name, ModelLocator.INDEX));
        }
        return found;
    }
}
