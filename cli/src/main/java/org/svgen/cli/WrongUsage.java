package org.svgen.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.NearestName;
import org.svgen.pipeline.Rules;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in one line of our form. */
final class WrongUsage {
    private static final int MOST_TYPOS = 2;

    private WrongUsage() {}

    static String line(ParameterException e) {
        ArgSpec option = e.getArgSpec();
        String value = e.getValue();
        return switch (e) {
            case UnmatchedArgumentException u -> unmatched(u) + hint(e);
            case MissingParameterException m -> missing(m) + hint(e);
            case OverwrittenOptionException o ->
                    name(o.getOverwritten()) + ": expected once, found several times";
            default ->
                    option == null || value == null
                            ? String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                                    + hint(e)
                            : unreadable(option, value);
        };
    }

    private static String hint(ParameterException e) {
        return " (try '%s --help')"
                .formatted(e.getCommandLine().getCommandSpec().qualifiedName(" "));
    }

    private static String unreadable(ArgSpec option, String value) {
        Class<?> type = option.auxiliaryTypes()[0];
        if (type == Path.class) {
            return "%s: %s".formatted(name(option), noPath(value));
        }
        if (type.isEnum()) {
            return "%sexpected one of %s, found '%s'"
                    .formatted(
                            option.isOption() ? name(option) + ": " : "",
                            Stream.of(type.getEnumConstants())
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(", ")),
                            value);
        }
        boolean flag = type == boolean.class || type == Boolean.class;
        boolean tooLarge =
                (type == int.class || type == Integer.class) && value.matches("\\+?[0-9]{10,}");
        return "%s: expected %s%s, found '%s'"
                .formatted(
                        name(option),
                        flag ? "no value" : expected(option, type),
                        tooLarge ? " and at most " + Integer.MAX_VALUE : "",
                        value);
    }

    /** What {@code option} takes, as its type says where nothing more is known. */
    private static String expected(ArgSpec option, Class<?> type) {
        boolean random = Stream.of(option.converters()).anyMatch(SeedConverter.class::isInstance);
        boolean real = type == double.class || type == Double.class;
        return Rules.all().stream()
                .filter(rule -> OptionNames.of(rule.name()).equals(name(option)))
                .map(rule -> rule.expected() + (random ? ", or random" : ""))
                .findFirst()
                .orElse(real ? "a number" : "a whole number");
    }

    /** Why this system cannot give a file the name. */
    private static String noPath(String name) {
        try {
            return "'%s' cannot be the name of a file".formatted(Path.of(name));
        } catch (InvalidPathException e) {
            return Failure.noName(e);
        }
    }

    private static String missing(MissingParameterException e) {
        ArgSpec first = e.getMissing().getFirst();
        if (first instanceof OptionSpec
                && !String.valueOf(e.getMessage()).startsWith("Missing required option")) {
            return "%s: expected a value, found none".formatted(name(first));
        }
        if (e.getMissing().size() > 1) {
            return e.getMissing().stream()
                            .map(WrongUsage::name)
                            .collect(Collectors.joining(" and "))
                    + " are missing";
        }
        String[] description = first.description();
        return description.length == 0
                ? "%s is missing".formatted(name(first))
                : "%s is missing: %s".formatted(name(first), sentence(description[0]));
    }

    /** {@code the video to judge} of {@code The video to judge. It ...}. */
    private static String sentence(String text) {
        String first = text.replaceFirst("[.:] .*|\\.$", "");
        return Character.isUpperCase(first.charAt(0)) && !Character.isUpperCase(first.charAt(1))
                ? Character.toLowerCase(first.charAt(0)) + first.substring(1)
                : first;
    }

    private static String name(@Nullable ArgSpec arg) {
        return switch (arg) {
            case OptionSpec o -> o.longestName();
            case PositionalParamSpec p -> p.paramLabel();
            case null, default -> "an option";
        };
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String first = e.getUnmatched().getFirst();
        CommandLine command = e.getCommandLine();
        CommandSpec spec = command.getCommandSpec();
        if (e.isUnknownOption()) {
            List<String> near = e.getSuggestions();
            if (!near.isEmpty()) {
                return "unknown option %s; did you mean %s?"
                        .formatted(first, String.join(" or ", near));
            }
            return "unknown option " + first + (takesPrompt(spec) ? dashes(spec, first) : "");
        }
        Collection<String> below = command.getSubcommands().keySet();
        if (!below.isEmpty() && spec.positionalParameters().isEmpty()) {
            String what = spec.parent() == null ? "command" : spec.name();
            return "unknown %s '%s'; %s".formatted(what, first, known(first, below));
        }
        String takes =
                spec.positionalParameters().stream()
                        .map(PositionalParamSpec::paramLabel)
                        .collect(Collectors.joining(" and "));
        return "unexpected '%s': %s"
                .formatted(
                        first,
                        switch (takes) {
                            case "PROMPT" -> "text with spaces needs quotes";
                            case "" -> spec.name() + " takes options only";
                            default -> "%s takes %s".formatted(spec.name(), takes);
                        });
    }

    private static boolean takesPrompt(CommandSpec spec) {
        return spec.positionalParameters().stream().anyMatch(p -> p.paramLabel().equals("PROMPT"));
    }

    /** How to say that {@code word} is no option. */
    private static String dashes(CommandSpec spec, String word) {
        return "; a prompt that begins with a dash comes last, after --: %s [OPTIONS] -- \"%s\""
                .formatted(spec.qualifiedName(" "), word);
    }

    private static String known(String word, Collection<String> names) {
        return names.stream()
                .filter(name -> word.length() > 1 && name.startsWith(word))
                .findFirst()
                .or(() -> NearestName.of(word, names, MOST_TYPOS))
                .map("did you mean %s?"::formatted)
                .orElseGet(() -> "there are " + String.join(", ", names));
    }
}
