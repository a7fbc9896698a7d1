package org.svgen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.cli.disk.ModelFolders;
import org.svgen.cli.disk.Role;
import org.svgen.hub.ModelPreview;
import org.svgen.models.Adapters;
import org.svgen.models.GivenModel;
import org.svgen.models.Pipelines;
import org.svgen.models.SingleFiles;
import org.svgen.pipeline.Fields;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/**
 * The model that somebody's words mean: a folder or a repository on the hub, perhaps with
 * components from files in place of its own. Each command finds its model by this class.
 */
final class ChosenModel {
    private final ModelFinder finder;
    private final String base;
    private final Field by;
    private final @Nullable SingleFiles files;
    private final List<Adapters.Choice> adapters;

    private ChosenModel(
            ModelFinder finder,
            String base,
            Field by,
            @Nullable SingleFiles files,
            List<Adapters.Choice> adapters) {
        this.finder = finder;
        this.base = base;
        this.by = by;
        this.files = files;
        this.adapters = adapters;
    }

    /**
     * Looks into single files, if any are meant, and says what they are and what they lack.
     *
     * @throws BadInputException if a file is missing or of no use, or parts are given without one
     */
    static ChosenModel of(ModelOptions options, Environment environment, boolean quiet) {
        GivenModel given = options.given();
        return of(
                given,
                finder -> options.adapters.choices(place -> finder.adapter(place, given.model())),
                environment,
                quiet);
    }

    /** The same of a model that is given without options, by itself. */
    static ChosenModel of(GivenModel given, Environment environment, boolean quiet) {
        return of(given, _ -> List.of(), environment, quiet);
    }

    /** Adapters may be fetched, but only once it is known what the model is. */
    private static ChosenModel of(
            GivenModel given,
            Function<ModelFinder, List<Adapters.Choice>> adapters,
            Environment environment,
            boolean quiet) {
        ModelFolders folders = ModelFolders.of(environment.variables());
        Optional<Path> file = file(given.model(), folders);
        if (file.isEmpty()) {
            requireNoParts(given);
            ModelFinder finder = new ModelFinder(environment, quiet);
            return new ChosenModel(
                    finder, given.model(), Fields.MODEL, null, adapters.apply(finder));
        }
        SingleFiles files = SingleFiles.of(files(file.get(), given.parts(), folders));
        String base = given.parts().base().orElse(files.kind().base());
        if (!quiet) {
            environment.console().say(files.says());
            environment.console().say("the other parts come from " + base);
        }
        ModelFinder finder = new ModelFinder(environment, quiet, files.parts().keySet());
        return new ChosenModel(finder, base, Fields.BASE, files, adapters.apply(finder));
    }

    /** The single file that is meant; nothing if the words mean a model in diffusers' layout. */
    private static Optional<Path> file(String model, ModelFolders folders) {
        Path path = Path.of(model);
        if (Files.isRegularFile(path) && !ModelLocator.isBuiltIn(model)) {
            return Optional.of(path);
        }
        return ModelLocator.isHere(model) ? Optional.empty() : folders.find(Role.MODEL, model);
    }

    private static SingleFiles.Given files(
            Path model, GivenModel.Parts parts, ModelFolders folders) {
        return new SingleFiles.Given(
                model,
                parts.second().map(words -> folders.require(Role.MODEL, Fields.MODEL_2, words)),
                parts.vae().map(words -> folders.require(Role.VAE, Fields.VAE, words)),
                parts.textEncoders().stream()
                        .map(words ->
                                folders.require(Role.TEXT_ENCODER, Fields.TEXT_ENCODER, words))
                        .toList(),
                parts.imageEncoder()
                        .map(words ->
                                folders.require(Role.IMAGE_ENCODER, Fields.IMAGE_ENCODER, words)));
    }

    private static void requireNoParts(GivenModel given) {
        given.parts()
                .first()
                .ifPresent(field -> {
                    throw BadInputException.of(
                            field,
                            "a model in a single file beside it",
                            given.model(),
                            Message.of(
                                    "%s: expected %s with a single file, found %s %s",
                                    field, Fields.MODEL, Fields.MODEL, given.model()));
                });
    }

    /** The model if all of it is here; nothing if something would have to be downloaded. */
    Optional<ModelSpec> here() {
        return finder.here(Optional.of(by), base).map(this::spec);
    }

    /** What downloads what is missing. */
    ModelSpec download() {
        return spec(finder.download(base));
    }

    /**
     * The model as it is here, or downloaded.
     *
     * @throws BadInputException if a file of it is missing
     */
    ModelSpec whole() {
        ModelSpec spec = here().orElseGet(this::download);
        ModelFiles.of(spec.folder(), Pipelines::components, spec.parts().keySet())
                .requireComplete(spec.folder());
        return spec;
    }

    /** Has {@code look} look at a model that is not whole here, without weights. */
    <T> T preview(Function<ModelPreview, T> look) {
        return finder.preview(base, look);
    }

    /** The model that is previewed, to plan with. */
    Checkpoint open(ModelPreview preview) {
        return preview.open(spec(preview.folder()));
    }

    /** The model whose other parts are in a folder. */
    ModelSpec spec(Path folder) {
        ModelSpec spec = files == null ? ModelSpec.of(folder) : files.with(folder);
        return Adapters.with(spec, adapters);
    }
}
