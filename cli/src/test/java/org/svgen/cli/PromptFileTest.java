package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class PromptFileTest {
    @TempDir Path folder;

    @Test
    void readsWordsOfAnyAlphabet() throws IOException {
        assertThat(read(" 猫が走る\n".getBytes(StandardCharsets.UTF_8))).isEqualTo("猫が走る");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void theSameWordsOfAnyEditorAreTheSamePrompt(String charset) throws IOException {
        for (String end : new String[] {"\n", "\r\n", "\r"}) {
            String saved = "\ufeffein rotes Kätzchen%släuft 🐈%s".formatted(end, end);
            assertThat(read(saved.getBytes(Charset.forName(charset))))
                    .isEqualTo("ein rotes Kätzchen\nläuft 🐈");
        }
    }

    @Test
    void aPromptThatAShellTookFromSuchAFileIsTheSameToo() {
        PromptOptions options = new PromptOptions();
        options.negativePrompt = "\ufeffdim\r\ndark";
        assertThat(options.prompt("\ufeffa\r\nb", InputStream.nullInputStream())).isEqualTo("a\nb");
        assertThat(options.negativePrompt()).isEqualTo("dim\ndark");
    }

    @Test
    void aMarkAloneIsNoPrompt() {
        refused("\ufeff".getBytes(StandardCharsets.UTF_8), "expected a prompt, found nothing");
        refused(
                "\ufeff\r\n".getBytes(StandardCharsets.UTF_16LE),
                "expected a prompt, found nothing");
    }

    @Test
    void nothingIsNoPrompt() {
        refused(new byte[0], "expected a prompt, found nothing");
        refused(new byte[] {' ', '\n'}, "expected a prompt, found nothing");
        assertThatThrownBy(() -> PromptFile.read("-", InputStream.nullInputStream()))
                .isInstanceOf(BadInputException.class)
                .hasMessage("--prompt-file -: expected a prompt, found nothing");
    }

    @Test
    void whatIsNoTextIsRefused() {
        refused(new byte[] {'a', (byte) 0xff}, "expected text in UTF-8, found other bytes");
        refused(new byte[] {'a', 0, 'b'}, "expected text in UTF-8, found a zero byte");
    }

    @Test
    void aFileWithoutEndIsNotReadToItsEnd() {
        InputStream endless =
                new InputStream() {
                    @Override
                    public int read() {
                        return 'a';
                    }
                };
        assertThatThrownBy(() -> PromptFile.read("-", endless))
                .isInstanceOf(BadInputException.class)
                .hasMessage("--prompt-file -: expected a prompt, found more than 1 MiB");
    }

    @Test
    void aFolderOrNoFileIsSaid() {
        assertThatThrownBy(() -> PromptFile.read(folder.toString(), InputStream.nullInputStream()))
                .hasMessageEndingWith(": expected a file, found a folder");
        assertThatThrownBy(() ->
                        PromptFile.read(
                                folder.resolve("none").toString(), InputStream.nullInputStream()))
                .hasMessageEndingWith("none: no such file");
    }

    private void refused(byte[] content, String how) {
        assertThatThrownBy(() -> read(content))
                .isInstanceOf(BadInputException.class)
                .hasMessageEndingWith("p.txt: " + how);
        assertThatThrownBy(() -> PromptFile.read("-", new ByteArrayInputStream(content)))
                .hasMessage("--prompt-file -: " + how);
    }

    private String read(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("p.txt"), content);
        return PromptFile.read(file.toString(), InputStream.nullInputStream());
    }
}
