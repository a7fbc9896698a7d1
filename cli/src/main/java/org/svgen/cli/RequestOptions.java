package org.svgen.cli;

import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.hub.ModelId;
import org.svgen.media.Images;
import org.svgen.models.Families;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.CalibrationFile;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.ranks.Devices;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** What video to make of what by which model: all of {@code generate} but where it goes. */
final class RequestOptions {
    @Parameters(
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "What the video shows, in quotes.")
    @Nullable String prompt;

    @ArgGroup(exclusive = false, validate = false, heading = "%nWhat to show:%n")
    PromptOptions content = new PromptOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nSize:%n")
    VideoOptions video = new VideoOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nModel:%n")
    ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nDenoising:%n")
    SamplingOptions sampling = new SamplingOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nAttention:%n")
    AttentionOptions attention = new AttentionOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nAttention by clusters:%n")
    ClusterOptions clusters = new ClusterOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nSkipped steps:%n")
    CacheOptions cache = new CacheOptions();

    private final FamilyOptions family = new FamilyOptions(Families.settings());
    private final Given given = new Given();
    private @Nullable String text;

    /** Adds the options that depend on which families of models there are. */
    void addTo(CommandSpec command) {
        family.addTo(command);
    }

    /**
     * Checks all that can be known without the model.
     *
     * @throws BadInputException naming the option that is wrong
     */
    void check(InputStream stdin) {
        text = content.prompt(prompt, stdin);
        video.addTo(given);
        sampling.addTo(given);
        attention.addTo(given);
        clusters.addTo(given);
        cache.addTo(given);
        model.addTo(given);
        family.addTo(given);
    }

    /** The prompt, after {@link #check}. */
    String text() {
        return text == null ? "" : text;
    }

    /** True if the prompt comes from standard input, which nobody can read again. */
    boolean readsText() {
        return "-".equals(content.promptFile);
    }

    /** The request of a model that was opened; nothing is loaded yet. */
    record Opened(Backend backend, VideoPipeline pipeline, Request request, long limit)
            implements AutoCloseable {
        /**
         * @throws BadInputException if the run cannot fit, naming what would
         */
        Plan plan() {
            return pipeline.plan(request, limit);
        }

        @Override
        public void close() {
            pipeline.close();
            backend.close();
        }
    }

    /**
     * Opens device and model.
     *
     * @param opener opens the model on a device, with the type that its large layers compute in
     * @param arena owns the images and the initial noise, if any
     * @param notes gets the reason why a device was passed over, and the note on an empty prompt
     * @throws BadInputException if the model cannot make such a video
     */
    Opened open(
            BiFunction<Backend, DType, VideoPipeline> opener, Arena arena, Consumer<String> notes) {
        Tensor image = picture(content.image, arena);
        Tensor last = picture(content.lastImage, arena);
        Tensor latents = sampling.latents == null ? null : latents(sampling.latents, arena);
        Backend backend = Devices.open(model.device, notes);
        try {
            VideoPipeline pipeline = opener.apply(backend, model.activation(backend));
            try {
                Request request = request(image, last, latents, pipeline.defaults(), notes);
                pipeline.check(request);
                if (text().isBlank() && request.image() == null) {
                    notes.accept("the prompt is empty: nothing says what the video shows");
                }
                if (model.isDefault() && ModelId.isMeantBy(text())) {
                    notes.accept(
                            "'%s' is the prompt here; --model %1$s would name the model"
                                    .formatted(text()));
                }
                return new Opened(backend, pipeline, request, model.memoryLimit());
            } catch (RuntimeException e) {
                pipeline.close();
                throw e;
            }
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
    }

    /** Files that the user brought, to be read. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        Stream.of(content.image, content.lastImage, sampling.latents, attention.calibration)
                .filter(Objects::nonNull)
                .forEach(files::add);
        if (content.promptFile != null && !content.promptFile.equals("-")) {
            files.add(Path.of(content.promptFile));
        }
        return files;
    }

    private static @Nullable Tensor picture(@Nullable Path file, Arena arena) {
        return file == null ? null : Images.read(file, arena);
    }

    private Request request(
            @Nullable Tensor image,
            @Nullable Tensor lastImage,
            @Nullable Tensor latents,
            Defaults absent,
            Consumer<String> notes) {
        Defaults defaults =
                sampling.preset(model.names(), absent, notes)
                        .map(preset -> preset.over(absent))
                        .orElse(absent);
        RequestBuilder request =
                Request.builder(defaults)
                        .prompt(text())
                        .negativePrompt(content.negativePrompt())
                        .image(image)
                        .lastImage(lastImage)
                        .latents(latents);
        if (attention.calibration != null) {
            request.calibration(CalibrationFile.read(attention.calibration));
        }
        given.into(request);
        return request.build();
    }

    /** Initial noise as F32, whatever float type the file has. */
    private static Tensor latents(Path file, Arena arena) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            Tensor found =
                    tensors.find("latents")
                            .orElseThrow(() ->
                                    new BadInputException(
                                            "--latents %s: expected a tensor \"latents\", found %s"
                                                    .formatted(file, tensors.names())));
            return switch (found.dtype()) {
                case F32, F16, BF16 -> Tensor.of(arena, finite(file, found), found.shape().dims());
                default ->
                        throw new BadInputException(
                                "--latents %s: expected f32, f16 or bf16, found %s"
                                        .formatted(file, found));
            };
        }
    }

    /** The values of {@code latents}; one that is NaN or infinite would spoil the whole video. */
    private static float[] finite(Path file, Tensor latents) {
        float[] values = latents.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new BadInputException(
                        "--latents %s: expected finite numbers, found %s at %s of %s"
                                .formatted(
                                        file,
                                        values[i],
                                        Arrays.toString(place(i, latents.shape().dims())),
                                        latents.shape()));
            }
        }
        return values;
    }

    /** The indices of element {@code index}. */
    private static long[] place(long index, long[] dims) {
        long[] place = new long[dims.length];
        long rest = index;
        for (int i = dims.length - 1; i >= 0; i--) {
            place[i] = rest % dims[i];
            rest /= dims[i];
        }
        return place;
    }
}
