package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.svgen.models.Pipelines;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import picocli.CommandLine.Model.CommandSpec;

/** Fields of the library and options of the command are one list in two spellings. */
class OptionNamesTest {
    private static final Pattern FIELD = Pattern.compile("new Field\\(\"(\\w+)\"\\)");
    private static final Pattern TEXT_WITH_OPTION = Pattern.compile("\"[^\"]*--[a-z][^\"]*\"");
    private static final Set<String> FLAGS_OF_THE_JVM =
            Set.of("--add-modules", "--enable-native-access");

    private final CommandSpec generate =
            GenerateCommand.commandLine(environment()).getCommandSpec();

    @Test
    void eachFieldThatErrorsNameIsAnOptionOfGenerateOrServe() throws IOException {
        CommandSpec serve = CommandSpec.forAnnotatedObject(new ServeCommand(environment()));
        Set<String> fields = new TreeSet<>();
        for (Path source : librarySources()) {
            FIELD.matcher(Files.readString(source)).results().forEach(m -> fields.add(m.group(1)));
        }
        assertThat(fields).contains("steps", "sampledRows", "device", "memoryLimit");
        fields.remove("prompt"); // which is no option, and may be any text
        assertThat(fields)
                .allMatch(f ->
                        Stream.of(generate, serve)
                                .anyMatch(spec -> spec.findOption(OptionNames.of(f)) != null));
    }

    @Test
    void theLibrarySpellsNoOptions() throws IOException {
        List<String> spelled = new ArrayList<>();
        for (Path source : librarySources()) {
            TEXT_WITH_OPTION
                    .matcher(Files.readString(source))
                    .results()
                    .map(MatchResult::group)
                    .filter(text -> FLAGS_OF_THE_JVM.stream().noneMatch(text::contains))
                    .forEach(text -> spelled.add(source.getFileName() + ": " + text));
        }
        assertThat(spelled).isEmpty();
    }

    @Test
    void aFieldIsPlainWordsWhereTheCommandHasNoSuchOption() {
        BadInputException e = BadInputException.of(new Field("sampledRows"), "at least 1", 0);
        assertThat(e).hasMessage("sampledRows: expected at least 1, found 0");
        assertThat(OptionNames.message(e, generate))
                .isEqualTo(OptionNames.message(e))
                .isEqualTo("--sampled-rows: expected at least 1, found 0");
        CommandSpec other = CommandSpec.create();
        assertThat(OptionNames.message(e, other))
                .isEqualTo("sampled rows: expected at least 1, found 0");
    }

    private static Environment environment() {
        Console console = new Console(System.out, System.err, false);
        return new Environment(
                console, System.in, Pipelines::open, new Interrupts(console::say), Map.of());
    }

    private static List<Path> librarySources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("tensor", "cpu", "cuda", "engine", "media", "lab", "server")) {
            try (Stream<Path> all = Files.walk(Path.of("..", module, "src/main/java"))) {
                all.filter(p -> p.toString().endsWith(".java")).forEach(sources::add);
            }
        }
        assertThat(sources).hasSizeGreaterThan(200);
        return sources;
    }
}
