package org.svgen.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.hub.CachedModel;
import org.svgen.hub.ModelId;
import org.svgen.pipeline.PlainJson;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen models}: what there is to choose from. */
@Command(
        name = "models",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Lists the models that come with svgen and those in the Hugging Face cache, or those that"
                    + " a folder holds.",
            "",
            "It runs CogVideoX (text- and image-to-video), HunyuanVideo (text-to-video) and Wan 2.1 and"
                    + " 2.2 (text, image, first and last frame).",
            "",
            "Each with its size, its default settings, and prompts to try; or with"
                    + " the reason why it cannot be run, such as files that are missing."
        },
        footer = {
            "",
            "Examples:",
            "  svgen models",
            "  svgen models demo",
            "  svgen models THUDM/CogVideoX-2b",
            "  svgen models /models --json",
            "  svgen models rm THUDM/CogVideoX-2b"
        })
final class ModelsCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME|ORG/NAME|DIR",
            description =
                    "A built-in model, a model in the cache, a model's folder, or a folder with models"
                            + " in it or a few levels below.")
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
            for (CachedModel model : cached()) {
                entries.add(ModelEntry.of(model, environment.opener(), backend));
            }
        }
        if (entries.isEmpty()) {
            throw new BadInputException(
                    "%s: expected models in diffusers' layout, found no %s"
                            .formatted(which, ModelLocator.INDEX));
        }
        if (json) {
            environment.console().out().println(PlainJson.pretty(entries));
        } else {
            entries.forEach(e -> environment.console().out().println(e.text()));
        }
        return ExitCode.DONE;
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
        if (!named.isEmpty()) {
            return named;
        }
        return isInCache(name) ? List.of() : ModelLocator.below(Path.of(name), this::note);
    }

    private void note(String line) {
        environment.console().say("note: " + line);
    }

    private List<CachedModel> cached() {
        List<CachedModel> all = new ModelFinder(environment, true).hub().cached();
        String name = which;
        if (name == null) {
            return all;
        }
        return isInCache(name)
                ? all.stream()
                        .filter(m -> m.id().toString().equals(name) || m.id().repo().equals(name))
                        .toList()
                : List.of();
    }

    /** A folder of that name comes first, as it does in {@code --model}. */
    private static boolean isInCache(String name) {
        return ModelId.isMeantBy(name)
                && !ModelLocator.isHere(name)
                && !OtherLayout.isWeights(name);
    }
}
