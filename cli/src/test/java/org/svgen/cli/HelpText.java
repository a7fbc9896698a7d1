package org.svgen.cli;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code --help} lists. */
final class HelpText {
    private static final Pattern OPTION =
            Pattern.compile("(?m)^ {2,6}(?:-\\w, )?(--(?:\\[no-])?[\\w-]+)(?=[=,]| {2}|$)");
    private static final Pattern COMMAND = Pattern.compile("(?m)^ {2}(\\w+) {2,}\\S");

    private HelpText() {}

    /** As help writes them: {@code --[no-]x} for two. */
    static Set<String> options(String... command) {
        Set<String> options = all(OPTION, of(command)).collect(toCollection(TreeSet::new));
        assertThat(options).contains("--help");
        return options;
    }

    /** The commands below {@code command}, none for a command that has no others. */
    static Set<String> commands(String... command) {
        String help = of(command);
        int list = help.indexOf("\nCommands:\n");
        return list < 0
                ? Set.of()
                : all(COMMAND, help.substring(list)).collect(toCollection(TreeSet::new));
    }

    private static Stream<String> all(Pattern pattern, String help) {
        return pattern.matcher(help).results().map((MatchResult found) -> found.group(1));
    }

    private static String of(String... command) {
        String[] words =
                Stream.concat(Stream.of(command), Stream.of("--help")).toArray(String[]::new);
        return Cli.runWithoutModel(words).out();
    }
}
