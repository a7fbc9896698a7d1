package org.svgen.models;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.adapter.Adapter;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;
import org.svgen.run.ModelFamily;
import org.svgen.tensor.BadInputException;

/** Adapters (LoRA) for a model. */
public final class Adapters {
    private static final String FIRST = "transformer";
    private static final String SECOND = "transformer_2";

    private Adapters() {}

    /** Which transformers an adapter is for, where there are two. */
    public enum Expert {
        /** All. */
        ALL,
        /** The one for much noise. */
        HIGH,
        /** The one for little noise. */
        LOW
    }

    /**
     * An adapter that somebody chose.
     *
     * @param file that holds it
     * @param strength by which it counts: 1 as it was trained
     * @param expert that it is for
     * @param lenient leaves out what is about nothing that the model has
     */
    public record Choice(Path file, double strength, Expert expert, boolean lenient) {
        /** Checks that nothing is null. */
        public Choice {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(expert, "expert");
        }
    }

    /**
     * {@return a model with adapters, which are merged when weights are loaded}
     *
     * @param spec the model
     * @param choices the adapters, in the order in which they are added
     * @throws BadInputException if the model takes none, or has no such expert
     */
    public static ModelSpec with(ModelSpec spec, List<Choice> choices) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(choices, "choices");
        if (choices.isEmpty()) {
            return spec;
        }
        return spec.with(of(spec, choices));
    }

    /**
     * {@return adapters for a model, as {@code VideoPipeline.adapt} takes them}
     *
     * @param spec the model
     * @param choices the adapters, in the order in which they are added
     * @throws BadInputException if the model takes none, or has no such expert
     */
    public static List<AdapterFile> of(ModelSpec spec, List<Choice> choices) {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(choices, "choices");
        try (Checkpoint model = Checkpoint.open(spec)) {
            return of(spec, choices, model);
        }
    }

    private static List<AdapterFile> of(ModelSpec spec, List<Choice> choices, Checkpoint model) {
        ModelFamily family = Families.ofPipeline(model.pipelineClass());
        PartNames names =
                family.files().map(FamilyFiles::parts).orElse(List.of()).stream()
                        .filter(part -> part.component().equals(FIRST))
                        .findFirst()
                        .orElseThrow(() ->
                                new BadInputException(
                                        "%s: expected a model that takes adapters, found a %s"
                                                .formatted(spec.name(), model.pipelineClass())));
        boolean two = model.components().containsKey(SECOND);
        List<AdapterFile> adapters = new ArrayList<>();
        for (Choice choice : choices) {
            adapters.add(
                    new Adapter(
                            choice.file,
                            choice.strength,
                            components(spec, choice, two),
                            names,
                            choice.lenient));
        }
        return List.copyOf(adapters);
    }

    private static List<String> components(ModelSpec spec, Choice choice, boolean two) {
        if (choice.expert != Expert.ALL && !two) {
            throw new BadInputException(
                    "%s: expected an adapter for all noise, since %s has one transformer"
                            .formatted(choice.file, spec.name()));
        }
        return switch (choice.expert) {
            case ALL -> two ? List.of(FIRST, SECOND) : List.of(FIRST);
            case HIGH -> List.of(FIRST);
            case LOW -> List.of(SECOND);
        };
    }
}
