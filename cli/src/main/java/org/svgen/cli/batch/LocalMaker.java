package org.svgen.cli.batch;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.media.Images;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Fingerprint;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/** Makes videos here, by one model whose weights stay between them. */
public final class LocalMaker implements VideoMaker {
    private final Model model;
    private final Map<BatchTask, String> keys = new HashMap<>();
    private final Set<Map<String, Object>> fitting = new HashSet<>();
    private final Set<String> told = new HashSet<>();

    /**
     * A model that was opened. Who opened it closes it.
     *
     * @param pipeline makes the videos
     * @param hash SHA-256 over the model's files
     * @param dtype of noise and latents; none leaves it to the model
     * @param memoryLimit bytes of the device's memory that may be used
     */
    public record Model(
            VideoPipeline pipeline, String hash, Optional<DType> dtype, long memoryLimit) {}

    /**
     * A maker of videos.
     *
     * @param model that makes them
     */
    public LocalMaker(Model model) {
        this.model = Objects.requireNonNull(model, "model");
    }

    private Request request(BatchTask task, Arena arena) {
        RequestBuilder request = Request.builder(model.pipeline.defaults());
        model.dtype.ifPresent(request::dtype);
        task.settings().forEach(request::set);
        request.image(picture(task.files().image(), arena));
        request.lastImage(picture(task.files().lastImage(), arena));
        return request.build();
    }

    private static @Nullable Tensor picture(Optional<Path> file, Arena arena) {
        return file.map(path -> Images.read(path, arena)).orElse(null);
    }

    @Override
    public void check(BatchTask task) {
        try (Arena arena = Arena.ofShared()) {
            Request request = request(task, arena);
            model.pipeline.check(request);
            Map<String, Object> size = new HashMap<>(Recipe.fieldsOf(request));
            size.remove(Rules.PROMPT.key());
            size.remove(Rules.SEED.key());
            if (fitting.add(size)) {
                model.pipeline.plan(request, model.memoryLimit);
            }
        }
    }

    @Override
    public String key(BatchTask task) {
        return keys.computeIfAbsent(
                task,
                _ -> {
                    try (Arena arena = Arena.ofShared()) {
                        String request = Fingerprint.of(request(task, arena)).hash();
                        return Hashes.of(Map.of("run", List.of(model.hash, request)));
                    }
                });
    }

    @Override
    public void make(List<PlannedVideo> videos, Watch watch) {
        for (PlannedVideo video : videos) {
            try {
                watch.made(video, make(video, watch));
            } catch (StoppedException e) {
                throw e;
            } catch (SvgenException e) {
                watch.failed(video, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Returns the seconds that it took. */
    private double make(PlannedVideo video, Watch watch) {
        try (Arena arena = Arena.ofShared()) {
            Request request = request(video.task(), arena);
            Plan plan = model.pipeline.plan(request, model.memoryLimit);
            StepListener listener = new Listener(video, watch);
            try (Result result = model.pipeline.generate(request, plan, listener)) {
                Recipe recipe =
                        result.recipe()
                                .withFiles(
                                        name(video.task().files().image()),
                                        name(video.task().files().lastImage()),
                                        null);
                VideoWriter.to(video.file().toString())
                        .write(
                                result.clip(),
                                Map.of("title", recipe.prompt(), "comment", recipe.json()),
                                listener);
                return result.report().seconds();
            }
        }
    }

    private static @Nullable String name(Optional<Path> file) {
        return file.map(path -> String.valueOf(path.getFileName())).orElse(null);
    }

    /** Hands on how far a video is, and each note once. */
    private final class Listener implements StepListener {
        private final PlannedVideo video;
        private final Watch watch;

        Listener(PlannedVideo video, Watch watch) {
            this.video = video;
            this.watch = watch;
        }

        @Override
        public boolean cancelled() {
            return watch.cancelled();
        }

        @Override
        public void note(String line) {
            if (told.add(line)) {
                watch.note(line);
            }
        }

        @Override
        public void progress(Stage stage, int done, int total) {
            watch.progressed(video, "%s %d/%d".formatted(stage.text(), done, total));
        }
    }
}
