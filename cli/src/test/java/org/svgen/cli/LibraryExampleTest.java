package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.example.MakeVideo;
import org.svgen.media.VideoReader;
import org.svgen.testkit.Goldens;

/**
 * What docs/library.md tells Java programmers: the example runs, and its dependencies are there.
 */
class LibraryExampleTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern ARTIFACT =
            Pattern.compile("<artifactId>(svgen-\\w+)</artifactId>");
    private static final Pattern MODULE = Pattern.compile("<module>(\\w+)</module>");
    private static final Set<String> NOT_LIBRARY = Set.of("bom", "testkit", "bench", "cli");

    @TempDir Path folder;

    @Test
    void theExampleMakesAVideoWithItsRecipe() {
        Path out = folder.resolve("circle.mp4");
        MakeVideo.main(
                new String[] {Goldens.folder("cogvideox-t2v-tiny").toString(), out.toString()});
        assertThat(VideoReader.recipe(out))
                .hasValueSatisfying(
                        r -> assertThat(r.prompt()).isEqualTo("a red circle moves right"));
    }

    @Test
    void thePageShowsTheSameClass() throws IOException {
        String source = source();
        String begin = "// docs/library.md begins\n";
        String lines =
                source.substring(
                        source.indexOf(begin) + begin.length(),
                        source.indexOf("// docs/library.md ends"));
        assertThat(block("java", page())).isEqualTo(lines);
    }

    @Test
    void readmeShowsAPartOfIt() throws IOException {
        String part = block("java", Files.readString(ROOT.resolve("README.md")));
        assertThat(part.lines().count()).isGreaterThan(5);
        assertThat(source()).contains(part.indent(8));
    }

    @Test
    void theDependenciesThatThePageNamesAreInTheBom() throws IOException {
        String snippet = block("xml", page());
        Set<String> managed = artifacts(Files.readString(ROOT.resolve("bom/pom.xml")));
        assertThat(artifacts(snippet))
                .contains("svgen-bom", "svgen-media", "svgen-cpu")
                .allSatisfy(a -> assertThat(managed).contains(a));
        String version = first("<version>(.*?)</version>", pom("."));
        assertThat(snippet).contains("<version>%s</version>".formatted(version));
    }

    @Test
    void theBomHoldsEveryLibraryOfTheProject() throws IOException {
        Set<String> libraries = new TreeSet<>(Set.of("svgen-bom"));
        for (String module : matches(MODULE, pom("."))) {
            if (!NOT_LIBRARY.contains(module)) {
                libraries.add(first("</parent>\\s*<artifactId>(.*?)</artifactId>", pom(module)));
            }
        }
        assertThat(artifacts(pom("bom"))).isEqualTo(libraries);
    }

    @Test
    void thePageTellsTheFlagsThatTheJvmNeeds() throws IOException {
        String flags = first("<jvm.flags>(.*?)</jvm.flags>", pom("."));
        assertThat(page()).contains(List.of(flags.split(" ")));
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/library.md"));
    }

    private static String source() throws IOException {
        return Files.readString(ROOT.resolve("cli/src/test/java/org/svgen/example/MakeVideo.java"));
    }

    private static String block(String language, String page) {
        return first("```%s\\n(.*?)```".formatted(language), page);
    }

    private static String pom(String module) throws IOException {
        return Files.readString(ROOT.resolve(module).resolve("pom.xml"));
    }

    private static Set<String> artifacts(String xml) {
        return matches(ARTIFACT, xml);
    }

    private static Set<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String first(String regex, String text) {
        return Pattern.compile(regex, Pattern.DOTALL)
                .matcher(text)
                .results()
                .findFirst()
                .map((MatchResult m) -> m.group(1))
                .orElseThrow(() -> new AssertionError("no " + regex));
    }
}
