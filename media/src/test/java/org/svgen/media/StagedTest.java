package org.svgen.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.IIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

class StagedTest {
    @TempDir Path folder;

    @Test
    void aFullDiskIsToldBehindWhateverAnEncoderMakesOfIt() throws IOException {
        Path out = folder.resolve("a.png");
        assertThatThrownBy(() ->
                        Staged.write(
                                out,
                                temporary -> {
                                    Files.createFile(temporary);
                                    throw new IIOException(
                                            "I/O error writing PNG file!",
                                            new IOException("No space left on device"));
                                }))
                .isInstanceOf(BadInputException.class)
                .hasMessage("cannot write %s: no space left on its disk", out);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }
}
