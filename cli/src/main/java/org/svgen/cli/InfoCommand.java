package org.svgen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSummary;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.cli.disk.KeptFile;
import org.svgen.cli.disk.ModelFolders;
import org.svgen.hub.ModelPreview;
import org.svgen.media.VideoReader;
import org.svgen.models.FileInfo;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.PlainJson;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code svgen info}: what a model consists of, or how a video was made. */
@Command(
        name = "info",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        description =
                "Says what a model or a file of weights consists of, or the recipe by which a video was"
                        + " made.",
        footer = {
            "",
            "Examples:",
            "  svgen info demo",
            "  svgen info svgen-red-circle-moves-right-1.mp4",
            "  svgen info /models/CogVideoX-5b --json",
            "  svgen info wan2.1_t2v_14B_fp8_scaled.safetensors",
            "  svgen info THUDM/CogVideoX-2b"
        })
final class InfoCommand implements Callable<Integer> {
    private static final Pattern VIDEO = Pattern.compile("(?i)\\.(mp4|gif)$");

    private final Environment environment;

    @Parameters(
            paramLabel = "MODEL|FILE|VIDEO",
            description =
                    "A folder in diffusers' layout, a built-in model, ORG/NAME on the Hugging Face hub"
                            + " (nothing is downloaded for good), a safetensors or GGUF file (a"
                            + " transformer, an autoencoder, an encoder or an adapter; its path, or its"
                            + " name in a folder of SVGEN_MODELS), or an .mp4 that svgen wrote.")
    String subject = "";

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    InfoCommand(Environment environment) {
        this.environment = environment;
    }

    /**
     * @param modelHash SHA-256 that stands for the content of all files; null until they are here
     * @param problem why the model cannot be run; null if it can
     * @param pictures that it takes; null if it cannot be run
     * @param notes what is read otherwise than the files' names and contents suggest
     */
    private record Output(
            String folder,
            @Nullable String modelHash,
            @Nullable String problem,
            @Nullable Pictures pictures,
            List<String> notes,
            ModelSummary model) {}

    /** Whether a model can be run, and what pictures it takes then. */
    private record Tried(@Nullable String problem, @Nullable Pictures pictures) {}

    @Override
    public Integer call() {
        Path path = Path.of(subject);
        if (VIDEO.matcher(subject).find() && !Files.exists(path)) {
            throw new BadInputException("%s: there is no such file".formatted(subject));
        }
        Optional<Path> weights = weights(path);
        boolean video = Files.isRegularFile(path) && weights.isEmpty();
        environment
                .console()
                .out()
                .println(weights.map(this::file).orElseGet(() -> video ? recipe(path) : model()));
        return ExitCode.DONE;
    }

    /** The single file that is meant, if it is one. */
    private Optional<Path> weights(Path path) {
        if (Files.isRegularFile(path)) {
            return Optional.of(path).filter(file -> OtherLayout.isWeights(file.toString()));
        }
        return ModelLocator.isHere(subject)
                ? Optional.empty()
                : ModelFolders.of(environment.variables()).named(subject).map(KeptFile::file);
    }

    private String file(Path file) {
        FileInfo info = FileInfo.of(file);
        return json ? PlainJson.pretty(FileText.output(info)) : FileText.text(info);
    }

    private String recipe(Path video) {
        String recipe = VideoReader.metadata(video).get("comment");
        if (recipe == null || !recipe.startsWith("{")) {
            throw new BadInputException(
                    "%s: expected a video with svgen's recipe in it, found none".formatted(video));
        }
        try {
            JsonNode tree = new ObjectMapper().readTree(recipe);
            return json ? recipe : PlainJson.pretty(tree);
        } catch (JacksonException e) {
            throw new BadInputException(
                    "%s: expected svgen's recipe in it, found a comment that is no JSON"
                            .formatted(video),
                    e);
        }
    }

    private String model() {
        ModelFinder finder = new ModelFinder(environment, false);
        return finder.here(Optional.empty(), subject)
                .map(folder -> {
                    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                        ModelSummary summary = ModelSummary.ofReadable(checkpoint);
                        return told(
                                folder,
                                checkpoint.hash(),
                                tried(folder),
                                checkpoint.notes(),
                                summary);
                    }
                })
                .orElseGet(() -> finder.preview(subject, this::previewed));
    }

    private String previewed(ModelPreview preview) {
        try (Checkpoint checkpoint = preview.open()) {
            ModelSummary summary = ModelSummary.ofReadable(checkpoint);
            return told(preview.plan().folder(), null, tried(preview), checkpoint.notes(), summary);
        }
    }

    private static Tried tried(ModelPreview preview) {
        try (Backend backend = Backends.open("cpu", note -> {});
                VideoPipeline pipeline =
                        preview.named(() ->
                                Pipelines.open(preview.open(), backend, backend.activation()))) {
            return new Tried(null, pipeline.pictures());
        } catch (BadInputException e) {
            return new Tried(OptionNames.message(e), null);
        }
    }

    private String told(
            Path folder,
            @Nullable String hash,
            Tried tried,
            List<String> notes,
            ModelSummary summary) {
        return json
                ? PlainJson.pretty(
                        new Output(
                                folder.toString(),
                                hash,
                                tried.problem(),
                                tried.pictures(),
                                notes,
                                summary))
                : text(summary, hash, tried, notes);
    }

    /** As {@code svgen models} has it. */
    private Tried tried(Path folder) {
        try (Backend backend = Backends.open("cpu", note -> {})) {
            ModelEntry entry = ModelEntry.of(subject, folder, environment.opener(), backend);
            return new Tried(entry.problem(), entry.problem() == null ? entry.pictures() : null);
        }
    }

    private static String text(
            ModelSummary model, @Nullable String hash, Tried tried, List<String> notes) {
        StringBuilder text = new StringBuilder();
        text.append(
                "%s: %s, %s parameters, %s%nhash %s"
                        .formatted(
                                model.name(),
                                model.pipelineClass(),
                                Text.count(model.parameters()),
                                Text.bytes(model.bytes()),
                                hash == null ? "unknown until the files are here" : hash));
        if (tried.problem() != null) {
            text.append("%ncannot be run: %s".formatted(tried.problem()));
        }
        if (tried.pictures() != null) {
            text.append("%n%s".formatted(Text.pictures(tried.pictures())));
        }
        notes.forEach(note -> text.append("%nnote: %s".formatted(note)));
        for (ModelSummary.Part part : model.parts()) {
            text.append("%n%n%s: %s".formatted(part.name(), part.className()));
            if (part.parameters() > 0) {
                text.append(
                        ", %s parameters, %s, %s"
                                .formatted(
                                        Text.count(part.parameters()),
                                        Text.bytes(part.bytes()),
                                        types(part)));
            }
            part.config().forEach((k, v) -> text.append("%n    %s = %s".formatted(k, v)));
        }
        return text.toString();
    }

    /** {@code bf16}, or {@code 12 f32 and 300 bf16 tensors}. */
    private static String types(ModelSummary.Part part) {
        if (part.tensors().size() == 1) {
            return part.tensors().keySet().iterator().next().toString();
        }
        return part.tensors().entrySet().stream()
                .map((Map.Entry<?, ?> e) -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(" and ", "", " tensors"));
    }
}
