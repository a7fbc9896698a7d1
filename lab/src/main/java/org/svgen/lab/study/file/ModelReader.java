package org.svgen.lab.study.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.lab.study.ModelChoice;
import org.svgen.models.GivenModel;
import org.svgen.pipeline.ByteCount;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Field;

/** Reads what a study says of its model. */
final class ModelReader {
    /** The keys that it knows. */
    static final List<String> KEYS =
            List.of(
                    "model",
                    "model_2",
                    "vae",
                    "text_encoder",
                    "image_encoder",
                    "base",
                    "device",
                    "dtype",
                    "memory_limit");

    private final Section study;
    private final Map<String, String> places = new HashMap<>();

    ModelReader(Section study) {
        this.study = study;
    }

    ModelChoice read() {
        GivenModel model =
                new GivenModel(
                        text(Fields.MODEL).orElse("demo"),
                        new GivenModel.Parts(
                                text(Fields.MODEL_2),
                                text(Fields.VAE),
                                texts(Fields.TEXT_ENCODER),
                                text(Fields.IMAGE_ENCODER),
                                text(Fields.BASE)));
        return new ModelChoice(
                model,
                study.text("device").orElse("auto"),
                study.find("dtype").flatMap(ModelReader::dtype),
                study.find("memory_limit").map(ModelReader::bytes).orElse(Long.MAX_VALUE),
                places);
    }

    private Optional<String> text(Field field) {
        String key = Field.words(field.name(), "_");
        return find(field).map(yaml -> Section.text(key, yaml));
    }

    /** One, or a list. */
    private List<String> texts(Field field) {
        String key = Field.words(field.name(), "_");
        List<String> texts = new ArrayList<>();
        find(field)
                .ifPresent(yaml -> {
                    if (yaml instanceof Yaml.Items list) {
                        list.items().forEach(item -> texts.add(Section.text(key, item)));
                    } else {
                        texts.add(Section.text(key, yaml));
                    }
                });
        return texts;
    }

    private Optional<Yaml> find(Field field) {
        Optional<Yaml> found = study.find(Field.words(field.name(), "_"));
        found.ifPresent(yaml -> places.put(field.name(), yaml.place().toString()));
        return found;
    }

    private static Optional<DType> dtype(Yaml yaml) {
        if (Section.text("dtype", yaml).equals("auto")) {
            return Optional.empty();
        }
        return Optional.of(
                Rules.DTYPE
                        .values()
                        .parse(Section.text("dtype", yaml))
                        .orElseThrow(() ->
                                yaml.place()
                                        .wrong("dtype", "auto, " + Rules.DTYPE.expected(), yaml)));
    }

    private static long bytes(Yaml yaml) {
        try {
            return ByteCount.parse(Fields.MEMORY_LIMIT, Section.text("memory_limit", yaml));
        } catch (BadInputException e) {
            throw yaml.place().wrong(e.text(field -> "memory_limit"));
        }
    }
}
