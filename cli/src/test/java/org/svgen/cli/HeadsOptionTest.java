package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.ObjectMapper;

/** {@code generate --heads}: the picture of what sparse attention chose. */
class HeadsOptionTest {
    @TempDir Path folder;

    @Test
    void aMapIsWrittenAndNamedBesideTheVideo() throws Exception {
        Cli cli = generate("--json", "--heads=" + folder.resolve("h.png"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(ImageIO.read(folder.resolve("h.png").toFile())).isNotNull();
        assertThat(new ObjectMapper().readTree(cli.out()).at("/files/heads").asString())
                .isEqualTo(folder.resolve("h.png").toString());
        assertThat(cli.err()).contains("wrote " + folder.resolve("h.png"));
    }

    @ParameterizedTest
    @CsvSource({
        "--attention=dense, attention is dense",
        "--dense-steps=1.0, all attention was dense by warm-up"
    })
    void ofADenseRunOneLineSaysThatThereIsNothingToShow(String option, String why)
            throws Exception {
        Path map = folder.resolve("h.png");
        Cli cli = generate("--json", option, "--heads=" + map);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.errLines().stream().filter(line -> line.contains(map.toString())))
                .containsExactly(
                        "note: --heads: %s, so there are no kinds of heads to show; %s is not written"
                                .formatted(why, map));
        assertThat(map).doesNotExist();
        assertThat(new ObjectMapper().readTree(cli.out()).at("/files/heads").isMissingNode())
                .isTrue();
    }

    @Test
    void twoPicturesOfOneNameAreRefused() {
        Path file = folder.resolve("a.png");
        Cli cli =
                Cli.runWithoutModel("generate", "x", "--contact-sheet=" + file, "--heads=" + file);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly("svgen: %s: two outputs have this name".formatted(file));
    }

    @Test
    void theFolderOfFramesIsNotReplacedByTheMap() {
        Path frames = folder.resolve("frames.png");
        Cli cli =
                Cli.runWithoutModel(
                        "generate", "x", "--output=" + frames + "/", "--heads=" + frames);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly("svgen: %s: two outputs have this name".formatted(frames));
    }

    private Cli generate(String... more) {
        List<String> arguments =
                new ArrayList<>(List.of("generate", "x", "--output=" + folder.resolve("a.gif")));
        arguments.addAll(List.of(more));
        return Cli.run(new FakePipeline(0, false), arguments.toArray(String[]::new));
    }
}
