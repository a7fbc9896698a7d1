package org.svgen.pipeline;

import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.random.Seeds;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * All it takes to make a video again, kept with it.
 *
 * @param svgen our version
 * @param model pipeline class and folder name
 * @param modelHash SHA-256 over the checkpoint's files; empty if they were removed or replaced
 *     during the run
 * @param prompt what the video shows
 * @param negativePrompt what guidance leads away from
 * @param image name of the file with the first frame
 * @param width in pixels
 * @param height in pixels
 * @param frames number of frames
 * @param fps frames per second
 * @param steps denoising steps
 * @param guidance how strongly the prompt steers
 * @param dynamicGuidance whether guidance rises by a cosine, as CogVideoX does
 * @param seed without a sign
 * @param latents name of the file with the initial noise
 * @param attention mode of attention
 * @param density fraction of query-key pairs to keep in sparse calls
 * @param denseSteps leading steps that attend densely
 * @param denseLayers leading layers that attend densely
 * @param headTolerance none where no head stays dense
 * @param sampledRows query rows by which heads are told apart
 * @param dtype of noise and latents
 * @param llamaRotary type that the rotary frequencies of a Llama text encoder are rounded to
 * @param device that it ran on
 * @param keptDensity fraction of query-key pairs that all attention calls kept, counted
 */
public record Recipe(
        String svgen,
        String model,
        String modelHash,
        String prompt,
        String negativePrompt,
        @Nullable String image,
        int width,
        int height,
        int frames,
        double fps,
        int steps,
        double guidance,
        boolean dynamicGuidance,
        BigInteger seed,
        @Nullable String latents,
        String attention,
        double density,
        String denseSteps,
        String denseLayers,
        @Nullable Double headTolerance,
        int sampledRows,
        String dtype,
        String llamaRotary,
        String device,
        double keptDensity) {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    /** Checks that nothing is null that must be there. */
    public Recipe {
        Objects.requireNonNull(svgen, "svgen");
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(modelHash, "modelHash");
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(negativePrompt, "negativePrompt");
        Objects.requireNonNull(seed, "seed");
        Objects.requireNonNull(attention, "attention");
        Objects.requireNonNull(denseSteps, "denseSteps");
        Objects.requireNonNull(denseLayers, "denseLayers");
        Objects.requireNonNull(dtype, "dtype");
        Objects.requireNonNull(llamaRotary, "llamaRotary");
        Objects.requireNonNull(device, "device");
    }

    /**
     * Of a run that is done.
     *
     * @param request the video to make
     * @param report of the run
     * @param device that it ran on, such as {@code cpu}
     * @return the recipe
     */
    public static Recipe of(Request request, Report report, String device) {
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(report, "report");
        Objects.requireNonNull(device, "device");
        AttentionSettings a = request.attention();
        String version = Recipe.class.getPackage().getImplementationVersion();
        return new Recipe(
                Objects.requireNonNullElse(version, "dev"),
                report.model(),
                report.modelHash(),
                request.prompt(),
                request.negativePrompt(),
                null,
                request.width(),
                request.height(),
                request.frames(),
                request.fps(),
                request.steps(),
                request.guidance(),
                request.dynamicGuidance(),
                Seeds.unsigned(request.seed()),
                null,
                a.mode().toString(),
                a.density(),
                a.denseSteps().toString(),
                a.denseLayers().toString(),
                Double.isFinite(a.headTolerance()) ? a.headTolerance() : null,
                a.sampledRows(),
                request.dtype().toString(),
                request.llamaRotary().toString(),
                device,
                report.density());
    }

    /**
     * {@return with the names of the files that the request's tensors came from; none if there were
     * none}
     *
     * @param newImage name of the file of the first frame; none if there is none
     * @param newLatents name of the file of the initial noise; none if it came from the seed
     */
    public Recipe withFiles(@Nullable String newImage, @Nullable String newLatents) {
        return new Recipe(
                svgen,
                model,
                modelHash,
                prompt,
                negativePrompt,
                newImage,
                width,
                height,
                frames,
                fps,
                steps,
                guidance,
                dynamicGuidance,
                seed,
                newLatents,
                attention,
                density,
                denseSteps,
                denseLayers,
                headTolerance,
                sampledRows,
                dtype,
                llamaRotary,
                device,
                keptDensity);
    }

    /** {@return a JSON object on one line, names_like_this} */
    public String json() {
        return MAPPER.writeValueAsString(this);
    }

    /**
     * {@return the recipe that {@link #json} wrote, or none if it is something else} Keys that this
     * version does not know are left out.
     *
     * @param json a JSON object
     */
    public static Optional<Recipe> parse(String json) {
        Objects.requireNonNull(json, "json");
        try {
            return Optional.ofNullable(MAPPER.readValue(json, Recipe.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * {@return the request, to make the video again; image and initial noise are to be added}
     *
     * @throws BadInputException if a setting is not one that this version knows
     */
    public Request request() {
        Defaults settings =
                new Defaults(
                        width,
                        height,
                        frames,
                        fps,
                        steps,
                        guidance,
                        dynamicGuidance,
                        AttentionSettings.builder()
                                .mode(Mode.of(attention))
                                .density(density)
                                .denseSteps(Amount.parse(Fields.DENSE_STEPS, denseSteps))
                                .denseLayers(Amount.parse(Fields.DENSE_LAYERS, denseLayers))
                                .headTolerance(
                                        headTolerance == null
                                                ? Double.POSITIVE_INFINITY
                                                : headTolerance)
                                .sampledRows(sampledRows)
                                .build(),
                        List.of());
        return Request.builder(settings)
                .prompt(prompt)
                .negativePrompt(negativePrompt)
                .seed(seed.longValue())
                .dtype(type(dtype))
                .llamaRotary(type(llamaRotary))
                .build();
    }

    private static DType type(String name) {
        try {
            return DType.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw BadInputException.of(Fields.DTYPE, "a type such as f32", name);
        }
    }
}
