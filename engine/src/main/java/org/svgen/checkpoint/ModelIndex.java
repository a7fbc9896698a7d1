package org.svgen.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Checkpoint.Component;

/** The components that a {@code model_index.json} lists as {@code name: [library, class]}. */
final class ModelIndex {
    private ModelIndex() {}

    static Map<String, Component> components(Config index) {
        Map<String, Component> components = new LinkedHashMap<>();
        for (String key : index.keys()) {
            // Options of the pipeline are no lists, or lists of numbers; a component whose library
            // is null is left out.
            if (key.startsWith("_") || !index.isListFromText(key)) {
                continue;
            }
            List<String> pair = index.texts(key);
            if (pair.size() != 2) {
                throw index.wrong(key, "[library, class]");
            }
            // The name becomes a folder's; it must not lead elsewhere.
            if (!key.matches("[A-Za-z0-9][A-Za-z0-9_-]*")) {
                throw index.wrong(key, "a component name of letters, digits and underscores");
            }
            components.put(key, new Component(pair.get(0), pair.get(1)));
        }
        return components;
    }
}
