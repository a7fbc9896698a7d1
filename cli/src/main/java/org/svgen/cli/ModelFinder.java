package org.svgen.cli;

import java.nio.file.Path;
import org.svgen.hub.Hub;
import org.svgen.hub.HubSettings;
import org.svgen.hub.ModelId;
import org.svgen.pipeline.Pipelines;
import org.svgen.tensor.BadInputException;

/** Finds the folder that {@code --model} means, and has the hub fill it if need be. */
final class ModelFinder {
    private final Environment environment;
    private final boolean quiet;

    ModelFinder(Environment environment, boolean quiet) {
        this.environment = environment;
        this.quiet = quiet;
    }

    /** The hub and the cache that the environment's variables name. */
    Hub hub() {
        return new Hub(settings(), Pipelines::components);
    }

    private HubSettings settings() {
        return HubSettings.of(environment.variables(), environment.home());
    }

    /**
     * A model that comes with svgen, else a folder, else a model on the hub: as it is in the cache,
     * or downloaded first.
     *
     * @param option that it was given by, with a space behind it, or nothing
     * @throws BadInputException if there is no such model
     */
    Path find(String option, String model) {
        if (ModelLocator.isHere(model) || !ModelId.isMeantBy(model)) {
            return ModelLocator.find(option, model);
        }
        ModelId id = ModelId.parse(model);
        Hub hub = hub();
        return hub.find(id).orElseGet(() -> download(hub, id));
    }

    private Path download(Hub hub, ModelId id) {
        PullProgress progress = new PullProgress(environment.console(), quiet);
        if (!settings().offline()) {
            progress.note(
                    "%s is neither a folder nor whole in the cache; asking %s"
                            .formatted(id, settings().endpoint()));
        }
        Path folder =
                environment.interrupts().during(progress::cancel, () -> hub.pull(id, progress));
        environment.interrupts().proceed();
        return folder;
    }
}
