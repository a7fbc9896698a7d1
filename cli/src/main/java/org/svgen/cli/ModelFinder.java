package org.svgen.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.checkpoint.Untrusted;
import org.svgen.cli.disk.ModelFolders;
import org.svgen.cli.disk.Role;
import org.svgen.hub.Hub;
import org.svgen.hub.HubFile;
import org.svgen.hub.HubSettings;
import org.svgen.hub.ModelId;
import org.svgen.hub.ModelPreview;
import org.svgen.models.Pipelines;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/** Finds the folder that {@code --model} means, and has the hub fill it if need be. */
final class ModelFinder {
    private final Environment environment;
    private final boolean quiet;
    private final Set<String> elsewhere;

    ModelFinder(Environment environment, boolean quiet) {
        this(environment, quiet, Set.of());
    }

    /**
     * @param elsewhere components whose weights are here in files, so that nobody need fetch them
     */
    ModelFinder(Environment environment, boolean quiet, Set<String> elsewhere) {
        this.environment = environment;
        this.quiet = quiet;
        this.elsewhere = elsewhere;
    }

    /** The hub and the cache that the environment's variables name. */
    Hub hub() {
        return new Hub(settings(), Pipelines::components, elsewhere);
    }

    private HubSettings settings() {
        return HubSettings.of(environment.variables(), environment.home());
    }

    /**
     * A model that comes with svgen, else a folder, else a model on the hub as it is in the cache;
     * nothing if it would have to be downloaded.
     *
     * @param by the field that it was given by; none if it stands alone
     * @throws BadInputException if there is no such model, or none here while we are offline
     */
    Optional<Path> here(Optional<Field> by, String model) {
        ModelFolders folders = ModelFolders.of(environment.variables());
        Optional<Path> kept = ModelLocator.isHere(model) ? Optional.empty() : folders.model(model);
        if (kept.isPresent()) {
            return kept;
        }
        if (ModelLocator.isHere(model)
                || !ModelId.isMeantBy(model)
                || OtherLayout.isWeights(model)) {
            return Optional.of(ModelLocator.find(by, model, folders));
        }
        ModelId id = ModelId.parse(model);
        return settings().offline()
                ? Optional.of(hub().find(id).orElseGet(() -> download(model)))
                : hub().find(id);
    }

    /**
     * Has {@code look} look at a model on the hub that is not whole here, without its weights.
     *
     * @throws BadInputException if there is no such model, or one of no use
     */
    <T> T preview(String model, Function<ModelPreview, T> look) {
        ModelId id = ModelId.parse(model);
        PullProgress progress = progress();
        progress.note(
                "%s is neither a folder nor whole in the cache; asking %s for its configs and headers first"
                        .formatted(id, settings().endpoint()));
        try (ModelPreview preview = during(progress, () -> hub().preview(id, progress))) {
            return preview.named(() -> look.apply(preview));
        }
    }

    /** Downloads what is missing of a model, which may be nothing. */
    Path download(String model) {
        PullProgress progress = progress();
        return during(progress, () -> hub().pull(ModelId.parse(model), progress));
    }

    /**
     * A file of an adapter: one that is here or in a folder of the user's or comes with the model,
     * else one on the hub, which is downloaded if the cache lacks it.
     *
     * @param model that it is for, as somebody's words have it
     * @throws BadInputException if there is none, or several may be meant
     */
    Path adapter(String place, String model) {
        ModelFolders folders = ModelFolders.of(environment.variables());
        OwnAdapters own = OwnAdapters.of(model);
        Optional<Path> kept = folders.find(Role.ADAPTER, place).or(() -> own.find(place));
        if (kept.isPresent()) {
            Untrusted.requireFile(kept.get());
            return kept.get();
        }
        if (!HubFile.isMeantBy(place)) {
            throw new BadInputException(
                    "%s: there is no such file%s%s"
                            .formatted(place, folders.nearest(place), own.words()));
        }
        HubFile there = HubFile.parse(place);
        return hub().find(there).orElseGet(() -> downloaded(there));
    }

    private Path downloaded(HubFile file) {
        PullProgress progress = progress();
        progress.note(
                settings().offline()
                        ? "HF_HUB_OFFLINE is set: using what is here of " + file
                        : "%s is neither a file nor in the cache; asking %s"
                                .formatted(file, settings().endpoint()));
        return during(progress, () -> hub().pull(file, progress));
    }

    private PullProgress progress() {
        return new PullProgress(environment.console(), quiet);
    }

    private <T> T during(PullProgress progress, Supplier<T> work) {
        T result = environment.interrupts().during(progress::cancel, work);
        environment.interrupts().proceed();
        return result;
    }
}
