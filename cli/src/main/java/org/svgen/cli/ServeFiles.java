package org.svgen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.models.GivenModel;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Where the parts of served models are that are given as single files. */
final class ServeFiles {
    private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)");

    @Option(
            names = "--model-2",
            paramLabel = "[NAME=]FILE",
            description =
                    "As in generate. Of several models NAME says which it belongs to, here and below.")
    List<String> seconds = new ArrayList<>();

    @Option(names = "--vae", paramLabel = "[NAME=]FILE|DIR", description = "As in generate.")
    List<String> vaes = new ArrayList<>();

    @Option(
            names = "--text-encoder",
            paramLabel = "[NAME=]FILE|DIR",
            description = "As in generate.")
    List<String> textEncoders = new ArrayList<>();

    @Option(
            names = "--image-encoder",
            paramLabel = "[NAME=]FILE|DIR",
            description = "As in generate.")
    List<String> imageEncoders = new ArrayList<>();

    @Option(names = "--base", paramLabel = "[NAME=]DIR|ORG/NAME", description = "As in generate.")
    List<String> bases = new ArrayList<>();

    /**
     * Words that may have a name in front.
     *
     * @param name none if there is none
     */
    record Named(Optional<String> name, String words) {
        /** What is the path of something has no name in front. */
        static Named of(String text) {
            Matcher m = NAMED.matcher(text);
            return m.matches() && !Files.exists(Path.of(text))
                    ? new Named(Optional.of(m.group(1)), m.group(2))
                    : new Named(Optional.empty(), text);
        }
    }

    /**
     * The parts of one model.
     *
     * @param names of all models
     * @throws BadInputException if a part is given twice, or for no model
     */
    GivenModel.Parts parts(String model, List<String> names) {
        return new GivenModel.Parts(
                one("--model-2", seconds, model, names),
                one("--vae", vaes, model, names),
                all("--text-encoder", textEncoders, model, names),
                one("--image-encoder", imageEncoders, model, names),
                one("--base", bases, model, names));
    }

    private static Optional<String> one(
            String option, List<String> given, String model, List<String> names) {
        List<String> mine = all(option, given, model, names);
        if (mine.size() > 1) {
            throw new BadInputException(
                    "%s: expected it once for %s, found %s".formatted(option, model, mine));
        }
        return mine.stream().findFirst();
    }

    private static List<String> all(
            String option, List<String> given, String model, List<String> names) {
        List<String> mine = new ArrayList<>();
        for (String text : given) {
            Named named = Named.of(text);
            String name =
                    named.name()
                            .filter(names::contains)
                            .or(() -> names.size() == 1 ? Optional.of(model) : Optional.empty())
                            .orElseThrow(() ->
                                    new BadInputException(
                                            "%s %s: expected NAME=FILE, with a NAME of %s"
                                                    .formatted(option, text, names)));
            if (name.equals(model)) {
                mine.add(names.contains(named.name().orElse("")) ? named.words() : text);
            }
        }
        return mine;
    }
}
