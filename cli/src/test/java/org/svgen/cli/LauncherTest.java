package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ./svgen} and what it shares with {@code ./mvnw}, on a machine made of empty folders. */
class LauncherTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final String NO_HOME = "TEST_WITHOUT_HOME";

    @TempDir Path machine;

    private Path install;

    @BeforeEach
    void copyTheLauncher() throws IOException {
        install = Files.createDirectories(machine.resolve("an install"));
        Files.createDirectories(install.resolve(".mvn"));
        Files.copy(ROOT.resolve("svgen"), install.resolve("svgen"));
        assertThat(install.resolve("svgen").toFile().setExecutable(true)).isTrue();
        Files.copy(ROOT.resolve(".mvn/find-jdk.sh"), install.resolve(".mvn/find-jdk.sh"));
        Files.createDirectories(install.resolve("cli/target"));
        Files.createFile(install.resolve("cli/target/svgen.jar"));
    }

    @ParameterizedTest
    @CsvSource({
        "25.0.3, true",
        "25.0.3.1, true",
        "25.0.10, true",
        "25.1, true",
        "26, true",
        "26-ea, true",
        "25.0.2, false",
        "25, false",
        "17.0.12, false",
        "1.8.0_402, false"
    })
    void takesAJdkThatIsNewEnough(String version, boolean fits) throws Exception {
        jdk("jvm/one", version);
        assertThat(svgen(Map.of(), "x").code()).isEqualTo(fits ? 0 : 2);
    }

    @Test
    void prefersJavaHomeAndPassesOverOneThatIsTooOld() throws Exception {
        jdk("jvm/good", "25.0.3");
        Path newer = jdk("elsewhere", "26.0.1");
        Path old = jdk("old", "17.0.12");
        assertThat(svgen(Map.of("JAVA_HOME", newer.toString()), "x").out()).contains("elsewhere");
        assertThat(svgen(Map.of("JAVA_HOME", old.toString()), "x").out()).contains("jvm/good");
    }

    @Test
    void takesTheJavaOnThePathBeforeTheUsualPlaces() throws Exception {
        jdk("jvm/good", "25.0.3");
        Path path = jdk("onpath", "25.0.4");
        Files.createDirectories(machine.resolve("bin"));
        Files.createSymbolicLink(machine.resolve("bin/java"), path.resolve("bin/java"));
        assertThat(svgen(Map.of(), "x").out()).contains("onpath");
    }

    @Test
    void aRuntimeWithoutCompilerIsNotEnough() throws Exception {
        Path jre = jdk("jvm/jre", "25.0.3");
        Files.delete(jre.resolve("bin/javac"));
        assertThat(svgen(Map.of(), "x").code()).isEqualTo(2);
    }

    @Test
    void withoutAJdkSaysInOneSentenceWhatToInstall() throws Exception {
        Cli cli = svgen(Map.of(), "x");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines()).hasSize(1);
        assertThat(cli.err()).contains("install one").contains("JAVA_HOME");
    }

    @Test
    void theMavenWrapperFindsTheSameJdkAndSaysTheSame() throws Exception {
        Files.copy(ROOT.resolve("mvnw"), install.resolve("mvnw"));
        assertThat(install.resolve("mvnw").toFile().setExecutable(true)).isTrue();
        Cli without = run(install.resolve("mvnw"), Map.of(), "verify");
        assertThat(without.code()).isEqualTo(1);
        assertThat(without.errLines()).hasSize(1);
        assertThat(without.err()).contains("install one");
        jdk("jvm/one", "25.0.3");
        Files.createDirectories(install.resolve(".mvn/wrapper"));
        Files.writeString(install.resolve(".mvn/wrapper/maven-wrapper.properties"), "");
        assertThat(run(install.resolve("mvnw"), Map.of(), "verify").err())
                .doesNotContain("install one")
                .contains("cannot read distributionUrl");
    }

    @Test
    void worksThroughASymbolicLinkAndKeepsArgumentsWhole() throws Exception {
        jdk("jvm/one", "25.0.3");
        Path link = machine.resolve("bin/link");
        Files.createDirectories(link.resolveSibling("."));
        Files.createSymbolicLink(link, Path.of("../an install/svgen"));
        Cli cli = run(link, Map.of(), "generate", "a red  circle", "--seed", "*");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out().lines())
                .contains(
                        "-Dsvgen.home=" + install.toRealPath(),
                        install.toRealPath().resolve("cli/target/svgen.jar").toString(),
                        "a red  circle",
                        "*");
    }

    @Test
    void theVectorModulesWarningIsFilteredAndOtherWordsOfTheJvmAreNot() throws Exception {
        Path jdk = jdk("jvm/one", "25.0.3");
        script(
                jdk.resolve("bin/java"),
                "echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2",
                "echo 'JVM: something else' >&2",
                "echo 'from svgen' >&3",
                "exit 7");
        Cli cli = svgen(Map.of(), "x");
        assertThat(cli.code()).isEqualTo(7);
        assertThat(cli.errLines()).containsExactlyInAnyOrder("JVM: something else", "from svgen");
    }

    @Test
    void aMissingJarIsToldWhenBuildingIsOff() throws Exception {
        jdk("jvm/one", "25.0.3");
        Files.delete(install.resolve("cli/target/svgen.jar"));
        Cli cli = svgen(Map.of("SVGEN_SKIP_BUILD", "1"), "x");
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).contains("svgen.jar is missing");
    }

    @Test
    void buildsOnceAndAgainWhenSourcesChange() throws Exception {
        jdk("jvm/one", "25.0.3");
        Path source = install.resolve("cli/src/main/Main.java");
        Files.createDirectories(source.resolveSibling("."));
        Files.createFile(source);
        Files.createFile(install.resolve("pom.xml"));
        Files.createFile(install.resolve("cli/pom.xml"));
        script(install.resolve("mvnw"), "echo built");
        assertThat(svgen(Map.of(), "x").err()).contains("building");
        assertThat(svgen(Map.of(), "x").err()).isEmpty();
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(svgen(Map.of(), "x").err()).contains("building");
    }

    @Test
    void startsWithClassesThatWereKeptForThisJarAndThisJava() throws Exception {
        Path one = jdk("jvm/one", "25.0.3");
        // A java that makes the file which it is told to make, and says what it was told.
        script(
                one.resolve("bin/java"),
                "for o; do case $o in -XX:SharedArchiveFile=*.new) : >\"${o#*=}\" ;; esac; done",
                "printf '%s\\n' \"$@\"");
        Files.createFile(install.resolve("pom.xml"));
        Files.createFile(install.resolve("cli/pom.xml"));
        Files.createDirectories(install.resolve("cli/src/main"));
        Files.createDirectories(install.resolve("tools"));
        script(install.resolve("mvnw"), "touch cli/target/svgen.jar");
        script(install.resolve("tools/class-list.sh"), "echo list of $1 >\"$2\"");
        String kept = "-XX:SharedArchiveFile=" + install.resolve("cli/target/svgen.jsa");
        assertThat(svgen(Map.of(), "x").out()).contains(kept);
        assertThat(svgen(Map.of(), "x").out()).contains(kept);
        String other = jdk("other", "25.0.3").toString();
        assertThat(svgen(Map.of("JAVA_HOME", other), "x").out())
                .contains(other)
                .doesNotContain("SharedArchiveFile");
        Files.setLastModifiedTime(
                install.resolve("cli/target/svgen.jar"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(svgen(Map.of(), "x").out()).doesNotContain("SharedArchiveFile");
    }

    @Test
    void aStartGoesOnWhereClassesCannotBeKept() throws Exception {
        jdk("jvm/one", "25.0.3");
        Files.createFile(install.resolve("pom.xml"));
        Files.createFile(install.resolve("cli/pom.xml"));
        Files.createDirectories(install.resolve("cli/src/main"));
        Files.createDirectories(install.resolve("tools"));
        script(install.resolve("mvnw"), "echo built");
        script(install.resolve("tools/class-list.sh"), "echo no list; exit 1");
        Cli cli = svgen(Map.of(), "x");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).doesNotContain("SharedArchiveFile");
        assertThat(cli.err()).doesNotContain("no list");
        assertThat(install.resolve("cli/target/build.log")).content().contains("no list");
    }

    @Test
    void aFailedBuildShowsItsLogAndExitsWithOne() throws Exception {
        jdk("jvm/one", "25.0.3");
        Files.createFile(install.resolve("pom.xml"));
        Files.createDirectories(install.resolve("cli/src/main"));
        Files.createFile(install.resolve("cli/pom.xml"));
        script(install.resolve("mvnw"), "echo 'cannot find symbol'; exit 1");
        Cli cli = svgen(Map.of(), "x");
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.err()).contains("cannot find symbol").contains("build.log");
        assertThat(svgen(Map.of(), "x").code()).as("the next try").isEqualTo(1);
    }

    @Test
    void ctrlCDuringTheBuildStopsAndLeavesNothing() throws Exception {
        jdk("jvm/one", "25.0.3");
        Files.createFile(install.resolve("pom.xml"));
        Files.createDirectories(install.resolve("cli/src/main"));
        Files.createFile(install.resolve("cli/pom.xml"));
        script(install.resolve("mvnw"), "kill -INT 0", "sleep 20");
        Path err = machine.resolve("stderr");
        // In a group of its own, to which the signal goes.
        ProcessBuilder builder =
                new ProcessBuilder("setsid", "--wait", install.resolve("svgen").toString(), "x")
                        .redirectError(err.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        environment(builder, Map.of());
        assertThat(builder.start().waitFor()).isEqualTo(130);
        assertThat(Files.readAllLines(err)).hasSize(2).last().isEqualTo("svgen: stopped");
        try (Stream<Path> left = Files.list(install.resolve("cli/target"))) {
            assertThat(left).containsExactly(install.resolve("cli/target/svgen.jar"));
        }
    }

    @Test
    void aServiceWithoutHomeStartsAllTheSame() throws Exception {
        jdk("jvm/one", "25.0.3");
        Cli cli = svgen(Map.of(NO_HOME, "1"), "x");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void aFolderThatIsGoneIsToldBeforeTheJvmFailsInIt() throws Exception {
        jdk("jvm/one", "25.0.3");
        String gone =
                "mkdir gone; cd gone; rmdir ../gone; '%s' x".formatted(install.resolve("svgen"));
        Cli cli = run(Path.of("/bin/bash"), Map.of(), "-c", gone);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("svgen: the folder that this runs in is gone");
    }

    @Test
    void anExportedSearchPathForFoldersLeadsNowhereElse() throws Exception {
        jdk("jvm/one", "25.0.3");
        Path decoy = Files.createDirectories(machine.resolve("decoy/an install/.mvn"));
        Files.writeString(decoy.resolve("find-jdk.sh"), "echo decoy\nexit 3\n");
        Path relative = machine.relativize(install.resolve("svgen"));
        Map<String, String> variables =
                Map.of("CDPATH", machine.resolve("decoy").toString(), "IFS", "/");
        Cli cli = run(relative, variables, "x");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out().lines()).contains("-Dsvgen.home=" + install.toRealPath());
    }

    @ParameterizedTest
    @CsvSource({
        "LC_ALL, POSIX, C.UTF-8",
        "LC_ALL, C, C.UTF-8",
        "LC_ALL, xx_YY.UTF-8, C.UTF-8",
        "LC_ALL, C.UTF-8, C.UTF-8",
        "LANG, C.UTF-8, unset",
        "LC_CTYPE, C.UTF-8, unset",
        "IFS, x, C.UTF-8"
    })
    void javaAloneGetsALocaleThatHoldsAllCharacters(String name, String value, String javas)
            throws Exception {
        Path jdk = jdk("jvm/one", "25.0.3");
        script(jdk.resolve("bin/java"), "echo locale=${LC_ALL-unset}");
        assertThat(svgen(Map.of(name, value), "x").out()).isEqualTo("locale=" + javas + "\n");
        Path bundled = bundle(jdk);
        assertThat(run(bundled, Map.of(name, value), "x").out())
                .isEqualTo("locale=" + javas + "\n");
    }

    @Test
    void theBundleTakesItsJarsInTheSameOrderInEveryLocale() throws Exception {
        Path bundled = bundle(jdk("jvm/one", "25.0.3"));
        Path lib = Files.createDirectories(bundled.resolve("../../lib").normalize());
        for (String jar : List.of("a.jar", "B.jar", "c d.jar")) {
            Files.createFile(lib.resolve(jar));
        }
        Cli cli = run(bundled, Map.of("LC_ALL", "C.UTF-8"), "a  b");
        Path home = lib.getParent().toRealPath();
        assertThat(cli.out().lines())
                .contains("-Dsvgen.home=" + home, "a  b")
                .contains("%s/lib/B.jar:%s/lib/a.jar:%s/lib/c d.jar".formatted(home, home, home));
    }

    /** The launcher of the bundle, as tools/bundle.sh writes it, beside {@code jdk}. */
    private Path bundle(Path jdk) throws IOException {
        String script = Files.readString(ROOT.resolve("tools/bundle.sh"));
        String launcher = script.split("<<'LAUNCHER'\n", 2)[1].split("\nLAUNCHER\n", 2)[0];
        Path file = machine.resolve("a bundle/bin/svgen");
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, launcher + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
        Path runtime = machine.resolve("a bundle/runtime");
        Files.deleteIfExists(runtime);
        Files.createSymbolicLink(runtime, jdk);
        return file;
    }

    @Test
    void optionsFromTheEnvironmentMakeNoNoiseAndAreNotTakenForNamesOfFiles() throws Exception {
        Path jdk = jdk("jvm/one", "25.0.3");
        script(
                jdk.resolve("bin/java"),
                "echo 'Picked up JAVA_TOOL_OPTIONS: -Dx=1' >&2",
                "echo 'NOTE: Picked up JDK_JAVA_OPTIONS: -Dx=1' >&2",
                "printf '%s\\n' \"$@\"");
        Cli cli = svgen(Map.of("SVGEN_JAVA_OPTS", "-Dx=* -Dy=2"), "x");
        assertThat(cli.err()).isEmpty();
        assertThat(cli.out().lines()).contains("-Dx=*", "-Dy=2");
    }

    @Test
    void closedStreamsAreNotTakenForFilesThatTheJvmOpens() throws Exception {
        Path jdk = jdk("jvm/one", "25.0.3");
        Path seen = machine.resolve("seen");
        script(
                jdk.resolve("bin/java"),
                "for i in 0 1 2; do readlink /proc/$$/fd/$i; done >'" + seen + "'");
        ProcessBuilder builder =
                new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "'%s' x <&- >&- 2>&-".formatted(install.resolve("svgen")));
        environment(builder, Map.of());
        assertThat(builder.start().waitFor()).isZero();
        assertThat(Files.readAllLines(seen)).hasSize(3).first().isEqualTo("/dev/null");
        assertThat(Files.readAllLines(seen).getLast()).isEqualTo("/dev/null");
    }

    @Test
    void aFolderThatTakesNoBuildIsNamed() throws Exception {
        jdk("jvm/one", "25.0.3");
        Files.createFile(install.resolve("mvnw"));
        Files.delete(install.resolve("cli/target/svgen.jar"));
        Files.delete(install.resolve("cli/target"));
        Files.createFile(install.resolve("cli/target"));
        Cli cli = svgen(Map.of(), "x");
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.errLines())
                .singleElement()
                .asString()
                .startsWith("svgen: it is not built yet, and ")
                .contains("cli/target cannot be written");
    }

    @Test
    void twoThatStartAtOnceBuildOnce() throws Exception {
        jdk("jvm/one", "25.0.3");
        Files.createFile(install.resolve("pom.xml"));
        Files.createFile(install.resolve("cli/pom.xml"));
        Files.createDirectories(install.resolve("cli/src/main"));
        Files.createSymbolicLink(install.resolve("cli/target/building"), Path.of("999999999"));
        Path built = machine.resolve("built");
        script(install.resolve("mvnw"), "echo built >>'" + built + "'", "sleep 0.5");
        ProcessBuilder builder =
                new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "'%1$s' x & '%1$s' x; wait".formatted(install.resolve("svgen")));
        environment(builder, Map.of());
        builder.redirectErrorStream(true).redirectOutput(machine.resolve("words").toFile());
        assertThat(builder.start().waitFor()).isZero();
        assertThat(Files.readAllLines(built)).containsExactly("built");
        assertThat(Files.readString(machine.resolve("words")))
                .contains("svgen: waiting for another svgen that builds it");
        assertThat(Files.exists(install.resolve("cli/target/building"))).isFalse();
    }

    /** A JDK whose java prints its home and its arguments, one a line. */
    private Path jdk(String name, String version) throws IOException {
        Path home = machine.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "echo \"" + home + "\"", "printf '%s\\n' \"$@\"");
        script(home.resolve("bin/javac"), "exit 0");
        return home;
    }

    private static void script(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Cli svgen(Map<String, String> variables, String... args) throws Exception {
        return run(install.resolve("svgen"), variables, args);
    }

    private Cli run(Path script, Map<String, String> variables, String... args) throws Exception {
        Path out = machine.resolve("stdout");
        Path err = machine.resolve("stderr");
        // The second half of the pipe ends when all have, the filter of the JVM's words too.
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "/bin/bash",
                                "-c",
                                "\"$@\" 2>&1 >%s | cat >%s; exit ${PIPESTATUS[0]}"
                                        .formatted(out, err),
                                "bash",
                                script.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        environment(builder, variables);
        int code = builder.directory(machine.toFile()).start().waitFor();
        return new Cli(
                code,
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private void environment(ProcessBuilder builder, Map<String, String> variables) {
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(variables);
        if (!variables.containsKey(NO_HOME)) {
            environment.put("HOME", machine.toString());
        }
        environment.put("PATH", machine.resolve("bin") + ":/usr/bin:/bin");
        environment.put("SVGEN_JDK_PLACES", machine.resolve("jvm") + "/*");
    }
}
