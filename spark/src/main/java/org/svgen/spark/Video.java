package org.svgen.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.tensor.Field;

/**
 * A video that rows of a table ask for.
 *
 * @param key names all that decides what comes of it, 64 letters
 * @param modelHash SHA-256 over the model's files
 * @param settings by the names of {@link RequestBuilder#set(String, Object)}
 * @param pictures addresses of first and last frame by the names of their fields
 * @param rows that ask for it; more than one where they are the same
 */
record Video(
        String key,
        String modelHash,
        Map<String, Object> settings,
        Map<String, String> pictures,
        List<Row> rows)
        implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Keeps copies that can be sent. */
    Video {
        settings = new LinkedHashMap<>(settings);
        pictures = new LinkedHashMap<>(pictures);
        rows = new ArrayList<>(rows);
    }

    /** The address of a picture. */
    Optional<String> picture(Field field) {
        return Optional.ofNullable(pictures.get(field.name()));
    }

    /** The file's name of a picture, for the recipe. */
    Optional<String> pictureName(Field field) {
        return picture(field).map(address -> address.replaceFirst(".*/", ""));
    }

    /** Whether there are pictures that must be read. */
    boolean hasPictures() {
        return !pictures.isEmpty();
    }

    /** The fields of pictures. */
    static List<Field> pictureFields() {
        return List.of(Fields.IMAGE, Fields.LAST_IMAGE);
    }
}
