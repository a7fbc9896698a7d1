package org.svgen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.cli.disk.FolderWalk;
import org.svgen.cli.disk.KeptFile;
import org.svgen.cli.disk.ModelFolders;
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
            "Lists the models that come with svgen, those in the Hugging Face cache, and what lies in"
                    + " the folders of the environment variable SVGEN_MODELS; or what one folder holds.",
            "",
            "SVGEN_MODELS may name ComfyUI's folder of models, or several folders as PATH does: models"
                    + " in diffusers' layout, and single files with what each is, what it is stored in"
                    + " and the option by which it is given. Options take such a file by its name.",
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
            "  SVGEN_MODELS=~/ComfyUI/models svgen models",
            "  svgen models rm THUDM/CogVideoX-2b"
        })
final class ModelsCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME|ORG/NAME|DIR|FILE",
            description =
                    "A built-in model, a model in the cache, a model's folder, a folder with models or"
                            + " files in it or a few levels below, or a file.")
    @Nullable String which;

    @Option(names = "--json", description = "Print a JSON list.")
    boolean json;

    ModelsCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        List<Object> entries = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        Kept kept = kept();
        try (Backend backend = Backends.open("cpu", note -> {})) {
            List<ModelEntry> models = new ArrayList<>();
            for (Path path : folders(kept)) {
                boolean builtIn = ModelLocator.builtIn().contains(path);
                String name = builtIn ? String.valueOf(path.getFileName()) : path.toString();
                models.add(ModelEntry.of(name, path, environment.opener(), backend));
            }
            for (CachedModel model : cached()) {
                models.add(ModelEntry.of(model, environment.opener(), backend));
            }
            for (KeptFile model : kept.models) {
                models.add(
                        ModelEntry.of(model.name(), model.file(), environment.opener(), backend));
            }
            entries.addAll(models);
            models.forEach(model -> texts.add(model.text()));
        }
        for (KeptFile file : kept.files) {
            FileEntry entry = FileEntry.of(file.name(), file.file());
            entries.add(entry);
            texts.add(entry.text());
        }
        if (entries.isEmpty()) {
            throw new BadInputException(
                    "%s: expected models in diffusers' layout or files of weights, found no %s and no such file"
                            .formatted(which, ModelLocator.INDEX));
        }
        if (json) {
            environment.console().out().println(PlainJson.pretty(entries));
        } else {
            texts.forEach(environment.console().out()::println);
        }
        return ExitCode.DONE;
    }

    /** What lies in folders of the user's. */
    private record Kept(List<KeptFile> models, List<KeptFile> files) {
        private boolean isEmpty() {
            return models.isEmpty() && files.isEmpty();
        }
    }

    /** Of the named folder or file; of all folders if nothing is named. */
    private Kept kept() {
        ModelFolders folders = ModelFolders.of(environment.variables());
        String name = which;
        if (name == null) {
            FolderWalk walk = folders.walk(this::note);
            return new Kept(walk.models(), walk.files());
        }
        Path path = Path.of(name);
        if (ModelLocator.isBuiltIn(name)) {
            return new Kept(List.of(), List.of());
        }
        if (Files.isDirectory(path)) {
            FolderWalk walk = new ModelFolders(List.of(path)).walk(_ -> {});
            return new Kept(List.of(), walk.files());
        }
        if (Files.isRegularFile(path)) {
            Path root = Objects.requireNonNullElse(path.getParent(), Path.of(""));
            return new Kept(List.of(), List.of(new KeptFile(root, path)));
        }
        List<KeptFile> models =
                folders.walk(this::note).models().stream()
                        .filter(model -> model.name().equals(name))
                        .toList();
        return new Kept(models, folders.named(name).stream().toList());
    }

    private List<Path> folders(Kept kept) {
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
        boolean elsewhere =
                isInCache(name)
                        || Files.isRegularFile(Path.of(name))
                        || !Files.isDirectory(Path.of(name)) && !kept.isEmpty();
        return elsewhere ? List.of() : ModelLocator.below(Path.of(name), this::note);
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
