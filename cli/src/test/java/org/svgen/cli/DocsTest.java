package org.svgen.cli;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** README and the pages of docs: their links lead somewhere, and they know the commands. */
class DocsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    /** Folders with what builds made, and with what others wrote. */
    private static final Pattern OTHERS = Pattern.compile("(^|/)(target|node_modules)/");

    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
    private static final Pattern DOCS = Pattern.compile("\\bdocs/[\\w./-]+\\.(?:md|json)\\b");
    private static final Pattern OPTION = Pattern.compile("`(--[a-z0-9-]+)");

    /** Folders of the project whose pages and sources are looked at. */
    private static final List<String> FOLDERS =
            List.of(
                    "docs", "tools", "models", "cli", "cpu", "cuda", "engine", "media", "lab",
                    "server", "spark", "tensor", "bench", "testkit");

    @Test
    void relativeLinksLeadToFilesAndHeadings() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : files(name -> name.endsWith(".md"))) {
            for (String link : all(LINK, CODE.matcher(Files.readString(page)).replaceAll(""))) {
                if (!link.matches("[a-z]+:.*")) {
                    links++;
                    if (!leadsSomewhere(page, link)) {
                        broken.add(ROOT.relativize(page) + ": " + link);
                    }
                }
            }
        }
        assertThat(links).isGreaterThan(20);
        assertThat(broken).isEmpty();
    }

    @Test
    void pagesThatSourcesNameAreThere() throws IOException {
        List<String> missing = new ArrayList<>();
        int named = 0;
        for (Path source : files(name -> name.matches(".*\\.(java|cu|cuh|sh)"))) {
            for (String page : all(DOCS, Files.readString(source))) {
                named++;
                if (!Files.isRegularFile(ROOT.resolve(page))) {
                    missing.add(ROOT.relativize(source) + ": " + page);
                }
            }
        }
        assertThat(named).isGreaterThan(3);
        assertThat(missing).isEmpty();
    }

    @Test
    void thePageOfCommandsNamesEveryCommandAndOption() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/commands.md"));
        Set<String> options = new TreeSet<>(HelpText.options());
        for (String command : commands()) {
            String bare = command.startsWith("bench ") ? command : "svgen " + command;
            assertThat(page).contains("`" + bare + "`");
            options.addAll(HelpText.options(command.split(" ")));
        }
        options.removeIf(option -> option.contains("toy-")); // of a family that only tests have
        assertThat(new TreeSet<>(all(OPTION, page))).isEqualTo(spelledOut(options));
    }

    private static Set<String> spelledOut(Set<String> options) {
        return options.stream()
                .flatMap(o -> Stream.of(o.replace("[no-]", ""), o.replace("[no-]", "no-")))
                .collect(toCollection(TreeSet::new));
    }

    private static List<String> commands() {
        List<String> commands = new ArrayList<>(List.of("completion", "man"));
        for (String command : HelpText.commands()) {
            commands.add(command);
            HelpText.commands(command).forEach(below -> commands.add(command + " " + below));
        }
        assertThat(commands).contains("generate", "models rm", "bench decode");
        return commands;
    }

    private static boolean leadsSomewhere(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        String name = hash < 0 ? link : link.substring(0, hash);
        Path target = name.isEmpty() ? page : page.resolveSibling(name).normalize();
        return Files.exists(target)
                && (hash < 0 || headings(target).contains(link.substring(hash + 1)));
    }

    /** As GitHub makes anchors of headings: a second of the same name gets a number. */
    private static Set<String> headings(Path page) throws IOException {
        Set<String> anchors = new TreeSet<>();
        for (String heading : all(HEADING, Files.readString(page))) {
            String anchor =
                    heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
            int number = 0;
            while (!anchors.add(number == 0 ? anchor : anchor + "-" + number)) {
                number++;
            }
        }
        return anchors;
    }

    private static List<Path> files(Predicate<String> wanted) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT)) {
            top.filter(Files::isRegularFile).forEach(files::add);
        }
        for (String folder : FOLDERS) {
            try (Stream<Path> below = Files.walk(ROOT.resolve(folder))) {
                below.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        files.removeIf(file ->
                !wanted.test(file.getFileName().toString())
                        || OTHERS.matcher(ROOT.relativize(file).toString()).find());
        return files;
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) ->
                        found.groupCount() == 0 ? found.group() : found.group(1))
                .collect(toCollection(ArrayList::new));
    }
}
