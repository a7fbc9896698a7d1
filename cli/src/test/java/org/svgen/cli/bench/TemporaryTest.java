package org.svgen.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryTest {
    @TempDir Path folder;

    @Test
    void isGoneWhenItIsClosed() throws IOException {
        Path path;
        try (Temporary temporary = Temporary.folder("svgen-test")) {
            path = temporary.path();
            Files.createFile(path.resolve("a"));
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void isGoneWhenTheJvmEndsInTheMidstOfTheWork() throws Exception {
        int code =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName(),
                                folder.toString())
                        .inheritIO()
                        .start()
                        .waitFor();
        assertThat(code).isEqualTo(7);
        assertThat(folder).isEmptyDirectory();
    }

    /** Ends without closing what it made. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            Temporary unused = Temporary.file(Path.of(args[0]), "a", ".weights");
            System.exit(7);
        }
    }
}
