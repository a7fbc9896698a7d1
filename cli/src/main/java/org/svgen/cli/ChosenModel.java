package org.svgen.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.hub.ModelPreview;
import org.svgen.models.Adapters;
import org.svgen.models.SingleFiles;

/**
 * The model that a command's options mean: a folder or a repository on the hub, perhaps with
 * components from files in place of its own.
 */
final class ChosenModel {
    private final ModelFinder finder;
    private final String base;
    private final String option;
    private final @Nullable SingleFiles files;
    private final List<Adapters.Choice> adapters;

    private ChosenModel(
            ModelFinder finder,
            String base,
            String option,
            @Nullable SingleFiles files,
            List<Adapters.Choice> adapters) {
        this.finder = finder;
        this.base = base;
        this.option = option;
        this.files = files;
        this.adapters = adapters;
    }

    /** Looks into single files, if any are meant, and says what they are and what they lack. */
    static ChosenModel of(ModelOptions options, Environment environment, boolean quiet) {
        SingleFiles files = options.files.found(options.model);
        ModelFinder finder = new ModelFinder(environment, quiet);
        List<Adapters.Choice> adapters = options.adapters.choices(finder::adapter);
        if (files == null) {
            return new ChosenModel(finder, options.model, "--model ", null, adapters);
        }
        String given = options.files.base;
        String base = given == null ? files.kind().base() : given;
        if (!quiet) {
            environment.console().say(files.says());
            environment.console().say("the other parts come from " + base);
        }
        return new ChosenModel(
                new ModelFinder(environment, quiet, files.parts().keySet()),
                base,
                "--base ",
                files,
                adapters);
    }

    /** The model if all of it is here; nothing if something would have to be downloaded. */
    Optional<ModelSpec> here() {
        return finder.here(option, base).map(this::spec);
    }

    /** What downloads what is missing. */
    ModelSpec download() {
        return spec(finder.download(base));
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
        ModelSpec spec = ModelSpec.of(folder);
        if (files != null) {
            files.requireFits(folder);
            spec = spec.with(files.parts());
        }
        return Adapters.with(spec, adapters);
    }
}
