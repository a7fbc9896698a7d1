package org.svgen.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.hub.HubFile;
import org.svgen.models.Adapters;
import org.svgen.models.Adapters.Expert;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Option;

/** Adapters that are merged into the model. */
final class AdapterOptions {
    private static final Pattern WORDS =
            Pattern.compile("(?:(high|low)=)?(.+?)(?::(-?[0-9.]+(?:[eE]-?[0-9]+)?))?");
    private static final double MOST = 100;

    @Option(
            names = "--lora",
            paramLabel = "[high=|low=]FILE|ORG/NAME[/FILE][:STRENGTH]",
            description =
                    "Merge an adapter (LoRA) into the transformer, by this strength (default: 1): a"
                            + " file, or one on the Hugging Face hub, downloaded if it is not here yet."
                            + " May be given again for more. Of two transformers (Wan 2.2 A14B) both"
                            + " take it, or the one for much noise (high=) or for little (low=).")
    List<String> adapters = new ArrayList<>();

    @Option(
            names = "--lora-lenient",
            description =
                    "Leave out what of an adapter changes nothing of this model, in place of refusing"
                            + " it.")
    boolean lenient;

    /** One option's words. */
    private record Given(String place, double strength, Expert expert) {}

    /**
     * What tells an adapter's kind: its file's name without the folder; on the hub the names of
     * repository and file without the owner.
     *
     * @throws BadInputException if a strength is no number that makes sense
     */
    List<String> names() {
        return adapters.stream().map(words -> name(given(words).place)).toList();
    }

    private static String name(String place) {
        Path file = Path.of(place);
        return Files.exists(file) || !HubFile.isMeantBy(place)
                ? String.valueOf(file.getFileName())
                : place.substring(place.indexOf('/') + 1);
    }

    /**
     * What was chosen.
     *
     * @param locate finds the file that a place means
     * @throws BadInputException if a strength is no number that makes sense, or a file is missing
     */
    List<Adapters.Choice> choices(Function<String, Path> locate) {
        return adapters.stream()
                .map(AdapterOptions::given)
                .map(g -> new Adapters.Choice(locate.apply(g.place), g.strength, g.expert, lenient))
                .toList();
    }

    private static Given given(String words) {
        Matcher m = WORDS.matcher(words);
        if (!m.matches()) {
            throw new BadInputException(
                    "--lora '%s': expected FILE or FILE:STRENGTH".formatted(words));
        }
        double strength = m.group(3) == null ? 1 : strength(words, m.group(3));
        Expert expert =
                m.group(1) == null
                        ? Expert.ALL
                        : m.group(1).equals("high") ? Expert.HIGH : Expert.LOW;
        return new Given(m.group(2), strength, expert);
    }

    private static double strength(String words, String number) {
        try {
            double strength = Double.parseDouble(number);
            if (Math.abs(strength) <= MOST) {
                return strength;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new BadInputException(
                "--lora %s: expected a strength from -%.0f to %2$.0f, found %s"
                        .formatted(words, MOST, number));
    }
}
