package org.svgen.spark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.NearestName;
import org.svgen.pipeline.ByteCount;
import org.svgen.pipeline.Fields;
import org.svgen.tensor.BadInputException;

/** The arguments of {@link BatchJob}: names with two dashes, a value behind each. */
final class JobArguments {
    static final String INPUT = "--input";
    static final String INPUT_FORMAT = "--input-format";
    static final String INPUT_OPTION = "--input-option";
    static final String MODEL = "--model";
    static final String OUTPUT = "--output";
    static final String RESULTS = "--results";
    static final String RESULTS_FORMAT = "--results-format";
    static final String KEEP = "--keep";
    static final String DEVICE = "--device";
    static final String DTYPE = "--dtype";
    static final String MEMORY_LIMIT = "--memory-limit";
    static final String CHECKPOINT_SECONDS = "--checkpoint-seconds";

    private static final List<String> NAMES =
            List.of(
                    INPUT,
                    INPUT_FORMAT,
                    INPUT_OPTION,
                    MODEL,
                    OUTPUT,
                    RESULTS,
                    RESULTS_FORMAT,
                    KEEP,
                    DEVICE,
                    DTYPE,
                    MEMORY_LIMIT,
                    CHECKPOINT_SECONDS);
    private static final int MOST_TYPOS = 3;

    private final Map<String, List<String>> said = new LinkedHashMap<>();

    /**
     * Reads arguments.
     *
     * @throws BadInputException if one is unknown, has no value, or is there twice
     */
    JobArguments(List<String> arguments) {
        for (int i = 0; i < arguments.size(); i += 2) {
            String name = arguments.get(i);
            if (!NAMES.contains(name)) {
                throw new BadInputException(
                        "%s: there is no such argument%s"
                                .formatted(
                                        name,
                                        NearestName.of(name, NAMES, MOST_TYPOS)
                                                .map("; did you mean %s?"::formatted)
                                                .orElse(
                                                        "; there are "
                                                                + String.join(", ", NAMES))));
            }
            if (i + 1 == arguments.size()) {
                throw new BadInputException(name + ": expected a value behind it, found the end");
            }
            List<String> values = said.computeIfAbsent(name, _ -> new ArrayList<>());
            values.add(arguments.get(i + 1));
            if (values.size() > 1 && !name.equals(INPUT_OPTION) && !name.equals(KEEP)) {
                throw new BadInputException(name + ": expected once, found twice");
            }
        }
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(said.get(name)).map(List::getFirst);
    }

    /**
     * What must be there.
     *
     * @throws BadInputException if it is not
     */
    String required(String name) {
        return text(name)
                .orElseThrow(() -> new BadInputException(name + ": expected, but not there"));
    }

    /** Options of the format that is read: {@code NAME=VALUE}. */
    Map<String, String> inputOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : said.getOrDefault(INPUT_OPTION, List.of())) {
            int at = option.indexOf('=');
            if (at < 1) {
                throw new BadInputException(
                        "%s: expected NAME=VALUE, found '%s'".formatted(INPUT_OPTION, option));
            }
            options.put(option.substring(0, at), option.substring(at + 1));
        }
        return options;
    }

    /** The batch that is meant. */
    SvgenBatch batch() {
        BatchOptions options = BatchOptions.DEFAULT;
        options = text(DEVICE).map(options::device).orElse(options);
        options = text(DTYPE).map(options::dtype).orElse(options);
        if (text(MEMORY_LIMIT).isPresent()) {
            options =
                    options.memoryLimit(
                            ByteCount.parse(Fields.MEMORY_LIMIT, required(MEMORY_LIMIT)));
        }
        if (text(CHECKPOINT_SECONDS).isPresent()) {
            options = options.checkpointEvery(seconds(required(CHECKPOINT_SECONDS)));
        }
        List<String> kept =
                said.getOrDefault(KEEP, List.of()).stream()
                        .flatMap(names -> List.of(names.split(",")).stream())
                        .toList();
        return new SvgenBatch(required(MODEL), required(OUTPUT), options.keeping(kept));
    }

    private static Duration seconds(String text) {
        if (!text.matches("\\d{1,6}")) {
            throw new BadInputException(
                    "%s: expected whole seconds, found '%s'".formatted(CHECKPOINT_SECONDS, text));
        }
        return Duration.ofSeconds(Long.parseLong(text));
    }
}
