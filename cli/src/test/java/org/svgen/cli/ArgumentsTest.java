package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

class ArgumentsTest {
    @TempDir Path folder;

    private Path bytes(String... words) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String word : words) {
            out.write(word.getBytes(StandardCharsets.UTF_8));
            out.write(0);
        }
        return Files.write(folder.resolve("cmdline"), out.toByteArray());
    }

    @Test
    void wordsThatTheLocaleLostAreReadFromTheirBytes() throws IOException {
        Path line = bytes("java", "-jar", "x.jar", "generate", "日本の猫 – é", "", "--quiet");
        assertThat(Arguments.of(line, "generate", "\ufffd\ufffd", "", "--quiet"))
                .containsExactly("generate", "日本の猫 – é", "", "--quiet");
    }

    @Test
    void wordsThatCameWholeAreLeftAlone() {
        assertThat(Arguments.of(folder.resolve("none"), "generate", "日本の猫"))
                .containsExactly("generate", "日本の猫");
    }

    @Test
    void aReplacementCharacterThatWasMeantStays() throws IOException {
        assertThat(Arguments.of(bytes("java", "a\ufffdb"), "a\ufffdb")).containsExactly("a\ufffdb");
    }

    @Test
    void bytesOfAnotherEncodingAreRefusedAndNotGuessed() throws IOException {
        Path line =
                Files.write(folder.resolve("cmdline"), new byte[] {'j', 0, 'h', (byte) 0xe9, 0});
        assertThatThrownBy(() -> Arguments.of(line, "h\ufffd"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("'h\ufffd': its bytes are not UTF-8")
                .hasMessageContaining("LC_ALL=C.UTF-8");
    }

    @Test
    void whereTheBytesCannotBeHadTheWayOutIsSaid() {
        assertThatThrownBy(() -> Arguments.of(folder.resolve("none"), "\ufffd"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("the locale lacks")
                .hasMessageContaining("--prompt-file");
    }
}
