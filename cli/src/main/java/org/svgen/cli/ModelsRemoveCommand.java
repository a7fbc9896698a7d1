package org.svgen.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.cli.disk.KeptFile;
import org.svgen.cli.disk.ModelFolders;
import org.svgen.files.Reasons;
import org.svgen.hub.CachedModel;
import org.svgen.hub.Hub;
import org.svgen.hub.ModelId;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code svgen models rm}: takes a model out of the cache. */
@Command(
        name = "rm",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description = {
            "Removes a model from the Hugging Face cache, or a file from a folder of SVGEN_MODELS, and"
                    + " asks before it does.",
            "",
            "Files that another revision of the model needs stay. Other tools that use the cache or the"
                    + " folder lose the model, too. Models that come with svgen, folders, and files"
                    + " elsewhere are never removed."
        },
        footer = {
            "",
            "Examples:",
            "  svgen models rm THUDM/CogVideoX-2b",
            "  svgen models rm THUDM/CogVideoX-2b@main --yes",
            "  svgen models rm loras/style.safetensors"
        })
final class ModelsRemoveCommand implements Callable<Integer> {
    private final Environment environment;

    @Parameters(
            paramLabel = "ORG/NAME[@REVISION]|FILE",
            description =
                    "The model, all revisions of it if none is given; or a file as 'svgen models' names"
                            + " it.")
    String model = "";

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    ModelsRemoveCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        Optional<KeptFile> file = ModelFolders.of(environment.variables()).named(model);
        if (file.isPresent()) {
            return remove(file.get());
        }
        if (!ModelId.isMeantBy(model) || OtherLayout.isWeights(model)) {
            throw new BadInputException(
                    "%s: expected ORG/NAME, a model in the cache, or a file in a folder of %s; found %s"
                            .formatted(
                                    model.isEmpty() ? "''" : model,
                                    ModelFolders.VARIABLE,
                                    ModelLocator.isHere(model)
                                            ? "one that comes with svgen or lies elsewhere, which stays"
                                            : "no such name"));
        }
        Hub hub = new ModelFinder(environment, false).hub();
        List<CachedModel> found = found(hub);
        long free = bytes(hub, found);
        String all =
                "%s, %s, %s at least"
                        .formatted(model, Text.some(found.size(), "revision"), Text.bytes(free));
        if (!agreed(all)) {
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

    /** Of a link only the link goes. */
    private int remove(KeptFile kept) {
        Path file = kept.file();
        boolean link = Files.isSymbolicLink(file);
        FileEntry entry = FileEntry.of(kept.name(), file);
        String what =
                "%s (%s), %s, %s"
                        .formatted(
                                kept.name(),
                                link ? "a link to another file, which stays" : file,
                                entry.what(),
                                Text.bytes(entry.bytes()));
        if (!agreed(what)) {
            return ExitCode.FAILED;
        }
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new SvgenException("%s: cannot be removed: %s".formatted(file, Reasons.of(e)), e);
        }
        environment
                .console()
                .say(
                        "svgen: %s removed, %s freed"
                                .formatted(kept.name(), Text.bytes(link ? 0 : entry.bytes())));
        return ExitCode.DONE;
    }

    /** Asks, and says so if nothing is removed. */
    private boolean agreed(String what) {
        if (yes || answered(what)) {
            return true;
        }
        environment.console().say("svgen: nothing was removed");
        return false;
    }

    private boolean answered(String what) {
        environment.console().say("svgen: remove %s? [y/N]".formatted(what));
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
