package org.svgen.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.svgen.hub.CachedModel;
import org.svgen.hub.Hub;
import org.svgen.hub.ModelId;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen models rm}: takes a model out of the cache. */
@Command(
        name = "rm",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Removes a model from the Hugging Face cache, and asks before it does.",
            "",
            "Files that another revision of the model needs stay. Other tools that use the cache lose"
                    + " the model, too. Models that come with svgen, and folders, are never removed."
        },
        footer = {
            "",
            "Examples:",
            "  svgen models rm THUDM/CogVideoX-2b",
            "  svgen models rm THUDM/CogVideoX-2b@main --yes"
        })
final class ModelsRemoveCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            paramLabel = "ORG/NAME[@REVISION]",
            description = "The model; all revisions of it if none is given.")
    String model = "";

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    ModelsRemoveCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        if (!ModelId.isMeantBy(model)) {
            throw new BadInputException(
                    "%s: expected ORG/NAME, a model in the cache; found %s"
                            .formatted(
                                    model.isEmpty() ? "''" : model,
                                    ModelLocator.isHere(model)
                                            ? "one that comes with svgen or is a folder, which stays"
                                            : "no such name"));
        }
        Hub hub = new ModelFinder(environment, false).hub();
        List<CachedModel> found = found(hub);
        long free = bytes(hub, found);
        if (!yes && !agreed(found, free)) {
            environment.console().say("svgen: nothing was removed");
            return ExitCode.FAILED;
        }
        PullProgress progress = new PullProgress(environment.console(), false);
        long freed = 0;
        for (CachedModel one : found) {
            freed += hub.bytes(one);
            environment
                    .interrupts()
                    .during(
                            progress::cancel,
                            () -> {
                                hub.remove(one, progress);
                                return one;
                            });
        }
        environment
                .console()
                .say("svgen: %s removed, %s freed".formatted(model, Text.bytes(freed)));
        return ExitCode.DONE;
    }

    /** Each snapshot once, under whatever name. */
    private List<CachedModel> found(Hub hub) {
        ModelId id = ModelId.parse(model);
        boolean all = !model.contains("@");
        List<CachedModel> found =
                hub.cached().stream()
                        .filter(m -> m.id().repo().equals(id.repo()))
                        .filter(m -> all || m.id().equals(id) || m.commit().equals(id.revision()))
                        .collect(Collectors.toMap(CachedModel::commit, m -> m, (a, b) -> a))
                        .values()
                        .stream()
                        .sorted(Comparator.comparing(CachedModel::commit))
                        .toList();
        if (found.isEmpty()) {
            throw new BadInputException(
                    "%s is not in the cache; 'svgen models' lists what is".formatted(model));
        }
        return found;
    }

    private static long bytes(Hub hub, List<CachedModel> models) {
        return models.stream().mapToLong(hub::bytes).sum();
    }

    private boolean agreed(List<CachedModel> found, long bytes) {
        environment
                .console()
                .say(
                        "svgen: remove %s, %s, %s at least? [y/N]"
                                .formatted(
                                        model,
                                        Text.some(found.size(), "revision"),
                                        Text.bytes(bytes)));
        try {
            String answer =
                    new BufferedReader(
                                    new InputStreamReader(environment.in(), StandardCharsets.UTF_8))
                            .readLine();
            return answer != null
                    && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
        } catch (IOException e) {
            return false;
        }
    }
}
