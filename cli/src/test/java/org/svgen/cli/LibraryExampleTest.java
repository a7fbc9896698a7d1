package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Pipelines;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.testkit.Goldens;

/** The Java example of README.md, run as it stands there. */
class LibraryExampleTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @TempDir Path folder;

    @Test
    void theExampleMakesAVideo() {
        Path out = folder.resolve("circle.mp4");
        example(Goldens.folder("cogvideox-t2v-tiny"), out);
        assertThat(out).isNotEmptyFile();
    }

    private static void example(Path model, Path out) {
        // README begins
        try (Backend backend = Backends.open("auto", System.err::println);
                VideoPipeline pipeline = Pipelines.open(model, backend)) {
            Request request =
                    Request.builder(pipeline.defaults())
                            .prompt("a red circle moves right")
                            .size(64, 48)
                            .frames(9)
                            .steps(4)
                            .seed(7)
                            .build();
            try (Result result = pipeline.generate(request, new StepListener() {})) {
                VideoWriter.to(out.toString()).write(result.clip(), Map.of());
            }
        }
        // README ends
    }

    @Test
    void readmeShowsTheSameLines() throws IOException {
        String source =
                Files.readString(
                        ROOT.resolve("cli/src/test/java/org/svgen/cli/LibraryExampleTest.java"));
        int begin = source.indexOf("// README begins\n") + "// README begins\n".length();
        String lines =
                source.substring(begin, source.indexOf("// README ends"))
                        .lines()
                        .map(l -> l.replaceFirst("^ {8}", ""))
                        .collect(Collectors.joining("\n"))
                        .strip();
        assertThat(Files.readString(ROOT.resolve("README.md"))).contains(lines);
    }
}
