package org.svgen.cli.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.NearestName;
import org.svgen.models.RequestNames;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;

/**
 * The columns of batch files: every setting of a request by its key in files ({@code dense_steps}),
 * some of them by the name that the HTTP interface has for them too, and what is no setting.
 */
final class Columns {
    static final String IMAGE = "image";
    static final String LAST_IMAGE = "last_image";
    static final String OUTPUT = "output";
    static final String MODEL = "model";
    static final String PRIORITY = "priority";

    /** Which are no settings: files, the video's name, and what a server alone takes. */
    static final List<String> OTHERS = List.of(IMAGE, LAST_IMAGE, OUTPUT, MODEL, PRIORITY);

    private static final int MOST_TYPOS = 3;

    /** What no machine but a server has a use for. */
    private static final List<String> OF_SERVERS = List.of(MODEL, PRIORITY);

    private final Map<String, Rule<?>> rules = new LinkedHashMap<>();
    private final boolean served;

    /**
     * @param served whether a server makes the videos
     */
    Columns(boolean served) {
        this.served = served;
        RequestNames.rules()
                .forEach((name, rule) -> {
                    if (rule != Rules.DTYPE) { // one for all, by the command
                        rules.put(name, rule);
                    }
                });
    }

    Optional<Rule<?>> rule(String name) {
        return Optional.ofNullable(rules.get(name));
    }

    /** What is wrong with a column that is none. */
    Optional<String> wrong(String name) {
        if (!served && OF_SERVERS.contains(name)) {
            return Optional.of(
                    "%s: a row has one only where a server makes the videos".formatted(name));
        }
        if (rules.containsKey(name) || OTHERS.contains(name)) {
            return Optional.empty();
        }
        Collection<String> all = new ArrayList<>(rules.keySet());
        all.addAll(OTHERS);
        String near =
                NearestName.of(name, all, MOST_TYPOS)
                        .map("; did you mean %s?"::formatted)
                        .orElse("; there are " + String.join(", ", all));
        return Optional.of("unknown column '%s'%s".formatted(name, near));
    }
}
