package org.svgen.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.ModelSummary;
import org.svgen.hub.CachedModel;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;

/**
 * A model in a list.
 *
 * @param name by which {@code --model} finds it
 * @param revision the commit, for a model in the cache
 * @param pipelineClass null where the folder cannot be read
 * @param problem why it cannot be run; null if it can
 * @param pictures that it takes
 * @param settings its defaults; null if it cannot be run
 */
record ModelEntry(
        String name,
        @Nullable String revision,
        String folder,
        @Nullable String pipelineClass,
        long parameters,
        long bytes,
        @Nullable String problem,
        Pictures pictures,
        @Nullable Settings settings) {

    private static final int SHORT_COMMIT = 7;

    /** Defaults as options name them. */
    record Settings(
            int width,
            int height,
            int frames,
            double fps,
            int steps,
            double guidance,
            String attention,
            double density,
            String denseSteps,
            String denseLayers,
            @Nullable Double headTolerance,
            int sampledRows,
            String cache,
            Object cacheThreshold,
            String cacheWarmUp,
            int cacheInARow,
            Map<String, Object> settings,
            List<String> prompts) {
        static Settings of(Defaults d) {
            AttentionSettings a = d.attention();
            return new Settings(
                    d.video().width(),
                    d.video().height(),
                    d.video().frames(),
                    d.video().fps(),
                    d.sampling().steps(),
                    d.sampling().guidance(),
                    a.mode().toString(),
                    a.density(),
                    a.denseSteps().toString(),
                    a.denseLayers().toString(),
                    Text.finite(a.headTolerance()),
                    a.sampledRows(),
                    d.cache().kind().toString(),
                    Rules.CACHE_THRESHOLD.values().plain(d.cache().threshold()),
                    d.cache().warmUp().toString(),
                    d.cache().inARow(),
                    d.settings().keyed(),
                    d.prompts());
        }
    }

    /** Reads configs and headers, and tries whether the model can be run. */
    static ModelEntry of(String name, Path folder, ModelOpener opener, Backend backend) {
        return of(name, null, folder, "", opener, backend);
    }

    /** The same for a model in the cache, which may be there in parts. */
    static ModelEntry of(CachedModel model, ModelOpener opener, Backend backend) {
        String advice = "; 'svgen pull %s' fetches the rest".formatted(model.id());
        return of(model.id().toString(), model.commit(), model.folder(), advice, opener, backend);
    }

    private static ModelEntry of(
            String name,
            @Nullable String revision,
            Path folder,
            String advice,
            ModelOpener opener,
            Backend backend) {
        String pipelineClass = null;
        long parameters = 0;
        long bytes = 0;
        String problem;
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            pipelineClass = checkpoint.pipelineClass();
            ModelFiles files = ModelFiles.of(folder, Pipelines::components);
            bytes = files.bytes(folder);
            if (files.missing().isEmpty()) {
                ModelSummary summary = ModelSummary.of(checkpoint);
                parameters = summary.parameters();
                bytes = summary.bytes();
                try (VideoPipeline pipeline =
                        opener.open(ModelSpec.of(folder), backend, backend.activation())) {
                    return new ModelEntry(
                            name,
                            revision,
                            folder.toString(),
                            pipelineClass,
                            parameters,
                            bytes,
                            null,
                            pipeline.pictures(),
                            Settings.of(pipeline.defaults()));
                }
            }
            problem = files.missingText() + advice;
        } catch (BadInputException e) {
            problem = OptionNames.message(e);
        }
        return new ModelEntry(
                name,
                revision,
                folder.toString(),
                pipelineClass,
                parameters,
                bytes,
                problem,
                Pictures.NONE,
                null);
    }

    String text() {
        StringBuilder text = new StringBuilder(name);
        if (pipelineClass != null) {
            text.append("  ").append(pipelineClass);
        }
        if (parameters > 0) {
            text.append(", %s parameters".formatted(Text.count(parameters)));
        }
        if (bytes > 0) {
            text.append(", ").append(Text.bytes(bytes));
        }
        if (revision != null) {
            text.append(", revision ").append(revision, 0, SHORT_COMMIT);
        }
        if (settings == null) {
            return text.append("\n    cannot be run: ").append(problem).toString();
        }
        text.append(
                "\n    %dx%d, %s at %s fps, %s, guidance %s, %s at density %s"
                        .formatted(
                                settings.width,
                                settings.height,
                                Text.some(settings.frames, "frame"),
                                Text.number(settings.fps),
                                Text.some(settings.steps, "step"),
                                Text.number(settings.guidance),
                                settings.attention,
                                Text.number(settings.density)));
        if (pictures.first() != Pictures.Use.REFUSED) {
            text.append("\n    ").append(Text.pictures(pictures));
        }
        settings.prompts.forEach(p -> text.append("\n    \"").append(p).append('"'));
        return text.toString();
    }
}
