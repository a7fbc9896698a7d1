package org.svgen.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
            paramLabel = "[high=|low=]FILE[:STRENGTH]",
            description =
                    "Merge an adapter (LoRA) into the transformer, by this strength (default: 1). May be"
                            + " given again for more. Of two transformers (Wan 2.2 A14B) both take it,"
                            + " or the one for much noise (high=) or for little (low=).")
    List<String> adapters = new ArrayList<>();

    @Option(
            names = "--lora-lenient",
            description =
                    "Leave out what of an adapter changes nothing of this model, in place of refusing"
                            + " it.")
    boolean lenient;

    /**
     * What was chosen.
     *
     * @throws BadInputException if a strength is no number that makes sense
     */
    List<Adapters.Choice> choices() {
        return adapters.stream().map(this::choice).toList();
    }

    private Adapters.Choice choice(String words) {
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
        return new Adapters.Choice(Path.of(m.group(2)), strength, expert, lenient);
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
