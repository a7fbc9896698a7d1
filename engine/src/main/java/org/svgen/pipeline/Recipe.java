package org.svgen.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.setting.FamilySettings;
import org.svgen.tensor.BadInputException;

/**
 * All it takes to make a video again, kept with it.
 *
 * @param made what was known once it was made
 * @param fields of the request by their keys, as files hold them
 * @param settings of the request that only some models have
 * @param image name of the file with the first frame
 * @param lastImage name of the file with the last frame
 * @param latents name of the file with the initial noise
 */
public record Recipe(
        Made made,
        Map<String, Object> fields,
        FamilySettings settings,
        @Nullable String image,
        @Nullable String lastImage,
        @Nullable String latents) {
    /**
     * What was known once a video was made.
     *
     * @param svgen our version
     * @param model pipeline class and folder name
     * @param modelHash SHA-256 over the checkpoint's files; empty if they were removed or replaced
     *     during the run
     * @param device that it ran on
     * @param keptDensity fraction of query-key pairs that all attention calls kept, counted
     * @param attentionError how far sparse attention was from dense, as {@link
     *     Report.Receipt#error}; none if nothing was measured
     * @param adapters that were merged into the model, in their order
     */
    public record Made(
            String svgen,
            String model,
            String modelHash,
            String device,
            double keptDensity,
            OptionalDouble attentionError,
            List<Adapter> adapters) {
        /**
         * Without adapters.
         *
         * @param svgen our version
         * @param model pipeline class and folder name
         * @param modelHash SHA-256 over the checkpoint's files
         * @param device that it ran on
         * @param keptDensity fraction of query-key pairs that all attention calls kept
         * @param attentionError how far sparse attention was from dense
         */
        public Made(
                String svgen,
                String model,
                String modelHash,
                String device,
                double keptDensity,
                OptionalDouble attentionError) {
            this(svgen, model, modelHash, device, keptDensity, attentionError, List.of());
        }

        /** Checks that nothing is null that must be there, and keeps a copy. */
        public Made {
            Objects.requireNonNull(svgen, "svgen");
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(modelHash, "modelHash");
            Objects.requireNonNull(device, "device");
            Objects.requireNonNull(attentionError, "attentionError");
            Objects.requireNonNull(adapters, "adapters");
            adapters = List.copyOf(adapters);
        }
    }

    /**
     * An adapter (LoRA) that was merged into the model.
     *
     * @param file its name
     * @param hash SHA-256 of its bytes; empty if it was removed or replaced during the run
     * @param strength by which it counted
     * @param components of the model that it changed
     */
    public record Adapter(String file, String hash, double strength, List<String> components) {
        /** Checks that nothing is null, and keeps a copy. */
        public Adapter {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(hash, "hash");
            Objects.requireNonNull(components, "components");
            components = List.copyOf(components);
        }
    }

    /** Keeps a copy of the fields. */
    public Recipe {
        Objects.requireNonNull(made, "made");
        Objects.requireNonNull(fields, "fields");
        Objects.requireNonNull(settings, "settings");
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
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
        return new Recipe(
                new Made(
                        version(),
                        report.model(),
                        report.modelHash(),
                        device,
                        report.density(),
                        report.receipt().error()),
                fieldsOf(request),
                request.settings(),
                null,
                null,
                null);
    }

    /** {@return our version, as recipes have it: {@code dev} for classes that are in no jar} */
    public static String version() {
        return Objects.requireNonNullElse(
                Recipe.class.getPackage().getImplementationVersion(), "dev");
    }

    /**
     * {@return the fields of a request by their keys, as files hold them, in the order of recipes}
     *
     * @param request whose tensors and family's settings are not among them
     */
    public static Map<String, Object> fieldsOf(Request request) {
        Objects.requireNonNull(request, "request");
        Map<String, Object> fields = new LinkedHashMap<>();
        RequestPart.ALL.forEach(part -> fields.put(part.rule().key(), part.plain(request)));
        return fields;
    }

    /**
     * {@return with the names of the files that the request's tensors came from; none if there were
     * none}
     *
     * @param newImage name of the file of the first frame; none if there is none
     * @param newLastImage name of the file of the last frame; none if there is none
     * @param newLatents name of the file of the initial noise; none if it came from the seed
     */
    public Recipe withFiles(
            @Nullable String newImage, @Nullable String newLastImage, @Nullable String newLatents) {
        return new Recipe(made, fields, settings, newImage, newLastImage, newLatents);
    }

    /**
     * {@return with the adapters that were merged into the model}
     *
     * @param adapters in their order
     */
    public Recipe withAdapters(List<Adapter> adapters) {
        Made with =
                new Made(
                        made.svgen,
                        made.model,
                        made.modelHash,
                        made.device,
                        made.keptDensity,
                        made.attentionError,
                        adapters);
        return new Recipe(with, fields, settings, image, lastImage, latents);
    }

    /** {@return pipeline class and folder name} */
    public String model() {
        return made.model();
    }

    /** {@return what the video shows} */
    public String prompt() {
        return String.valueOf(fields.get(Rules.PROMPT.key()));
    }

    /** {@return the recipe as a JSON object's keys and values, names_like_this} */
    public Map<String, @Nullable Object> values() {
        return RecipeJson.values(this);
    }

    /** {@return a JSON object on one line, names_like_this} */
    public String json() {
        return RecipeJson.text(this);
    }

    /**
     * {@return the recipe that {@link #json} wrote, or none if it is something else} Keys that this
     * version does not know are left out.
     *
     * @param json a JSON object
     */
    public static Optional<Recipe> parse(String json) {
        Objects.requireNonNull(json, "json");
        return RecipeJson.parse(json);
    }

    /**
     * {@return the request, to make the video again; images and initial noise are to be added}
     *
     * @throws BadInputException if a setting is not one that this version knows
     */
    public Request request() {
        // Every field is there, so that nothing of the defaults is left.
        RequestBuilder builder =
                Request.builder(
                        new Defaults(
                                new VideoSize(1, 1, 1, 1),
                                Sampling.of(1, 1),
                                AttentionSettings.DEFAULT,
                                CacheSettings.NONE,
                                settings,
                                List.of()));
        RequestPart.ALL.forEach(
                part -> part.set(Objects.requireNonNull(fields.get(part.rule().key())), builder));
        return builder.build();
    }
}
