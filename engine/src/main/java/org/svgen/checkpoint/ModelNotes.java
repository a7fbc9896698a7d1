package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What was read of a model otherwise than a user may think. Safe for use by many threads. */
final class ModelNotes {
    private final Set<String> classes = new LinkedHashSet<>();
    private final Map<String, Set<String>> componentsByVariant = new TreeMap<>();

    /** Notes a configuration of another class than the one that it is loaded as. */
    synchronized void compare(Config config, String listed) {
        String stated = config.statedClass().orElse(listed);
        if (!isSame(stated, listed)) {
            Path file = config.file();
            classes.add(
                    "%s says %s, %s says %s: the index is followed, as in diffusers"
                            .formatted(
                                    file.subpath(
                                            Math.max(0, file.getNameCount() - 2),
                                            file.getNameCount()),
                                    Untrusted.oneLine(stated),
                                    ModelFiles.INDEX,
                                    Untrusted.oneLine(listed)));
        }
    }

    /** A tokenizer's fast form does the same, and any of them may be called by its base class. */
    private static boolean isSame(String stated, String listed) {
        String slow = stated.replaceFirst("Fast$", "");
        return slow.equals(listed.replaceFirst("Fast$", "")) || slow.equals("PreTrainedTokenizer");
    }

    /** Notes that the weights of {@code component} are those of a variant, unless it is empty. */
    synchronized void variant(String component, String variant) {
        if (!variant.isEmpty()) {
            componentsByVariant.computeIfAbsent(variant, v -> new TreeSet<>()).add(component);
        }
    }

    /** A line each. */
    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>(classes);
        componentsByVariant.forEach((variant, components) ->
                lines.add(
                        "the %s variant of the weights is read, since no other is there: %s"
                                .formatted(variant, String.join(", ", components))));
        return lines;
    }
}
