package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in {@code tools}. */
class ToolsTest {
    private static final Path TOOLS = Path.of("").toAbsolutePath().resolveSibling("tools");

    @TempDir Path folder;

    @Test
    void gpuTestsEmptiesNoFolderOfOthers() throws Exception {
        Path precious = Files.createFile(folder.resolve("precious"));
        Path err = Files.createTempFile("svgen", ".err");
        try {
            int code =
                    new ProcessBuilder(
                                    "bash", TOOLS.resolve("gpu-tests.sh").toString(), "" + folder)
                            .redirectError(err.toFile())
                            .start()
                            .waitFor();
            assertThat(code).isEqualTo(2);
            assertThat(Files.readAllLines(err))
                    .containsExactly(
                            folder
                                    + ": expected an empty folder, or one that tools/gpu-tests.sh"
                                    + " made; found other files in it");
            assertThat(precious).exists();
        } finally {
            Files.delete(err);
        }
    }
}
