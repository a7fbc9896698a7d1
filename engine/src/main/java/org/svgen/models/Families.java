package org.svgen.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.run.MeasuredFamily;
import org.svgen.run.ModelFamily;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;

/**
 * All families of models: the lines of {@code META-INF/services/org.svgen.run.ModelFamily} on the
 * class path.
 */
public final class Families {
    private static final List<ModelFamily> ALL =
            ServiceLoader.load(ModelFamily.class, ModelFamily.class.getClassLoader()).stream()
                    .map(ServiceLoader.Provider::get)
                    .toList();

    private Families() {}

    /**
     * {@return the family that runs a pipeline}
     *
     * @param pipelineClass a class name of diffusers
     * @throws BadInputException if there is none
     */
    public static ModelFamily ofPipeline(String pipelineClass) {
        Objects.requireNonNull(pipelineClass, "pipelineClass");
        return ALL.stream()
                .filter(family -> family.pipelineClasses().contains(pipelineClass))
                .findFirst()
                .orElseThrow(() -> unknown(pipelineClass));
    }

    /** {@return the families whose models are told in single files} */
    static List<ModelFamily> inFiles() {
        return ALL.stream().filter(family -> family.files().isPresent()).toList();
    }

    /**
     * {@return the settings of all families, each once}
     *
     * @throws IllegalStateException if two families mean different things by one name
     */
    public static List<Setting<?>> settings() {
        Map<String, Setting<?>> all = new LinkedHashMap<>();
        for (ModelFamily family : ALL) {
            for (Setting<?> setting : family.settings()) {
                Setting<?> other = all.putIfAbsent(setting.name(), setting);
                if (other != null && !other.equals(setting)) {
                    throw new IllegalStateException("two settings are called " + setting.name());
                }
            }
        }
        return List.copyOf(all.values());
    }

    private static BadInputException unknown(String pipelineClass) {
        String known =
                ALL.stream()
                        .flatMap(family -> family.pipelineClasses().stream())
                        .collect(Collectors.joining(", "));
        return new BadInputException(
                "cannot run a %s; this version runs %s"
                        .formatted(Untrusted.oneLine(pipelineClass), known));
    }

    /**
     * {@return the family of a transformer}
     *
     * @param config a transformer's {@code config.json}
     * @throws BadInputException if there is none
     */
    public static MeasuredFamily ofTransformer(Config config) {
        return of(config, MeasuredFamily::transformerClass);
    }

    /**
     * {@return the family of an autoencoder}
     *
     * @param config an autoencoder's {@code config.json}
     * @throws BadInputException if there is none
     */
    public static MeasuredFamily ofAutoencoder(Config config) {
        return of(config, MeasuredFamily::autoencoderClass);
    }

    private static MeasuredFamily of(Config config, Function<MeasuredFamily, String> part) {
        Objects.requireNonNull(config, "config");
        String found = config.className();
        return measured()
                .filter(family -> part.apply(family).equals(found))
                .findFirst()
                .orElseThrow(() -> unknown(config, measured().map(part)));
    }

    private static Stream<MeasuredFamily> measured() {
        return ALL.stream()
                .filter(MeasuredFamily.class::isInstance)
                .map(MeasuredFamily.class::cast);
    }

    private static BadInputException unknown(Config config, Stream<String> known) {
        return new BadInputException(
                "%s: expected a class of %s, found %s"
                        .formatted(
                                config.file(),
                                known.collect(Collectors.joining(", ")),
                                Untrusted.oneLine(config.className())));
    }
}
