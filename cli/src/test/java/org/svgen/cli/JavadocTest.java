package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packages that programs call are documented, as the compiler's doclint judges it. */
class JavadocTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final List<String> MODULES =
            List.of("tensor", "engine", "media", "lab", "server");
    private static final List<String> PACKAGES =
            List.of(
                    "tensor",
                    "tensor/op",
                    "tensor/device",
                    "tensor/random",
                    "files",
                    "checkpoint",
                    "checkpoint/torch",
                    "hub",
                    "sparse",
                    "schedule",
                    "pipeline",
                    "run",
                    "forecast",
                    "models",
                    "media",
                    "lab/metrics",
                    "lab/weights",
                    "lab/heads",
                    "lab/study",
                    "lab/study/file",
                    "lab/statistics",
                    "lab/report",
                    "server/job",
                    "server/store",
                    "server/store/sql",
                    "server/blob");

    @TempDir Path classes;

    @Test
    void parametersResultsAndErrorsOfWhatProgramsCallAreTold() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            for (String name : PACKAGES) {
                sources.addAll(sources(ROOT.resolve(module, "src/main/java/org/svgen", name)));
            }
        }
        assertThat(sources).hasSizeGreaterThan(100);
        assertThat(complaints(sources, "-Xdoclint:all/protected")).isEmpty();
    }

    /** That there is something to hold: without a comment, this very test would complain. */
    @Test
    void aPublicMethodWithoutACommentIsComplainedAbout() throws IOException {
        Path bad = Files.createDirectories(classes.resolve("bad")).resolve("Bad.java");
        Files.writeString(
                bad, "/** A class. */ public final class Bad { public void silent() {} }");
        assertThat(complaints(List.of(bad), "-Xdoclint:all/protected"))
                .anyMatch(complaint -> complaint.contains("no comment"));
    }

    private static List<Path> sources(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private List<String> complaints(List<Path> sources, String doclint) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options =
                List.of(
                        "-proc:none",
                        "-implicit:none",
                        "--should-stop=ifNoError=ATTR",
                        "-Xmaxwarns",
                        "1000",
                        "-d",
                        "" + classes);
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(found, Locale.ROOT, null)) {
            compiler.getTask(
                            new StringWriter(),
                            files,
                            found,
                            Stream.concat(options.stream(), Stream.of(doclint)).toList(),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getSource() != null)
                .map(diagnostic ->
                        "%s:%d: %s"
                                .formatted(
                                        diagnostic.getSource().getName(),
                                        diagnostic.getLineNumber(),
                                        diagnostic.getMessage(Locale.ROOT)))
                .toList();
    }
}
