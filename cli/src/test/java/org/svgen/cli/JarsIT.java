package org.svgen.cli;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the jars of all modules bring along. Runs behind the packaging of the last module. */
class JarsIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern MODULE = Pattern.compile("<module>(\\w+)</module>");

    private static final Pattern OTHER_JAR = Pattern.compile("-(sources|javadoc|tests)\\.jar$");

    private static List<Path> jars = List.of();

    @BeforeAll
    static void findJars() throws IOException {
        List<String> modules =
                MODULE.matcher(Files.readString(ROOT.resolve("pom.xml")))
                        .results()
                        .map(found -> found.group(1))
                        .filter(module -> Files.isDirectory(ROOT.resolve(module, "src/main/java")))
                        .toList();
        jars = modules.stream().map(JarsIT::jar).toList();
        assertThat(jars).hasSizeGreaterThanOrEqualTo(9);
    }

    @Test
    void theirManifestsTellModuleTitleVersionAndVendor() throws IOException {
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        String version = parent.replaceFirst("(?s).*?<version>(.*?)</version>.*", "$1");
        for (Path jar : jars) {
            String module = ROOT.relativize(jar).getName(0).toString();
            Attributes manifest = manifest(jar);
            assertThat(manifest.getValue("Automatic-Module-Name")).isEqualTo("org.svgen." + module);
            assertThat(manifest.getValue("Implementation-Title")).isEqualTo("svgen " + module);
            assertThat(manifest.getValue("Implementation-Version")).isEqualTo(version);
            assertThat(manifest.getValue("Implementation-Vendor")).isEqualTo("svgen contributors");
        }
    }

    @Test
    void theyHoldLicenceAndNotice() throws IOException {
        for (Path jar : jars) {
            try (JarFile open = new JarFile(jar.toFile())) {
                for (String name : List.of("LICENSE", "NOTICE")) {
                    var entry = open.getJarEntry("META-INF/" + name);
                    assertThat(entry).as("%s in %s", name, jar).isNotNull();
                    assertThat(open.getInputStream(entry).readAllBytes())
                            .isEqualTo(Files.readAllBytes(ROOT.resolve(name)));
                }
            }
        }
    }

    /** The module system refuses a package that two of them hold. */
    @Test
    void theyAreModulesThatShareNoPackage() {
        ModuleFinder finder = ModuleFinder.of(jars.toArray(Path[]::new));
        Set<String> names =
                finder.findAll().stream()
                        .map(ModuleReference::descriptor)
                        .map(ModuleDescriptor::name)
                        .collect(toSet());
        assertThat(names).hasSize(jars.size());
        Configuration all =
                ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), names);
        assertThat(all.modules()).hasSize(jars.size());
    }

    /** Both ways: nothing comes along unnamed, and nothing is named that is gone. */
    @Test
    void everyJarThatComesAlongIsNamedInTheNoticeWithItsLicence() throws IOException {
        String table =
                Files.readString(ROOT.resolve("NOTICE"))
                        .replaceFirst("(?s).*?\n  Jar [^\n]*\n(.*?)\n\n.*", "$1");
        Set<String> named = new TreeSet<>();
        table.lines().forEach(line -> named.add(line.strip().split("\\s{2,}")[0]));
        Set<String> present = new TreeSet<>();
        try (Stream<Path> libraries = Files.list(ROOT.resolve("cli/target/lib"))) {
            libraries
                    .map(jar -> jar.getFileName().toString().replaceFirst("-\\d.*", ""))
                    .filter(name -> !name.startsWith("svgen-"))
                    .forEach(present::add);
        }
        assertThat(named).as("NOTICE, and cli/target/lib after ./mvnw clean").isEqualTo(present);
    }

    /** A line of any of the tables: name, licence, the file that holds its text. */
    @Test
    void everyLicenceThatTheNoticeNamesCanBeRead() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String line : Files.readAllLines(ROOT.resolve("NOTICE"))) {
            String[] columns = line.strip().split("\\s{2,}");
            if (line.startsWith("  ") && columns.length >= 3 && !columns[2].equals("Text")) {
                assertThat(columns[1]).as(line).isNotBlank();
                assertThat(ROOT.resolve(columns[2])).as(line).isNotEmptyFile();
                texts.add(columns[2]);
            }
        }
        assertThat(texts).hasSizeGreaterThan(35).contains("licenses/openh264.txt");
    }

    private static Path jar(String module) {
        try (Stream<Path> files = Files.list(ROOT.resolve(module, "target"))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(".jar"))
                            .filter(file -> !OTHER_JAR.matcher(file.toString()).find())
                            .toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Attributes manifest(Path jar) throws IOException {
        try (JarFile open = new JarFile(jar.toFile())) {
            return open.getManifest().getMainAttributes();
        }
    }
}
