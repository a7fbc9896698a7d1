package org.svgen.cli.shell;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command's manual page, written from the same words as its help, in the macros of {@code man}.
 *
 * @param version of svgen
 * @see <a href="https://man7.org/linux/man-pages/man7/groff_man.7.html">groff_man(7)</a>
 */
record ManPage(CommandSpec command, String version) {
    private static final int UNWRAPPED = 10_000;
    private static final String EXIT_STATUS =
            """
            .SH "EXIT STATUS"
            .TP
            0
            done
            .TP
            2
            wrong usage, or something that you can mend
            .TP
            130
            stopped by Ctrl\\-C
            .TP
            1
            anything else
            """;

    String text() {
        String name = command.qualifiedName("-");
        List<String> description = lines(command.usageMessage().description());
        StringBuilder page = new StringBuilder();
        page.append(".TH \"%s\" 1 \"\" \"svgen %s\" \"svgen\"\n".formatted(upper(name), version));
        page.append(".SH NAME\n%s \\- %s\n".formatted(escaped(name), line(firstOf(description))));
        page.append(".SH SYNOPSIS\n%s\n".formatted(line(synopsis())));
        page.append(".SH DESCRIPTION\n");
        description.forEach(text -> page.append(text.isEmpty() ? ".PP\n" : line(text) + "\n"));
        arguments(page);
        commands(page);
        footer(page);
        page.append(EXIT_STATUS);
        page.append(".SH \"SEE ALSO\"\n%s\n".formatted(line(seeAlso())));
        return page.toString();
    }

    private String synopsis() {
        Help help = new Help(command, Help.defaultColorScheme(Ansi.OFF));
        return help.synopsis(0).strip().replaceAll("\\s+", " ");
    }

    /** Parameters and options, first those of no group and then group by group. */
    private void arguments(StringBuilder page) {
        List<ArgSpec> grouped = new ArrayList<>();
        command.argGroups().forEach(group -> collect(group, grouped));
        List<ArgSpec> loose =
                command.args().stream().filter(argument -> !grouped.contains(argument)).toList();
        section(page, "OPTIONS", loose);
        for (ArgGroupSpec group : command.argGroups()) {
            List<ArgSpec> members = new ArrayList<>();
            collect(group, members);
            String heading = group.heading() == null ? "" : String.join("", lines(group.heading()));
            section(page, heading.replaceFirst(":$", "").strip(), members);
        }
    }

    private static void collect(ArgGroupSpec group, List<ArgSpec> into) {
        into.addAll(group.args());
        group.subgroups().forEach(below -> collect(below, into));
    }

    private void section(StringBuilder page, String heading, List<ArgSpec> arguments) {
        List<ArgSpec> shown = arguments.stream().filter(argument -> !argument.hidden()).toList();
        if (shown.isEmpty()) {
            return;
        }
        page.append(".SH \"%s\"\n".formatted(upper(heading)));
        for (ArgSpec argument : shown) {
            String text = String.join("\n", argument.description()); // formatted already
            page.append(".TP\n%s\n".formatted(tag(argument)));
            text.lines().forEach(line -> page.append(line(line)).append('\n'));
        }
    }

    private String tag(ArgSpec argument) {
        return switch (argument) {
            case OptionSpec option -> {
                UnaryOperator<String> shown =
                        option.negatable()
                                ? n -> command.negatableOptionTransformer().makeSynopsis(n, command)
                                : UnaryOperator.identity();
                Set<String> names = new LinkedHashSet<>(List.of(option.names()));
                yield names.stream()
                                .map(name -> "\\fB" + escaped(shown.apply(name)) + "\\fR")
                                .collect(Collectors.joining(", "))
                        + (option.arity().max() == 0 ? "" : "=" + italic(option.paramLabel()));
            }
            case PositionalParamSpec parameter -> italic(parameter.paramLabel());
            default -> italic(argument.paramLabel());
        };
    }

    private void commands(StringBuilder page) {
        List<CommandSpec> below =
                ManCommand.visible(command).stream()
                        .filter(found -> command.equals(found.parent()))
                        .toList();
        if (below.isEmpty()) {
            return;
        }
        page.append(".SH COMMANDS\n");
        for (CommandSpec found : below) {
            String about = firstOf(lines(found.usageMessage().description()));
            page.append(".TP\n\\fB%s\\fR(1)\n".formatted(escaped(found.qualifiedName("-"))));
            page.append(line(about)).append('\n');
        }
    }

    /** Examples, environment and more, which are laid out by hand. */
    private void footer(StringBuilder page) {
        List<String> lines = lines(command.usageMessage().footer());
        if (lines.stream().anyMatch(line -> !line.isBlank())) {
            page.append(".SH NOTES\n.nf\n");
            lines.forEach(line -> page.append(line(line)).append('\n'));
            page.append(".fi\n");
        }
    }

    private String seeAlso() {
        CommandSpec parent = command.parent();
        return parent == null ? "svgen-generate(1)" : parent.qualifiedName("-") + "(1)";
    }

    /** What help would show, without wrapping it. */
    private static List<String> lines(String... texts) {
        return Help.join(Ansi.OFF, UNWRAPPED, false, texts, new StringBuilder())
                .toString()
                .lines()
                .map(String::stripTrailing)
                .toList();
    }

    private static String firstOf(List<String> description) {
        String first = description.isEmpty() ? "" : description.getFirst();
        return first.replaceFirst("\\.$", "");
    }

    private static String upper(String name) {
        return escaped(name.toUpperCase(Locale.ROOT)).replace("\"", "");
    }

    private static String italic(String text) {
        return "\\fI" + escaped(text) + "\\fR";
    }

    /** A whole line, which must not look like a macro. */
    private static String line(String text) {
        String escaped = escaped(text);
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
    }
}
